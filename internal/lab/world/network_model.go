package world

import "time"

// RouteTable says where packets that leave its subnets go.
type RouteTable struct {
	ID, VPCID    string
	Routes       []Route
	Associations []RouteAssociation
	Tags         map[string]string
}

// Route sends a destination to a target. Exactly one of CIDR, CIDR6 and PrefixList is set.
type Route struct {
	CIDR, CIDR6 string
	PrefixList  string // id
	Target      string // "local", or an id: "igw-...", "nat-...", "eigw-...", "vpce-...", "eni-...", "i-..."
	State       string // RouteActive, or RouteBlackhole where the target is gone
	Origin      string // "CreateRouteTable", "CreateRoute"
}

// The states of a route.
const (
	RouteActive    = "active"
	RouteBlackhole = "blackhole"
)

// Destination is where the route leads, in whichever form.
func (r Route) Destination() string { return r.CIDR + r.CIDR6 + r.PrefixList }

// RouteAssociation ties a subnet to a route table, or makes the table the main one of its VPC, to which all subnets without
// an association belong.
type RouteAssociation struct {
	ID     string // "rtbassoc-..."
	Subnet string // id; empty for the main table's own
}

// Main reports whether the association makes its table the main one.
func (a RouteAssociation) Main() bool { return a.Subnet == "" }

// NetworkACL is a stateless packet filter around subnets. Every subnet has one.
type NetworkACL struct {
	ID, VPCID    string
	Default      bool
	Entries      []ACLEntry // by number
	Associations []ACLAssociation
	Tags         map[string]string
}

// ACLAssociation ties a subnet to a network ACL.
type ACLAssociation struct {
	ID     string // "aclassoc-..."
	Subnet string // id
}

// ACLEntry is a rule. Of those whose direction fits, the one with the lowest number that matches decides.
type ACLEntry struct {
	Number      int // 1 to LastACLEntry; those above are AWS's own
	Egress      bool
	Allow       bool
	Protocol    string // a number: "6" is TCP, "17" UDP, "1" ICMP, "-1" all
	CIDR, CIDR6 string // of the other side; exactly one is set
	FromPort    int    // of the destination, for TCP and UDP
	ToPort      int
	ICMPType    int // -1 is any
	ICMPCode    int
}

// LastACLEntry is the highest number that a user's rule may have.
const LastACLEntry = 32766

// NATGateway lets private subnets reach the internet.
type NATGateway struct {
	ID, VPCID, SubnetID string
	State               string // GatewayPending, GatewayAvailable, GatewayDeleting, GatewayDeleted
	PublicIP, PrivateIP string
	AllocationID        string
	InterfaceID         string
	ClientToken         string
	Created, Deleted    time.Time // the latter zero while it is not
	Tags                map[string]string
}

// The states of a NAT gateway and of an endpoint.
const (
	GatewayPending   = "pending"
	GatewayAvailable = "available"
	GatewayDeleting  = "deleting"
	GatewayDeleted   = "deleted"
)

// InternetGateway is a VPC's way to the internet, or, where EgressOnly, that of IPv6 outwards.
type InternetGateway struct {
	ID, VPCID  string // attached to that VPC
	EgressOnly bool
	Tags       map[string]string
}

// The types of VPC endpoints.
const (
	GatewayEndpoint   = "Gateway"
	InterfaceEndpoint = "Interface"
)

// VPCEndpoint is a way to one AWS service that does not lead over the internet.
type VPCEndpoint struct {
	ID, VPCID   string
	Type        string // GatewayEndpoint or InterfaceEndpoint
	Service     string // "com.amazonaws.eu-west-1.ecr.api"
	State       string // GatewayAvailable
	RouteTables []string
	PrefixList  string // id, of a gateway endpoint
	Interfaces  []EndpointInterface
	PrivateDNS  bool // the service's own name leads to the interfaces
	Created     time.Time
	Tags        map[string]string
}

// EndpointInterface is an interface endpoint's address in a subnet.
type EndpointInterface struct{ ID, SubnetID, Address string }

// PrefixList is a named set of address ranges, all of them AWS's own.
type PrefixList struct {
	ID, Name string // "com.amazonaws.eu-west-1.s3"
	CIDRs    []string
}

// NetworkInterface is an address in a subnet, and what has it.
type NetworkInterface struct {
	ID, VPCID, SubnetID, Zone string
	PrivateIP, PublicIP       string
	Type                      string // "interface", "nat_gateway", "vpc_endpoint"
	Description               string
	InstanceID                string // of an instance's own
	AttachmentID              string
	Requester                 string // the service that made it; empty for an instance's own
	Tags                      map[string]string
}
