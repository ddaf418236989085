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

// format is one kind of input. To add one, write a file with its value and what
// reads it, and put the value into formats.
type format struct {
	name   string
	exts   []string // how the names of its files end, in lower case, without the ending of a compression
	byName bool     // such a name is enough for a file whose bytes do not say what it is

	// recognise says whether a file is of this format, from its first bytes (up
	// to sniffLen, without a byte order mark) and its name.
	recognise func(head []byte, name string) bool

	// read gives the records of a file, one after the other.
	read func(*source, *window) articles

	// split cuts a file into batches that are read side by side, or a container
	// into its files. It is nil, or returns nil, where the file is to be one batch.
	split func(*Reader, *input) batches

	// open opens a compressed stream, nil where the format is no compression.
	open func(*window) (io.ReadCloser, error)
}

type (
	articles = iter.Seq2[*archive.Article, error]
	batches  = iter.Seq[archive.Batch]
)

// formats are all formats, in the order in which they are tried: first those
// with a signature, last those that can only be guessed. The signatures are from
// the formats' own documents: RFC 1952, RFC 8878, the xz format 1.1, bzip2,
// APPNOTE 4.3, POSIX ustar, Parquet, ISO 28500. (They are listed in init because
// what is compressed is read as one of them.)
var formats []*format

func init() {
	formats = []*format{marked, gzipped, zstandard, bzipped, xzipped, officeFile, zipFile, parquetFile, tarFile,
		jsonLines, jsonValues, arcFile, binaryFile, warcFile, mboxFile, mailFile, plainText, feedFile, flatOffice, htmlPage, csvRows}
}

// sniffLen is how many bytes of a file are looked at.
const sniffLen = 64 << 10

// sniff recognises the file that begins with head.
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

// named is the format that a name speaks of, nil without one.
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

// ext is how a name ends, in lower case, the ending of a compression apart.
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
