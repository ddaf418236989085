package store

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
	"time"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/outlet"
)

// Tested in places_test.go.

// keyOf is the identity of an article: a hash of its content, that is of all that the
// detector reads and of what distinguishes two publications. It does not depend on where
// the article is. The day comes first, so that articles of one day are neighbours in the
// index.
func keyOf(a *archive.Article) []byte {
	h := sha256.New()
	part := func(s string) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		io.WriteString(h, s)
	}
	part(strconv.FormatBool(a.HTML))
	part(a.Date)
	part(a.Body)
	if address := addressOf(a.URL); address != "" {
		part(address)
	} else {
		part("")
		part(a.Title)
		part(a.Outlet)
	}
	key := binary.BigEndian.AppendUint16(nil, dayNumber(a.Date))
	return append(key, h.Sum(nil)[:16]...)
}

// keyLength is the number of bytes of a key.
const keyLength = 2 + 16

// dayNumber counts days since 1970; it is 0 if the day is not known.
func dayNumber(day string) uint16 {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return uint16(min(max(d.Unix()/(24*60*60), 0), 1<<16-1))
}

// addressOf is a URL without what does not distinguish pages: the scheme, www. and the
// fragment.
func addressOf(url string) string {
	url, _, _ = strings.Cut(strings.TrimSpace(url), "#")
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	host, path, slash := strings.Cut(strings.TrimPrefix(url, "//"), "/")
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	if slash && (path != "" || host == "") {
		host += "/" + path
	}
	return host
}

// address is what articles are counted by: the hash of the URL or, without one, of the key.
func address(url string, key []byte) int64 {
	if a := addressOf(url); a != "" {
		return hash(a)
	}
	return hash("", string(key))
}

// counted is an article in the count of all articles.
type counted struct {
	Article int64  `json:"article"` // its address
	Outlet  string `json:"outlet,omitempty"`
	Month   string `json:"month,omitempty"` // YYYY-MM, "" if not known
}

func countedOf(a *archive.Article) counted {
	c := counted{Outlet: outlet.Of(a), Month: archive.Head(a.Date, len("2006-01"))}
	var key []byte
	if addressOf(a.URL) == "" {
		key = keyOf(a)
	}
	c.Article = address(a.URL, key)
	return c
}
