// Package outlet says who published an article. It is apart from package archive
// for the sake of who imports that one: the public suffix list brings net/http along.
package outlet

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"example.org/tweetarc/archive"
)

// Of is who published an article: the name that the corpus has, or else the site of
// its address, "" without either. A host in place of a name is the site that it
// belongs to.
func Of(a *archive.Article) string {
	switch name := a.Outlet; {
	case name == "":
		return Site(archive.Host(a.URL))
	case strings.ToLower(name) != name || strings.ContainsAny(name, " \t"):
		return name
	default:
		host := name
		if strings.Contains(name, "://") {
			host = archive.Host(name)
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
