package world

import (
	"fmt"
	"net/netip"
	"strings"
)

// subnet hands out addresses: like AWS, not the first four.
type subnet struct {
	Subnet
	next netip.Addr
}

func (s *subnet) address() string {
	a := s.next
	s.next = a.Next()
	return a.String()
}

// buildNetwork makes a VPC with a public and a private subnet in every zone.
func (w *World) buildNetwork() {
	base := netip.MustParsePrefix(w.topology.CIDR).Masked().Addr().As4()
	w.vpc = VPC{ID: w.ids.resource("vpc-"), CIDR: w.topology.CIDR, Tags: map[string]string{"Name": "gameday"}}
	for n, letter := range w.topology.Zones {
		for _, public := range []bool{true, false} {
			third, name := byte(16*n), "public-"+letter
			if !public {
				third, name = byte(128+16*n), "private-"+letter
			}
			w.subnets = append(w.subnets, &subnet{
				Subnet: Subnet{
					ID: w.ids.resource("subnet-"), VPCID: w.vpc.ID, CIDR: fmt.Sprintf("%d.%d.%d.0/20", base[0], base[1], third),
					Zone: w.zone(letter), ZoneID: fmt.Sprintf("%s-az%d", regionCode(w.account.Region), n+1), Public: public,
					Tags: map[string]string{"Name": name},
				},
				next: netip.AddrFrom4([4]byte{base[0], base[1], third, 10}),
			})
		}
	}
}

func (w *World) zone(letter string) string { return w.account.Region + letter }

func (w *World) private() []*subnet {
	return keep(w.subnets, func(s *subnet) bool { return !s.Public })
}

func (w *World) public() []*subnet {
	return keep(w.subnets, func(s *subnet) bool { return s.Public })
}

func (w *World) hostName(ip string) string {
	return "ip-" + strings.ReplaceAll(ip, ".", "-") + "." + w.account.Region + ".compute.internal"
}

// regionCode abbreviates a region as zone ids do: "eu-west-1" is "euw1".
func regionCode(region string) string {
	parts := strings.Split(region, "-")
	var code strings.Builder
	for n, part := range parts {
		switch {
		case n == 0 || n == len(parts)-1:
			code.WriteString(part)
		case part != "":
			code.WriteByte(part[0])
		}
	}
	return code.String()
}
