package corpus

import (
	"bytes"
	"io"
	"iter"
	"path"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// Tested in same_test.go and fuzz_test.go.

// format is one kind of input. To add one, write a file with its value and the code
// that reads it, and put the value into formats.
type format struct {
	name   string
	exts   []string // how names of its files end: lower case, without the ending of a compression
	byName bool     // such a name is enough if the bytes of the file do not say what it is

	// recognise says whether a file has this format. It gets the first bytes (up to
	// sniffLen, without a byte order mark) and the name.
	recognise func(head []byte, name string) bool

	// read gives the records of a file, one after the other.
	read func(*source, *window) articles

	// split cuts a file into batches that are read at the same time, or a container
	// into its files. If it is nil, or returns nil, the file is one batch.
	split func(*Reader, *input) batches

	// open opens a compressed stream. It is nil if the format is not a compression.
	open func(*window) (io.ReadCloser, error)
}

type (
	articles = iter.Seq2[*archive.Article, error]
	batches  = iter.Seq[archive.Batch]
)

// formats has all formats in the order in which they are tried: first those with a
// signature, last those that can only be guessed. The signatures are from the
// documents of the formats: RFC 1952, RFC 8878, the xz format 1.1, bzip2, APPNOTE
// 4.3, POSIX ustar, Parquet, ISO 28500. (They are listed in init because a
// compressed file is read as one of them.)
var formats []*format

func init() {
	formats = []*format{
		marked, gzipped, zstandard, bzipped, xzipped, officeFile, zipFile, parquetFile, tarFile,
		jsonLines, jsonValues, arcFile, binaryFile, warcFile, mboxFile, mailFile, plainText, feedFile, flatOffice, htmlPage, csvRows,
	}
}

// sniffLen is how many bytes of a file are looked at.
const sniffLen = 64 << 10

// sniff recognises the format of a file that begins with head.
func sniff(head []byte, name string) *format {
	head = bytes.TrimPrefix(head, bom)
	if i := slices.IndexFunc(formats, func(f *format) bool { return f.recognise(head, name) }); i >= 0 {
		return formats[i]
	}
	if f := named(name); f != nil && f.byName {
		return f
	}
	return plainText
}

// named is the format that a name suggests, nil without one.
func named(name string) *format {
	if e := ext(name); e != "" {
		for _, f := range formats {
			if slices.Contains(f.exts, e) {
				return f
			}
		}
	}
	return nil
}

// ext is the ending of a name in lower case, without that of a compression.
func ext(name string) string {
	name = strings.ToLower(name)
	for _, z := range [...]string{".gz", ".zst", ".bz2", ".xz"} {
		name = strings.TrimSuffix(name, z)
	}
	return path.Ext(name)
}

func hasExt(name string, exts ...string) bool { return slices.Contains(exts, ext(name)) }

// magic recognises a format by its first bytes.
func magic(mark string) func([]byte, string) bool {
	return func(b []byte, _ string) bool { return bytes.HasPrefix(b, []byte(mark)) }
}
