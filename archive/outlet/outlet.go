// Package outlet says who published an article: Of takes an article and gives the
// name of its outlet, which is what the corpus says or else the article's site.
//
// It is not part of package archive because the public suffix list imports net/http,
// which the users of that package should not have to link.
package outlet

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"example.org/tweetarc/archive"
)

// Of is who published an article: the name that is in the corpus or else the site of
// the address; "" without either. If the name is a host, Of gives the site of it.
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

// Site is the registered domain of a host, by the public suffix list: bbc.co.uk for
// news.bbc.co.uk. A host without one is its own site.
func Site(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}
