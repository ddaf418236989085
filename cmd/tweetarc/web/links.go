package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

// links are the addresses of the pages, as seen from the page that is made. "" means that
// there is no such page: a report has only pages about its own tweets.
type links struct {
	search  func(search) string
	tweet   func(key string) string
	author  func(handle string) string
	article func(archive.Origin) string
	outlet  func(name string) string
	stats   func(query string) string
	table   func(by, of, query string) string
	runs    func() string
	run     func(key string, page int) string
	export  func(format, query string) string
	feed    func(query string) string
	asset   func(name string) string
	facet   func(title, name, query string) string // the query narrowed
	report  bool
	review  bool // verdicts can be given
}

// narrowed is the address of a query with the terms of a facet added, "" if the query
// becomes too long or a term is empty.
func (l *links) narrowed(title, name string, q *store.Query, terms ...string) string {
	text := q.With(terms...)
	if _, err := store.ParseQuery(text); err != nil || slices.Contains(terms, "") {
		return ""
	}
	return l.facet(title, name, text)
}

// A search is what a search page shows.
type search struct {
	Query string
	Sort  store.Sort // "" is relevance
	Seed  int64      // of the random order; 0 is firstSeed
	Page  int        // from 1; 0 is 1
}

// firstSeed is the seed of the random order where none is given, also of the command.
const firstSeed = 1

// sorted is the search with an order that exists; relevance only if the query ranks
// tweets.
func (s search) sorted(ranked bool) search {
	if !slices.Contains(store.Sorts, s.Sort) {
		s.Sort = store.ByRelevance
	}
	if s.Sort == store.ByRelevance && !ranked {
		s.Sort = store.ByDateDesc
	}
	if s.Sort != store.ByChance || s.Seed == 0 {
		s.Seed = firstSeed
	}
	return s
}

// found is the address of the results of a query, also of the empty one, which finds all.
func (l *links) found(query string) string {
	if query == "" {
		return l.search(search{Sort: store.ByDateDesc})
	}
	return l.search(search{Query: query})
}

func address(path string, params ...string) string {
	v := url.Values{}
	for i := 0; i < len(params); i += 2 {
		if params[i+1] != "" {
			v.Set(params[i], params[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// number is the number of a page in an address, "" for the first.
func number(page int) string {
	if page <= 1 {
		return ""
	}
	return strconv.Itoa(page)
}

// served are the addresses of the server.
var served = links{
	search: func(s search) string {
		if s.Sort == store.ByRelevance {
			s.Sort = ""
		}
		seed := ""
		if s.Sort == store.ByChance && s.Seed != 0 && s.Seed != firstSeed {
			seed = strconv.FormatInt(s.Seed, 10)
		}
		return address("/", "q", s.Query, "sort", string(s.Sort), "seed", seed, "page", number(s.Page))
	},
	tweet: func(key string) string { return "/tweet/" + url.PathEscape(pathOf(key)) },
	author: func(handle string) string {
		if !archive.IsHandle(handle) {
			return ""
		}
		return "/author/" + handle
	},
	article: func(o archive.Origin) string {
		return address("/article", "file", o.File, "record", strconv.Itoa(o.Record))
	},
	outlet: func(name string) string {
		if name == "" || name == "." || name == ".." { // a path cannot hold these
			return ""
		}
		return "/outlet/" + url.PathEscape(name)
	},
	stats: func(query string) string { return address("/stats", "q", query) },
	table: func(by, of, query string) string {
		if of == string(store.OfEmbeds) {
			of = ""
		}
		return address("/stats", "by", by, "of", of, "q", query)
	},
	runs:   func() string { return "/runs" },
	run:    func(key string, page int) string { return address("/run/"+url.PathEscape(key), "page", number(page)) },
	export: func(format, query string) string { return address("/"+format, "q", query) },
	feed:   func(query string) string { return address("/feed.atom", "q", query) },
	asset:  func(name string) string { return "/static/" + assets.hashed[name] },
	facet:  func(_, _, query string) string { return address("/", "q", query) },
}

// The key of a tweet without an ID is handle/day/hash. Each may be empty, and servers
// change a path with // in it.
func pathOf(key string) string { return strings.ReplaceAll(key, "/", "~") }
func keyOf(path string) string { return strings.ReplaceAll(path, "~", "/") }

// outside is an address that may become a link, "" if it is not on the web: javascript:
// and data: stay text.
func outside(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// wayback is the list of copies of a page in the Wayback Machine.
func wayback(address string) string {
	if address == "" {
		return ""
	}
	return "https://web.archive.org/web/*/" + address
}
