package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
	"time"

	"tweetarc/archive"
)

// keyOf is the identity of an article: its content, that is all that the detector
// reads and that tells one publication from another, wherever it is. The day comes
// first, so that what was published together is together in the index.
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

// keyLength is how many bytes a key has.
const keyLength = 2 + 16

// dayNumber counts days since 1970, 0 where the day is not known.
func dayNumber(day string) uint16 {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return uint16(min(max(d.Unix()/(24*60*60), 0), 1<<16-1))
}

// addressOf is what of a URL tells one page from another: the scheme, www. and
// the fragment do not.
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

// address is the hash of a URL by which articles are counted; null without one.
func address(url string) sql.NullInt64 {
	if a := addressOf(url); a != "" {
		return sql.NullInt64{Int64: hash(a), Valid: true}
	}
	return sql.NullInt64{}
}

// Checksums are CRC-32 sums of what verify compares them with. An article's is of its
// own row and of its embeds, put together with XOR, so that either can change alone.

func checksum(parts ...string) int64 {
	var room [2 << 10]byte
	b := room[:0]
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return int64(crc32.ChecksumIEEE(b))
}

// with is the part of the row in an article's checksum.
func (s *said) with(date string) int64 { return checksum("article", date, s.url, s.title, s.outlet) }

// sum is the checksum of a place.
func (p *seen) sum() int64 {
	return checksum("place", strconv.FormatInt(p.key, 10), strconv.FormatInt(p.record, 10), strconv.FormatInt(p.first, 10), strconv.FormatInt(p.last, 10), p.captured, p.url, p.title, p.outlet)
}

// sum is the part of an embed in the checksum of its article, of which the variant is
// known, see variantOf.
func (s *Sighting) sum(variant int64) int64 {
	return checksum("embed", strconv.FormatInt(variant, 16), strconv.Itoa(s.Start), strconv.Itoa(s.End), s.Raw, s.Before, s.After)
}
