package corpus

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"example.org/tweetarc/archive"
)

// fuzzRead reads data as a file of this name and checks what must be true of any input:
// records are in order from 1, text is valid UTF-8, dates are valid, and a prefilter
// does not change the records.
func fuzzRead(t *testing.T, name string, data []byte) {
	const most = 1 << 16
	var full []string
	for _, filter := range []func([]byte) bool{nil, hasAnchor} {
		r := &Reader{MaxRecord: most, MayHold: filter}
		var got []string
		last := 0
		for a, err := range records(r, name, data) {
			if len(got) == 10000 {
				break
			}
			var re *archive.ReadError
			switch {
			case err != nil && !errors.As(err, &re):
				t.Fatalf("not a ReadError: %v", err)
			case err != nil:
				if re.Record > 0 && re.Record < last {
					t.Fatalf("record %d after %d", re.Record, last)
				}
				last = max(last, re.Record)
				continue
			case a.Record <= last && a.Record != 1, a.File != name:
				t.Fatalf("record %s after %d", a.Origin, last)
			}
			last = a.Record
			mustBeClean(t, a)
			if hasAnchor([]byte(a.Body)) {
				got = append(got, record(a, nil))
			}
		}
		if filter == nil {
			full = got
		} else if g, f := strings.Join(got, "\n"), strings.Join(full, "\n"); g != f {
			t.Fatalf("with a prefilter\n%s\nwithout\n%s", g, f)
		}
	}
}

// mustBeClean checks what must be true of every article.
func mustBeClean(t *testing.T, a *archive.Article) {
	t.Helper()
	for _, s := range []string{a.Body, a.Title, a.URL} {
		if !utf8.ValidString(s) {
			t.Fatalf("%s: invalid UTF-8 %q", a.Origin, s)
		}
	}
	if _, err := time.Parse(time.DateOnly, a.Date); a.Date != "" && err != nil {
		t.Fatalf("%s: date %q", a.Origin, a.Date)
	}
	if strings.ContainsAny(a.Title, "\n\r") {
		t.Fatalf("%s: title of several lines %q", a.Origin, a.Title)
	}
}

// records gives the records of a file with this name and data.
func records(r *Reader, name string, data []byte) articles {
	return r.batch(&archive.File{Path: name}, 0, true, func(s *source) articles { return s.read(s.window(bytes.NewReader(data))) }).Articles
}

func FuzzJSONLines(f *testing.F) {
	f.Add([]byte(lines))
	f.Add([]byte(`{"text": "(\u0040a) \/ \ud83d", "headline": {"main": "x"}}` + "\n{}\n{\"text\": [\"a\", {\"b\": 1}, \"witter\"]}"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.jsonl", append([]byte("{\"text\": \"\"}\n"), data...)) })
}

func FuzzJSON(f *testing.F) {
	for _, a := range []string{`[{"text": "(@a)"}, {"text": "x"}]`, `{"response": {"docs": [{"text": "(@a)"}]}, "x": 1}`, `{"a": {"text": "(@a)"}, "b": {"text": "y"}}`, `[{"text": "(@a)"},{"text": "b},{"text": "c"}]`} {
		f.Add([]byte(a))
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.json", data) })
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("title,text\na,\"b \"\"(@a)\"\"\nc\"\nd,e\n"))
	f.Add([]byte("title;text\na;\"b (@a)\nc;d;\"e\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.csv", data) })
}

func FuzzWARC(f *testing.F) {
	f.Add([]byte(response("", page) + "garbage\nWARC/1.0\n\n" + response("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", chunked(coded("gzip", page)))))
	f.Add([]byte(warcRecord("conversion", "Content-Type: text/plain\r\n", "(@a)") + warcRecord("revisit", "", "x")))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.warc", data) })
}

func FuzzARC(f *testing.F) {
	f.Add([]byte(arcRecord("http://a.example/x y", "text/html", "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"+page) + "rubbish\n" + arcRecord("dns:a.example", "text/dns", "x")))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.arc", append([]byte(arcHeader), data...)) })
}

// FuzzFrames reads zstd frames after a dictionary.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("words of a dictionary"), []byte(coded("zstd", response("", page))+coded("zstd", response("", page))))
	f.Fuzz(func(t *testing.T, dict, data []byte) {
		fuzzRead(t, "a.warc.zst", append(append([]byte("\x5d\x2a\x4d\x18"), byte(len(dict)), byte(len(dict)>>8), byte(len(dict)>>16), 0), append(dict, data...)...))
	})
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte("<!DOCTYPE html><meta charset=iso-8859-2><title>\xb1(@a)</title><script type=application/ld+json>{\"datePublished\": \"2018-03-22\"}</script><time datetime=2018>"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.html", append([]byte("<html>"), data...)) })
}

func FuzzMail(f *testing.F) {
	f.Add([]byte("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\nContent-ID: <a>\nContent-Location: https://a.example/\n\n(@a)<i src=\"cid:a\">\n--x--\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.eml", append([]byte("From: a@b.example\n"), data...)) })
}

func FuzzMbox(f *testing.F) {
	f.Add([]byte("Subject: a\n\n(@a)\n>From b\n\nFrom b\nSubject: b\nContent-Transfer-Encoding: base64\n\nKEBhKQ==\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.mbox", append([]byte("From a@b.example\n"), data...)) })
}

func FuzzFeed(f *testing.F) {
	for _, root := range []string{"<rss><channel>", `<feed xmlns="http://www.w3.org/2005/Atom">`} {
		f.Add(root, []byte("<title>t</title><item><title>a</title><description><![CDATA[(@a)]]></description></item><item/></channel></rss>"))
		f.Add(root, []byte(`<entry><content type="xhtml"><p>(@a)</p></content><link href="https://a.example/"/></entry><entry><summary>&#40;@a)</summary></entry></feed>`))
	}
	f.Fuzz(func(t *testing.T, root string, data []byte) { fuzzRead(t, "a.xml", append([]byte(root), data...)) })
}

// FuzzDocument puts data into the part of a document that holds its text.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:hyperlink r:id="l1"><w:r><w:t>(@a)</w:t></w:r></w:hyperlink></w:p>`))
	f.Add([]byte(`<text:p>(@a)<text:note><text:note-body><text:p>n</text:p></text:note-body></text:note><text:a xlink:href="https://a.example">b</text:a></text:p>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, parts := range []map[string]string{docxParts(string(data)), odtParts(string(data)), epubParts(string(data))} {
			fuzzRead(t, "a", []byte(zipped(t, parts)))
		}
	})
}

// FuzzSniff reads anything as what it is recognised as.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{
		"", "\x00", "PAR1", "PK\x03\x04", "\x1f\x8b\x08", "WARC/", "{", "[{", "text (@a)", utf16le("(@a) text"), gz("(@a)"), " date 2018-03-22 x (@a)",
		"From: a@b.example\nMIME-Version: 1.0\nSubject: =?utf-8?q?=E9?=\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Transfer-Encoding: quoted-printable\n\n(=40a)\n--x--\n",
		`{"blocks":[{"type":"paragraph","data":{"text":"a"}},{"type":"embed","data":{"source":"https://twitter.com/a/status/20"}}]}`,
	} {
		f.Add("a", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		fuzzRead(t, name, data)
	})
}

// FuzzContainers reads anything as a file that is recognised by its content: zip, tar,
// Parquet, and what is compressed. It reads it twice, with the same result.
func FuzzContainers(f *testing.F) {
	for _, name := range []string{"a.zip", "a.tar", "a.tar.gz", "a.parquet", "a.jsonl.gz", "a.jsonl.zst", "a.jsonl.bz2", "a.jsonl.xz", "a.warc.gz"} {
		b, err := os.ReadFile("../../fixtures/same/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)*2/3])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		var first []string
		for range 2 {
			var got []string
			r := &Reader{MaxRecord: 1 << 16, MayHold: hasAnchor, Stdin: bytes.NewReader(data)}
			for batch := range r.Articles("-") {
				for a, err := range batch.Articles {
					var re *archive.ReadError
					switch {
					case err != nil && !errors.As(err, &re):
						t.Fatalf("not a ReadError: %v", err)
					case err != nil:
						got = append(got, err.Error())
					case !strings.HasPrefix(a.File, "-") || a.Record < 1 || !utf8.ValidString(a.Body):
						t.Fatalf("article %+v", a)
					default:
						got = append(got, record(a, nil))
					}
					if len(got) == 10000 {
						break
					}
				}
			}
			if first == nil {
				first = got
			} else if !slices.Equal(first, got) {
				t.Fatalf("first\n%q\nthen\n%q", first, got)
			}
		}
		if len(first) == 0 {
			t.Fatal("it gives neither an article nor an error")
		}
	})
}

// FuzzTable writes a table in several ways, which must give the same rows.
func FuzzTable(f *testing.F) {
	f.Add("T", "One, it's \"one\"\nand one", "U", "two\ttwo; two")
	f.Add("", "'A, A'", "'", "=B|B")
	f.Fuzz(func(t *testing.T, title1, text1, title2, text2 string) {
		clean := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r == '\\' || r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError || r == '\ufeff' {
					return -1
				}
				return r
			}, s[:min(len(s), 1000)])
		}
		write := func(quote, end string) string {
			b := &strings.Builder{}
			for _, row := range [][]string{{"id", "title", "text"}, {"1", clean(title1), clean(text1)}, {"2", clean(title2), clean(text2)}} {
				for i, cell := range row {
					if i > 0 {
						b.WriteByte(',')
					}
					b.WriteString(quote + strings.ReplaceAll(cell, quote, quote+quote) + quote)
				}
				b.WriteString(end)
			}
			return b.String()
		}
		rows := func(data string) (got []string) {
			for a, err := range records(&Reader{}, "a.csv", []byte(data)) {
				got = append(got, record(a, err))
			}
			return got
		}
		want := rows(write(`"`, "\n"))
		for name, data := range map[string]string{
			"CR LF":           write(`"`, "\r\n"),
			"CR":              write(`"`, "\r"),
			"after a preface": "From a portal\n\n" + write(`"`, "\n"),
			"'":               write(`'`, "\n"),
			"' and CR":        write(`'`, "\r"),
		} {
			if name == "' and CR" && strings.Contains(data, "\n") {
				continue // with a line feed in a cell, nothing says which of the two ends a row
			}
			if got := rows(data); !slices.Equal(got, want) {
				t.Errorf("%s: %q\n%q, want\n%q", name, data, got, want)
			}
		}
	})
}

// FuzzPipe writes data in pieces. All of it must come out, even if waits is called in
// between. If it is recognised as lines of articles before its end, the first article
// must be the same as that of other JSON.
func FuzzPipe(f *testing.F) {
	f.Add([]byte("{\"text\": \"(@a)\"}\n{\"text\": \"b\"}\n"), uint16(7))
	f.Add([]byte("\x1e{\"n\": 1}\n\n{\"data\": [{\"text\": \"b\"}]}\n{\n"), uint16(40))
	f.Fuzz(func(t *testing.T, data []byte, size uint16) {
		in := iotest.DataErrReader(&pieces{data, int(size)%1000 + 1})
		p := newPipe(func() (io.ReadCloser, error) { return io.NopCloser(in), nil }, nil)
		defer p.Close()
		var got []byte
		b := make([]byte, int(size)%300+1)
		for err := error(nil); err == nil; {
			var n int
			n, err = p.Read(b)
			got = append(got, b[:n]...)
			p.waits()
		}
		if !bytes.Equal(got, data) {
			t.Fatalf("%q, want %q", got, data)
		}
		if !(&Reader{}).isArticles(data) {
			return
		}
		first := func(read func(*source, *window) articles) string {
			s := &source{Reader: &Reader{}, file: "-", max: 1 << 16}
			defer s.close()
			for a, err := range read(s, newWindow(bytes.NewReader(data))) {
				if err == nil {
					return a.Body
				}
			}
			return ""
		}
		if lines, values := first((*source).jsonLines), first((*source).jsonValues); lines != values {
			t.Errorf("as lines %q, as values %q", lines, values)
		}
	})
}

// pieces reads up to n bytes at a time.
type pieces struct {
	rest []byte
	n    int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.n)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
