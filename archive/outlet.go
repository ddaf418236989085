package archive

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Outlet is who published an article: the name that the corpus has, or else the site of
// its address. A host in place of a name is the site that it belongs to.
func Outlet(a *Article) string {
	switch name := a.Outlet; {
	case name == "":
		return Site(Host(a.URL))
	case strings.ToLower(name) != name || strings.ContainsAny(name, " \t"):
		return name
	default:
		host := name
		if strings.Contains(name, "://") {
			host = Host(name)
		}
		host = strings.TrimPrefix(strings.TrimSuffix(host, "/"), "www.")
		if _, icann := publicsuffix.PublicSuffix(host); !icann && !strings.Contains(name, "://") || !strings.Contains(host, ".") {
			return name
		}
		return Site(host)
	}
}

// Site is the registered domain that a host belongs to, by the public suffix list: of
// news.bbc.co.uk it is bbc.co.uk. A host that belongs to none is a site of its own.
func Site(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}
