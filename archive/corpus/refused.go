package corpus

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"example.org/tweetarc/archive"
)

// refusal is the error of a kind of file that is not read, with a hint what to do. If the
// user did not name the file, but a folder or container that it is in, it is only skipped
// like an image. With always it is an error even then, as articles are surely missing.
type refusal struct {
	name, hint string
	always     bool
}

func (r *refusal) Error() string { return r.name + ": " + r.hint }
func (r *refusal) Unwrap() error { return errors.New(r.name) }

// Hints that are used often.
const (
	asCSV      = "save it as CSV"
	asParquet  = "convert it to Parquet or JSON lines"
	asDocument = "save it as .docx or .odt"
	noWords    = "there is no text in it to read"
	unpackIt   = "unpack it first"
	whatIsRead = "not a format that can be read; convert it to text, HTML, JSON lines, CSV or Parquet"
)

var (
	errUnknown   = &refusal{name: "unknown binary data", hint: whatIsRead}
	errEncrypted = &refusal{"encrypted", "unpack it with its password first", true}
)

// refusals are the signatures of what is not read. They are from the magic file of
// file(1), the documents of the formats, and PRONOM.
var refusals = []struct {
	at     int // where the mark is
	mark   string
	binary bool // the mark could be text, so there must be control characters after it
	refusal
}{
	{0, "version https://git-lfs.github.com/spec/", false, refusal{"Git LFS pointer", "the file itself is not here; run git lfs pull", true}},
	{0, "/annex/objects/", false, refusal{"git-annex pointer", "the file itself is not here; run git annex get", true}},
	{0, "%PDF-", false, refusal{name: "PDF", hint: "make text of it with pdftotext"}},
	{0, "%!PS", false, refusal{name: "PostScript", hint: "make text of it with ps2ascii"}},
	{0, `{\rtf`, false, refusal{name: "RTF", hint: asDocument}},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", false, refusal{name: "Office document of the old format (.doc, .xls, .ppt, .msg), or one with a password", hint: "save it as .docx, CSV or .eml"}},
	{60, "BOOKMOBI", false, refusal{name: "Mobipocket or Kindle book", hint: "convert it to .epub"}},
	{0, "AT&TFORM", false, refusal{name: "DjVu", hint: "make text of it with djvutxt"}},
	{0, "bplist00", false, refusal{name: "binary property list or Safari web archive", hint: "save the page as HTML"}},
	{0, "!BDN", true, refusal{name: "Outlook mail folder (.pst)", hint: "make .mbox of it with readpst"}},

	{0, "ORC", true, refusal{name: "ORC", hint: asParquet}},
	{0, "Obj\x01", false, refusal{name: "Avro", hint: asParquet}},
	{0, "ARROW1\x00\x00", false, refusal{name: "Arrow or Feather", hint: asParquet}},
	{0, "FEA1", true, refusal{name: "Feather", hint: asParquet}},
	{0, "\xff\xff\xff\xff", true, refusal{name: "Arrow stream", hint: asParquet}},
	{0, "SQLite format 3\x00", false, refusal{name: "SQLite database", hint: "export the table with the articles as CSV (sqlite3 -header -csv); tweetarc merge is for archives of tweetarc"}},
	{8, "DUCK", true, refusal{name: "DuckDB database", hint: "COPY the table with the articles to Parquet or CSV"}},
	{0, "\x89HDF\r\n\x1a\n", false, refusal{name: "HDF5", hint: asParquet}},
	{0, "CDF\x01", false, refusal{name: "NetCDF", hint: asParquet}},
	{0, "CDF\x02", false, refusal{name: "NetCDF", hint: asParquet}},
	{0, "CDF\x05", false, refusal{name: "NetCDF", hint: asParquet}},
	{0, "\x93NUMPY", false, refusal{name: "NumPy array", hint: asParquet}},
	{0, "\x80\x02", true, refusal{name: "Python pickle", hint: asParquet}},
	{0, "\x80\x03", true, refusal{name: "Python pickle", hint: asParquet}},
	{0, "\x80\x04", true, refusal{name: "Python pickle", hint: asParquet}},
	{0, "\x80\x05", true, refusal{name: "Python pickle", hint: asParquet}},
	{0, "RDA2\n", false, refusal{name: "R data", hint: "write it with write.csv"}},
	{0, "RDA3\n", false, refusal{name: "R data", hint: "write it with write.csv"}},
	{0, "RDX2\n", false, refusal{name: "R data", hint: "write it with write.csv"}},
	{0, "RDX3\n", false, refusal{name: "R data", hint: "write it with write.csv"}},
	{0, "X\n\x00\x00\x00", false, refusal{name: "R data", hint: "write it with write.csv"}},
	{0, "$FL2@(#)", false, refusal{name: "SPSS", hint: asCSV}},
	{0, "$FL3@(#)", false, refusal{name: "SPSS", hint: asCSV}},
	{0, "<stata_dta>", false, refusal{name: "Stata", hint: asCSV}},
	{0, "q\x02\x01\x00", false, refusal{name: "Stata", hint: asCSV}}, // versions 8 to 12
	{0, "r\x01\x01\x00", false, refusal{name: "Stata", hint: asCSV}},
	{0, "r\x02\x01\x00", false, refusal{name: "Stata", hint: asCSV}},
	{0, "s\x02\x01\x00", false, refusal{name: "Stata", hint: asCSV}},
	{0, "HEADER RECORD*******LIB", false, refusal{name: "SAS", hint: asCSV}}, // transport file
	{0, "MATLAB 5.0 MAT-file", false, refusal{name: "MATLAB data", hint: asCSV}},
	{12, "\xc2\xea\x81\x60\xb3\x14\x11\xcf", false, refusal{name: "SAS", hint: asCSV}},

	{0, "7z\xbc\xaf\x27\x1c", false, refusal{name: "7z archive", hint: unpackIt}},
	{0, "Rar!\x1a\x07", false, refusal{name: "RAR archive", hint: unpackIt}},
	{0, "\x04\x22\x4d\x18", false, refusal{name: "LZ4", hint: unpackIt}},
	{0, "\x02\x21\x4c\x18", false, refusal{name: "LZ4", hint: unpackIt}},
	{0, "\xff\x06\x00\x00sNaPpY", false, refusal{name: "Snappy", hint: unpackIt}},
	{0, "\x5d\x00\x00", true, refusal{name: "LZMA", hint: unpackIt}},
	{0, "LZIP\x01", false, refusal{name: "lzip", hint: unpackIt}},
	{0, "\x1f\x9d", true, refusal{name: "compress (.Z)", hint: unpackIt}},
	{0, "MSCF\x00", false, refusal{name: "cabinet file", hint: unpackIt}},
	{0, "!<arch>\n", false, refusal{name: "ar archive", hint: unpackIt}},
	{0, "070701", true, refusal{name: "cpio archive", hint: unpackIt}},
	{0, "PK\x07\x08", false, refusal{name: "part of a split zip", hint: "put the parts together (zip -s 0) first"}},
	{0, "# v2 git bundle\n", false, refusal{name: "git bundle", hint: "clone it first"}},
	{0, "Salted__", true, refusal{"encrypted by OpenSSL", "decrypt it first", true}},
	{0, "-----BEGIN PGP MESSAGE-----", false, refusal{"encrypted by PGP", "decrypt it first", true}},
	{0, "\x8c\x0d\x04", false, refusal{"encrypted by PGP", "decrypt it first", true}},     // with a password
	{0, "\x85\x01\x0c\x03", false, refusal{"encrypted by PGP", "decrypt it first", true}}, // with a key, RSA of 2048 bits
	{0, "\x85\x01\x8c\x03", false, refusal{"encrypted by PGP", "decrypt it first", true}}, // 3072
	{0, "\x85\x02\x0c\x03", false, refusal{"encrypted by PGP", "decrypt it first", true}}, // 4096
	{0, "age-encryption.org/v1", false, refusal{"encrypted by age", "decrypt it first", true}},

	{0, "\xff\xfe\x00\x00", false, refusal{name: "UTF-32 text", hint: "convert it with iconv -t UTF-8"}},
	{0, "\x00\x00\xfe\xff", false, refusal{name: "UTF-32 text", hint: "convert it with iconv -t UTF-8"}},
	{0, "\x89PNG\r\n\x1a\n", false, refusal{name: "image", hint: noWords}},
	{0, "\xff\xd8\xff", false, refusal{name: "image", hint: noWords}},
	{0, "GIF87a", true, refusal{name: "image", hint: noWords}},
	{0, "GIF89a", true, refusal{name: "image", hint: noWords}},
	{0, "II*\x00", false, refusal{name: "image", hint: noWords}},
	{0, "MM\x00*", false, refusal{name: "image", hint: noWords}},
	{0, "BM", true, refusal{name: "image", hint: noWords}},
	{0, "\x00\x00\x01\x00", true, refusal{name: "image", hint: noWords}},
	{8, "WEBP", true, refusal{name: "image", hint: noWords}},
	{4, "ftypavif", true, refusal{name: "image", hint: noWords}},
	{4, "ftyphei", true, refusal{name: "image", hint: noWords}},
	{4, "ftyp", true, refusal{name: "film or sound", hint: noWords}},
	{0, "\x1aE\xdf\xa3", true, refusal{name: "film or sound", hint: noWords}},
	{0, "OggS\x00", false, refusal{name: "film or sound", hint: noWords}},
	{0, "fLaC\x00", false, refusal{name: "film or sound", hint: noWords}},
	{0, "ID3", true, refusal{name: "film or sound", hint: noWords}},
	{0, "RIFF", true, refusal{name: "film or sound", hint: noWords}},
	{0, "wOF", true, refusal{name: "font", hint: noWords}},
	{0, "\x00\x01\x00\x00\x00", true, refusal{name: "font", hint: noWords}},
	{0, "OTTO\x00", true, refusal{name: "font", hint: noWords}},
	{0, "\x7fELF", true, refusal{name: "program", hint: noWords}},
	{0, "MZ", true, refusal{name: "program", hint: noWords}},
	{0, "\x00asm", true, refusal{name: "program", hint: noWords}},
	{0, "\xca\xfe\xba\xbe", true, refusal{name: "program", hint: noWords}},
}

// refused recognises what is not read; nil if it may be read.
func refused(b []byte) *refusal {
	for i := range refusals {
		r := &refusals[i]
		if len(b) > r.at && bytes.HasPrefix(b[r.at:], []byte(r.mark)) && (!r.binary || controls(b[:min(len(b), 64)]) > 0) {
			return &r.refusal
		}
	}
	return nil
}

// marked is every file with the signature of something that is not read.
var marked = &format{
	name:      "not read",
	recognise: func(b []byte, _ string) bool { return refused(b) != nil },
	read: func(s *source, w *window) articles {
		return s.unread(cmp.Or(refused(w.peek(sniffLen)), errUnknown))
	},
}

// binaryFile is a file that is not text and has no known signature.
var binaryFile = &format{
	name: "unknown binary data",
	recognise: func(b []byte, _ string) bool {
		return isBinary(b) && !bytes.HasPrefix(b, warcMark) // there are images in crawls
	},
	read: func(s *source, _ *window) articles { return s.unread(errUnknown) },
}

// isBinary says whether b is not text: more than one byte in twenty-five is a control
// character that texts do not have. Of random bytes it is one in nine.
func isBinary(b []byte) bool {
	b = b[:min(len(b), 4096)]
	return controls(b) > 3+len(b)/25
}

// controls counts the control characters in b that texts do not have.
func controls(b []byte) (n int) {
	const each = 0x0101010101010101 // 1 in each of eight bytes
	for len(b) > 0 {
		if len(b) >= 8 {
			if x := binary.LittleEndian.Uint64(b); (x-each*' ')&^x&(each<<7) == 0 { // no byte is below a space
				b = b[8:]
				continue
			}
		}
		if c := b[0]; c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			n++
		}
		b = b[1:]
	}
	return n
}

// overlooked is the batch of a file that the user did not name: a refusal becomes an
// archive.Skipped.
func overlooked(b archive.Batch) archive.Batch {
	read := b.Articles
	b.Articles = func(yield func(*archive.Article, error) bool) {
		for a, err := range read {
			if e, ok := err.(*archive.ReadError); ok {
				if r, ok := e.Err.(*refusal); ok && !r.always {
					err = &archive.ReadError{Origin: e.Origin, Err: archive.Skipped(r.name)}
				}
			}
			if !yield(a, err) {
				return
			}
		}
	}
	return b
}

const skipSidecar = archive.Skipped("index, checksums or other file about files")

// sidecars are the names, and endings of names, of files that systems and tools put next
// to a corpus: indexes of crawls, checksums, and what Spark, Parquet and desktops write.
var sidecars = []string{
	"thumbs.db", "ehthumbs.db", "desktop.ini", "_success", "_metadata", "_common_metadata",
	"md5sums", "sha1sums", "sha256sums", "sha512sums", "cluster.idx",
	".cdx", ".cdxj", ".md5", ".sha1", ".sha256", ".sha512",
}

// sidecar says whether a name is one of these.
func sidecar(base string) bool {
	return slices.Contains(sidecars, strings.ToLower(base)) || hasExt(base, sidecars...)
}
