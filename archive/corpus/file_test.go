package corpus

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"example.org/tweetarc/archive"
)

// A file is identified by its absolute path, however the user names it.
func TestAbs(t *testing.T) {
	z := zipped(t, map[string]string{"x/y.txt": "why"})
	folder(t, map[string]string{"d/a.txt": "a", "d/caf\xe9.txt": "b", "d/z.zip": z})
	dir, err := os.Getwd()
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	for link, to := range map[string]string{"l": "d", "d/b.txt": "a.txt", "nowhere": "none"} {
		if err == nil {
			err = os.Symlink(to, link)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &Reader{Stdin: strings.NewReader(z), Open: func(string) (*archive.File, io.ReadCloser, error) {
		return &archive.File{}, io.NopCloser(strings.NewReader(z)), nil
	}}
	for _, test := range []struct {
		path string
		want []string // path and absolute path, that of the folder as ~
	}{
		{"d/a.txt", []string{"d/a.txt ~/d/a.txt"}},
		{"./d//../d/a.txt", []string{"./d//../d/a.txt ~/d/a.txt"}},
		{dir + "/d/./a.txt", []string{dir + "/d/./a.txt ~/d/a.txt"}},
		{"d/caf\xe9.txt", []string{`d/"caf\xe9.txt" ~/d/"caf\xe9.txt"`}},
		{"d/../d/", []string{"d/../d/a.txt ~/d/a.txt", "d/../d/b.txt ~/d/a.txt", `d/../d/"caf\xe9.txt" ~/d/"caf\xe9.txt"`, "d/../d/z.zip/x/y.txt ~/d/z.zip/x/y.txt", "d/../d/z.zip ~/d/z.zip"}},
		{"missing", []string{"missing ~/missing"}},
		{"l/a.txt", []string{"l/a.txt ~/d/a.txt"}},
		{"l/none", []string{"l/none ~/d/none"}},
		{"nowhere", []string{"nowhere ~/nowhere"}},
		{"l", []string{"l/a.txt ~/d/a.txt", "l/b.txt ~/d/a.txt", `l/"caf\xe9.txt" ~/d/"caf\xe9.txt"`, "l/z.zip/x/y.txt ~/d/z.zip/x/y.txt", "l/z.zip ~/d/z.zip"}},
		{"-", []string{"-/x/y.txt ", "- "}},
		{"https://ada:MADEUP@a.example/z?page=1&token=MADEUP#x", []string{"https://a.example/z?page=1/x/y.txt https://a.example/z?page=1/x/y.txt", "https://a.example/z?page=1 https://a.example/z?page=1"}},
	} {
		var got []string
		for b := range r.Articles(test.path) {
			for range b.Articles {
			}
			abs := b.File.Abs
			if in, ok := strings.CutPrefix(abs, dir+"/"); ok {
				abs = "~/" + in
			}
			got = append(got, b.File.Path+" "+abs)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.path, got, test.want)
		}
	}
}

// Resume is asked about a container before its members. The container comes after them.
func TestContainerItself(t *testing.T) {
	files := map[string]string{"a.txt": "a", "b.jsonl": `{"text": "b"}`, "c/d.txt": "d"}
	z, tr := zipped(t, files), tarred(t, files)
	packed := gz(tr)
	folder(t, map[string]string{"z.zip": z, "t.tar": tr, "t.tar.gz": packed, "cut.zip": z[:len(z)-40], "cut.tar": tr[:2100], "cut.tar.gz": packed[:len(packed)-4], "empty.tar": tarred(t, nil)})
	const whole = "? a.txt b.jsonl c/d.txt ."
	for _, test := range []struct {
		name, want string
		skip       bool
	}{
		{"z.zip", whole, false},
		{"t.tar", whole, false},
		{"t.tar.gz", whole, false},
		{"z.zip", "?", true},
		{"t.tar", "?", true},
		{"t.tar.gz", "?", true},
		{"cut.zip", "? !", false},
		{"cut.tar", "? a.txt b.jsonl !", false},
		{"cut.tar.gz", "? a.txt b.jsonl c/d.txt !", false},
		{"empty.tar", "? !", false},
	} {
		for _, streamed := range []bool{false, true} {
			data, err := os.ReadFile(test.name)
			if err != nil {
				t.Fatal(err)
			}
			name := test.name
			if streamed {
				name = "-"
			}
			if streamed && data[0] == 0 {
				continue // a tar without files has nothing but its name to say so
			}
			got, r := "", &Reader{Stdin: bytes.NewReader(data)}
			r.Resume = func(f *archive.File) (int, bool) {
				if f.Holds {
					got += "?"
				}
				return 0, f.Holds && test.skip
			}
			in := map[*archive.File]bool{}
			for b := range r.Articles(name) {
				records, broken := 0, false
				for _, err := range b.Articles {
					records++
					broken = broken || err != nil
				}
				switch f := b.File; {
				case f.Holds && broken && records == 1:
					got += " !"
				case f.Holds && b.Last && records == 0:
					got += " ."
					in[f] = true
				case f.In != nil && f.In.Holds && f.In.Path == name && records == 1 && !broken:
					got += strings.Replace(f.Path, name+"/", " ", 1)
					in[f.In] = true
				default:
					t.Errorf("%s: %+v with %d records", name, f, records)
				}
			}
			if got != test.want || len(in) > 1 {
				t.Errorf("%s as %s: %q, want %q, and %d containers", test.name, name, got, test.want, len(in))
			}
			if done, _ := r.BytesRead(); !streamed && test.want == "?" && done != int64(len(data)) {
				t.Errorf("%s: %d bytes passed over, want %d", name, done, len(data))
			}
		}
	}
}

// The time at which an article was fetched is not the article's date.
func TestCaptured(t *testing.T) {
	for _, test := range []struct{ name, data, date, captured string }{
		{"a.warc", response("", "(@a)"), "", "2018-03-22T10:00:00Z"},
		{"dated.warc", response("", `<html><meta property="article:published_time" content="2018-03-20T23:00:00Z">(@a)`), "2018-03-20", "2018-03-22T10:00:00Z"},
		{"a.wet", warcRecord("conversion", "", "A page\n(@a)"), "", "2018-03-22T10:00:00Z"},
		{"resource.warc", warcRecord("resource", "Content-Type: text/html\r\n", "(@a)"), "", "2018-03-22T10:00:00Z"},
		{"c4.jsonl", `{"text": "(@a)", "timestamp": "2019-04-25T12:57:54Z", "url": "https://a.example/1"}`, "", "2019-04-25T12:57:54Z"},
		{"oscar.jsonl", `{"content": "(@a)", "warc_headers": {"warc-date": "2021-03-04T05:06:07Z"}}`, "", "2021-03-04T05:06:07Z"},
		{"please.json", `{"maintext": "(@a)", "date_publish": "2018-03-20 10:00:00", "date_download": "2018-03-22 10:00:00"}`, "2018-03-20", "2018-03-22"},
		{"scraped.csv", "text,scraped_at\n(@a),2018-03-22T10:00:00+02:00\n", "", "2018-03-22T08:00:00Z"},
		{"both.tsv", "text\tdate\tcrawled\n(@a)\t2018-03-20\t1521712800\n", "2018-03-20", "2018-03-22T10:00:00Z"},
		{"day.csv", "text,Date accessed\n(@a),22 March 2018\n", "", "2018-03-22"},
		{"none.csv", "text,retrieved\n(@a),yes\n", "", ""},
	} {
		folder(t, map[string]string{test.name: test.data})
		for b := range (&Reader{}).Articles(test.name) {
			for a, err := range b.Articles {
				if err != nil || a.Date != test.date || a.Captured != test.captured {
					t.Errorf("%s: %+v, %v", test.name, a, err)
				}
			}
		}
	}
}

// A field or the page names the outlet. Other fields in the outlet's object do not
// belong to the article.
func TestOutlet(t *testing.T) {
	type nested struct {
		Name string `parquet:"name"`
		URL  string `parquet:"url"`
	}
	type row struct {
		Text   string `parquet:"text"`
		Source nested `parquet:"publisher"`
	}
	var pq bytes.Buffer
	w := parquet.NewGenericWriter[row](&pq)
	w.Write([]row{{"(@a)", nested{"The Quay", "https://quay.example"}}})
	w.Close()
	for _, test := range []struct{ name, data, outlet, title, url string }{
		{"a.csv", "text,publication,title\n(@a),  The  Quay ,T\n", "The Quay", "T", ""},
		{"surest.tsv", "source\tNewspaper\ttext\nno\tThe Quay\t(@a)\n", "The Quay", "", ""},
		{"address.csv", "text,source\n(@a),https://quay.example/1\n", "", "", ""},
		{"host.csv", "text,site\n(@a),https://quay.example/\n", "https://quay.example/", "", ""},
		{"number.csv", "text,source\n(@a),17\n", "", "", ""},
		{"day.csv", "text,publication\n(@a),2018-03-22\n", "", "", ""},
		{"long.csv", "text,source\n(@a)," + strings.Repeat("page ", 100) + "\n", "", "", ""},
		{"a.parquet", pq.String(), "The Quay", "", ""},
		{"plain.jsonl", `{"text": "(@a)", "site_name": "The Quay"}`, "The Quay", "", ""},
		{"newsapi.jsonl", `{"source": {"id": "quay", "name": "The Quay"}, "title": "T", "url": "https://quay.example/1", "content": "(@a)"}`, "The Quay", "T", "https://quay.example/1"},
		{"schema.jsonl", `{"articleBody": "(@a)", "publisher": {"@type": "Organization", "url": "https://quay.example", "logo": {"url": "x"}, "name": "The Quay"}}`, "The Quay", "", ""},
		{"registry.jsonl", `{"title": "T", "body": "(@a)", "source": {"uri": "quay.example", "title": "The Quay"}}`, "The Quay", "T", "quay.example"},
		{"elastic.jsonl", `{"_source": {"title": "T", "text": "(@a)", "source": "The Quay"}}`, "The Quay", "T", ""},
		{"wrapped.jsonl", `{"source": {"title": "T", "text": "(@a)"}}`, "", "T", ""},
		{"extracted.json", `{"text": "(@a)", "hostname": "quay.example", "source-hostname": "The Quay", "source": "https://quay.example/1"}`, "The Quay", "", ""},
		{"media.jsonl", `{"text": "(@a)", "media": ["https://quay.example/1.jpg"]}`, "", "", ""},
		{"image.jsonl", `{"text": "(@a)", "media": {"url": "https://quay.example/1.jpg", "title": "A gull"}}`, "", "", ""},
	} {
		folder(t, map[string]string{test.name: test.data})
		n := 0
		for b := range (&Reader{}).Articles(test.name) {
			for a, err := range b.Articles {
				if n++; err != nil || a.Outlet != test.outlet || a.Title != test.title || a.URL != test.url || a.Body != "(@a)" {
					t.Errorf("%s: %+v, %v", test.name, a, err)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s: %d articles", test.name, n)
		}
	}
}
