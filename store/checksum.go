package store

import (
	"encoding/binary"
	"hash/crc32"
	"strconv"
)

// Tested in answers_test.go.

// Checksums are CRC-32 sums with which verify finds damage. The checksum of an article is
// the XOR of the sum of its own row and the sums of its embeds. So one of them can change
// without the others being read.

func checksum(parts ...string) int64 {
	var room [2 << 10]byte
	b := room[:0]
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return int64(crc32.ChecksumIEEE(b))
}

// with is the sum of an article's own row.
func (s *said) with(date string) int64 {
	return checksum("article", date, s.url, s.title, s.outlet, s.kept)
}

// sum is the checksum of a place.
func (p *seen) sum() int64 {
	return checksum("place", strconv.FormatInt(p.key, 10), strconv.FormatInt(p.record, 10), strconv.FormatInt(p.first, 10), strconv.FormatInt(p.last, 10), strconv.FormatInt(p.moved, 10), p.captured, p.url, p.title, p.outlet, p.kept, p.warcID, p.payload, strconv.FormatBool(p.revisit), strconv.FormatInt(p.original, 10))
}

// sum is the sum of an embed in the checksum of its article; variant is its variantOf.
func (s *Passage) sum(variant int64) int64 {
	return checksum("embed", strconv.FormatInt(variant, 16), strconv.Itoa(s.Start), strconv.Itoa(s.End), s.Raw, s.Before, s.After)
}
