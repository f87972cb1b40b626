package load

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

// addresses are those of a target, which new connections take in turn. So a load is spread over a load balancer that has
// several. Safe for concurrent use.
type addresses struct {
	host, port string
	resolver   *net.Resolver
	known      atomic.Pointer[[]netip.Addr] // nil while the host's name is unknown
	turn       atomic.Uint64
}

func newAddresses(u *url.URL) *addresses {
	a := &addresses{resolver: net.DefaultResolver}
	a.host, a.port, _ = net.SplitHostPort(hostPort(u))
	if literal, err := netip.ParseAddr(a.host); err == nil {
		a.known.Store(&[]netip.Addr{literal})
		a.host = ""
	}
	return a
}

// named is whether the target has a name, whose addresses may change.
func (a *addresses) named() bool { return a.host != "" }

// resolve asks for the addresses again. Where that fails they are asked for with each new connection.
func (a *addresses) resolve(ctx context.Context) ([]netip.Addr, error) {
	found, err := a.resolver.LookupNetIP(ctx, "ip", a.host)
	if err != nil {
		a.known.Store(nil)
		return nil, err
	}
	for i := range found {
		found[i] = found[i].Unmap()
	}
	a.known.Store(&found)
	return found, nil
}

// has is whether an address is still one of the target, as far as is known.
func (a *addresses) has(address netip.Addr) bool {
	known := a.known.Load()
	return known == nil || slices.Contains(*known, address)
}

// dial connects to the address whose turn it is, or else to one after it.
func (a *addresses) dial(ctx context.Context) (c net.Conn, address netip.Addr, err error) {
	all, err := a.inTurn(ctx)
	for i, address := range all {
		part, cancel := share(ctx, len(all)-i)
		c, failed := new(net.Dialer).DialContext(part, "tcp", net.JoinHostPort(address.String(), a.port))
		cancel()
		if failed == nil {
			return c, address, nil
		}
		if err == nil {
			err = failed
		}
	}
	return nil, address, err
}

// inTurn is all addresses from the one on whose turn it is. Those of the family that the machine's rules put first come
// before those of the other.
func (a *addresses) inTurn(ctx context.Context) ([]netip.Addr, error) {
	var all []netip.Addr
	if known := a.known.Load(); known != nil {
		all = *known
	} else if found, err := a.resolve(ctx); err == nil {
		all = found
	} else {
		return nil, err
	}
	turn := int(a.turn.Add(1) - 1)
	var first, second []netip.Addr
	for _, address := range all {
		if address.Is4() == all[0].Is4() {
			first = append(first, address)
		} else {
			second = append(second, address)
		}
	}
	return append(rotated(first, turn), rotated(second, turn)...), nil
}

func rotated(all []netip.Addr, turn int) []netip.Addr {
	if len(all) == 0 {
		return nil
	}
	at := turn % len(all)
	return slices.Concat(all[at:], all[:at])
}

// share is an equal part of the time that ctx has left.
func share(ctx context.Context, parts int) (context.Context, context.CancelFunc) {
	until, _ := ctx.Deadline()
	return context.WithTimeout(ctx, time.Until(until)/time.Duration(parts))
}
