package remote

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Many downloads redirect to other hosts (S3, CDNs, releases), which is allowed. But a
// public server must not make us read what only this machine or its network can reach,
// such as the metadata of a cloud. So if an input first came from a public address, all
// later requests for it must go to public addresses. This is checked when a connection
// is made, as a name may get another address at any time.

// reach is the transport of all requests.
type reach struct {
	any    *http.Transport
	public *http.Transport // connects only to public addresses
}

func newReach() *reach {
	dialer := func(control func(network, address string, c syscall.RawConn) error) *net.Dialer {
		return &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second, Control: control}
	}
	transport := func(d *net.Dialer) *http.Transport {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.DisableCompression = true // ranges count the bytes of the file itself
		t.DialContext = d.DialContext
		return t
	}
	return &reach{any: transport(dialer(nil)), public: transport(dialer(func(_, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || isNear(at.Addr()) {
			return errNear
		}
		return nil
	}))}
}

// origin says whether an input first came from this machine or its network.
type origin struct {
	mu          sync.Mutex
	known, near bool
}

type originKey struct{}

func (r *reach) RoundTrip(req *http.Request) (*http.Response, error) {
	from, _ := req.Context().Value(originKey{}).(*origin)
	if from == nil {
		from = &origin{}
	}
	// A proxy connects for us, and we do not know the addresses: only the names count.
	proxy, err := r.any.Proxy(req)
	if err != nil {
		return nil, err
	}
	from.mu.Lock()
	known, near := from.known, from.near
	if !known && proxy != nil {
		from.known, from.near = true, namesNear(req.URL.Hostname())
	}
	from.mu.Unlock()
	switch {
	case known && !near && proxy != nil && namesNear(req.URL.Hostname()):
		return nil, errNear
	case known && !near && proxy == nil:
		return r.public.RoundTrip(req)
	case !known && proxy == nil:
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
			at, err := netip.ParseAddrPort(i.Conn.RemoteAddr().String())
			from.mu.Lock()
			from.known, from.near = true, err == nil && isNear(at.Addr())
			from.mu.Unlock()
		}}))
	}
	return r.any.RoundTrip(req)
}

// namesNear says whether a host is this machine, or an address in its network.
func namesNear(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	at, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && isNear(at)
}

// inside are networks without public hosts, besides those that netip knows: "this"
// network, carrier-grade NAT, benchmarks, reserved and broadcast.
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("fec0::/10"),
}

// with4 are networks of IPv6 whose addresses hold one of IPv4, which begins at this byte.
var with4 = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"):   12, // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"): 12,
	netip.MustParsePrefix("2002::/16"):      2, // 6to4
	netip.MustParsePrefix("::/96"):          12,
}

// isNear says whether an address belongs to this machine or its network.
func isNear(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast() {
		return true
	}
	for _, p := range inside {
		if p.Contains(a) {
			return true
		}
	}
	for p, at := range with4 {
		if b := a.As16(); a.Is6() && p.Contains(a) && isNear(netip.AddrFrom4([4]byte(b[at:at+4]))) {
			return true
		}
	}
	return false
}
