package corpus

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"mime"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/ulikunitz/xz"
)

const same = "../../fixtures/same"

var write = flag.Bool("write", false, "write fixtures/same anew")

// sample is an invented article of fixtures/same.
type sample struct {
	Text  string `json:"text" parquet:"text"`
	URL   string `json:"url" parquet:"url"`
	Title string `json:"title" parquet:"title"`
	Date  string `json:"date" parquet:"date"`
}

func samples() []sample {
	return []sample{
		{"The harbour is to close for a week.\n\nGood news for the gulls, bad news for us. — Ada Mole (@ada_mole) May 4, 2019\n\nThe council did not answer.", "https://news.example/harbour", "Harbour to close", "2019-05-05"},
		{"Nothing was said, \"quoted\" or otherwise; a, b, c.", "https://news.example/nothing", "Nothing; said, \"again\"", "2019-05-06"},
		{"Ein Wort für alle.\n\nÜber den Dächern 🐈 — Bürgerhaus Öd (@haus_oed) 7 May 2019", "https://news.example/wort?a=1&b=2", "Ein Wort für alle", "2019-05-07"},
		{"First line\twith a tab\r\nsecond line. https://twitter.com/ada_mole/status/1124000000000000000", "https://news.example/tab", "A tab", "2019-05-08"},
	}
}

// page is the article as a page of the web.
func (a sample) page() string {
	return fmt.Sprintf("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%s</title>\n<link rel=\"canonical\" href=\"%s\">\n<meta property=\"article:published_time\" content=\"%sT08:00:00Z\"></head>\n<body><p>%s</p></body></html>\n",
		strings.ReplaceAll(a.Title, `"`, "&quot;"), strings.ReplaceAll(a.URL, "&", "&amp;"), a.Date, a.Text)
}

func (a sample) jsonl() string {
	b, _ := json.Marshal(a)
	return string(b)
}

// sameFiles gives the files of fixtures/same by name.
func sameFiles(t *testing.T) map[string]string {
	t.Helper()
	list := samples()
	var lines []string
	var pages, wet, members, letters strings.Builder
	arc := arcHeader
	feed := `<?xml version="1.0"?><rss version="2.0"><channel><title></title>`
	var rows, semicolons, tabs bytes.Buffer
	comma, semicolon, tab := csv.NewWriter(&rows), csv.NewWriter(&semicolons), csv.NewWriter(&tabs)
	comma.UseCRLF, semicolon.Comma, tab.Comma = false, ';', '\t'
	for _, w := range []*csv.Writer{comma, semicolon, tab} {
		w.Write([]string{"url", "title", "date", "text"})
	}
	for _, a := range list {
		lines = append(lines, a.jsonl())
		row := []string{a.URL, a.Title, a.Date, a.Text}
		comma.Write(row)
		semicolon.Write(row)
		tab.Write(row)
		uri := "WARC-Target-URI: " + a.URL
		at, _ := time.Parse(time.DateOnly, a.Date)
		http := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + a.page()
		arc += fmt.Sprintf("%s 192.0.2.1 20190505080000 text/html %d\n%s\n", a.URL, len(http), http)
		feed += fmt.Sprintf("<item><title>%s</title><link>%s</link><pubDate>%s</pubDate><description>%s</description></item>\n", inXML(a.Title), inXML(a.URL), a.Date, inXML(a.Text))
		fmt.Fprintf(&letters, "From mole@news.example Sun May  5 08:00:00 2019\nFrom: mole@news.example\nSubject: %s\nDate: %s 08:00:00 +0000\nArchived-At: <%s>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n%s\n\n",
			mime.QEncoding.Encode("utf-8", a.Title), at.Format("Mon, 2 Jan 2006"), a.URL, base64.StdEncoding.EncodeToString([]byte(a.Text)))
		r := strings.Replace(warcRecord("response", "Content-Type: application/http; msgtype=response\r\n", http), "WARC-Target-URI: https://a.example/response", uri, 1)
		pages.WriteString(r)
		members.WriteString(gz(r))
		wet.WriteString(strings.Replace(warcRecord("conversion", "Content-Type: text/plain\r\n", a.Text), "WARC-Target-URI: https://a.example/conversion", uri, 1))
	}
	for _, w := range []*csv.Writer{comma, semicolon, tab} {
		w.Flush()
	}
	var pq bytes.Buffer
	w := parquet.NewGenericWriter[sample](&pq, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(3))
	if _, err := w.Write(list); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	jsonl := strings.Join(lines, "\n") + "\n"
	files := map[string]string{
		"a.jsonl":     jsonl,
		"a.json":      "[\n" + strings.Join(lines, ",\n") + "\n]\n",
		"docs.json":   `{"status": "ok", "response": {"docs": [` + strings.Join(lines, ",") + `]}}`,
		"a.csv":       rows.String(),
		"excel.csv":   "\ufeff" + semicolons.String(),
		"a.tsv":       tabs.String(),
		"a.parquet":   pq.String(),
		"a.jsonl.gz":  gz(lines[0]+"\n") + gz(strings.Join(lines[1:], "\n")),
		"a.jsonl.zst": packed(t, "zst", jsonl),
		"a.jsonl.xz":  packed(t, "xz", jsonl),
		"a.jsonl.bz2": packed(t, "bz2", jsonl),
		"a.csv.gz":    gz(rows.String()),
		"a.wet":       wet.String(),
		"a.wet.gz":    gz(wet.String()),
		"a.warc":      pages.String(),
		"a.warc.gz":   members.String(),
		"a.arc":       arc,
		"a.mbox":      letters.String(),
		"a.rss":       feed + "</channel></rss>\n",
		"a.warc.zst":  packed(t, "zst", pages.String()),
	}
	entries := map[string]string{}
	for i, a := range list {
		entries[fmt.Sprintf("pages/%d.html", i+1)] = a.page()
	}
	maps := map[string]string{"a.zip": zipped(t, entries), "a.tar": tarred(t, entries)}
	files["a.tar.gz"] = gz(maps["a.tar"])
	files["json.zip"] = zipped(t, map[string]string{"x/a.jsonl": jsonl})
	files["parquet.tar"] = tarred(t, map[string]string{"a.parquet": pq.String()})
	for _, m := range []map[string]string{entries, maps} {
		for name, data := range m {
			files[name] = data
		}
	}
	return files
}

// inXML is a text with escapes, so that XML does not change it.
func inXML(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

func packed(t *testing.T, how, s string) string {
	t.Helper()
	var b bytes.Buffer
	switch how {
	case "zst":
		w, _ := zstd.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	case "xz":
		w, err := xz.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(s))
		w.Close()
	case "bz2": // no Go library of ours writes it
		cmd := exec.Command("bzip2", "-c")
		cmd.Stdin, cmd.Stdout = strings.NewReader(s), &b
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func sorted(m map[string]string) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range sorted(files) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(files[name]))
	}
	z.Close()
	return b.String()
}

func tarred(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range sorted(files) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name])), ModTime: time.Unix(1557000000, 0)}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(files[name]))
	}
	w.Close()
	return b.String()
}

// One corpus gives the same articles in every format.
func TestSame(t *testing.T) {
	if *write {
		for name, data := range sameFiles(t) {
			os.MkdirAll(filepath.Dir(filepath.Join(same, name)), 0o777)
			if err := os.WriteFile(filepath.Join(same, name), []byte(data), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(same)
	for _, test := range []struct {
		want  func(a sample) string
		files []string
	}{
		{
			func(a sample) string { return fmt.Sprintf("%s %q %s %q", a.Date, a.Title, a.URL, a.Text) },
			[]string{"a.jsonl", "a.json", "docs.json", "a.csv", "excel.csv", "a.tsv", "a.parquet", "a.jsonl.gz", "a.jsonl.zst", "a.jsonl.xz", "a.jsonl.bz2", "a.csv.gz", "json.zip", "parquet.tar", "a.mbox", "a.rss"},
		},
		{
			func(a sample) string { return fmt.Sprintf("%s %q %s html %q", a.Date, a.Title, a.URL, a.page()) },
			[]string{"pages", "a.warc", "a.warc.gz", "a.warc.zst", "a.arc", "a.zip", "a.tar", "a.tar.gz"},
		},
		{func(a sample) string {
			first, _, _ := strings.Cut(a.Text, "\n")
			return fmt.Sprintf(" %q %s %q", strings.Join(strings.Fields(first), " "), a.URL, a.Text)
		}, []string{"a.wet", "a.wet.gz"}},
	} {
		for _, file := range test.files {
			t.Run(file, func(t *testing.T) {
				var want []string
				for _, a := range samples() {
					want = append(want, test.want(a))
				}
				for _, filter := range []func([]byte) bool{nil, func(b []byte) bool { return hasAnchor(b) }} {
					got := read(t, &Reader{MayHold: filter}, file)
					got = slices.DeleteFunc(got, func(s string) bool { return strings.HasSuffix(s, "~ ARC file description") })
					if len(got) != len(want) {
						t.Fatalf("%d records, want %d: %s", len(got), len(want), got)
					}
					for i := range got {
						origin, rest, _ := strings.Cut(got[i], " ")
						if rest != want[i] && !(filter != nil && rest == "-" && !hasAnchor([]byte(want[i]))) {
							t.Errorf("%s\ngot  %s\nwant %s", origin, rest, want[i])
						}
					}
				}
			})
		}
	}
}
