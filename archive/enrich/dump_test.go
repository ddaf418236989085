package enrich_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/archive/enrich"
)

// Lines as dumps hold them, all invented; @1 and @2 are status IDs.
var dumpLines = []struct {
	name, line string
	want       string // "id state handle|author|text|lang" of each tweet, semicolons between
}{
	{
		"v1.1, extended", `{"created_at":"Mon Mar 02 10:00:00 +0000 2020","id":1234000000000000000,"id_str":"@1","full_text":"Fog &amp; bells https:\/\/t.co\/abc","truncated":false,"lang":"en","place":{"attributes":{"x":5}},"user":{"id":9,"name":"Harbour Watch","screen_name":"harbour_w"}}`,
		`@1 found harbour_w|Harbour Watch|Fog & bells https://t.co/abc|en`,
	},
	{
		"v1.1, compatibility mode", `{"created_at":"Mon Mar 02 10:00:00 +0000 2020","id_str":"@1","text":"Fog and …","truncated":true,"extended_tweet":{"full_text":"Fog and bells all morning"},"user":{"name":"H","screen_name":"h"}}`,
		`@1 found h|H|Fog and bells all morning|`,
	},
	{
		"v1.1, what is retweeted is a tweet", `{"id_str":"@1","full_text":"RT @b: the who…","user":{"name":"A","screen_name":"a"},"retweeted_status":{"id_str":"@2","full_text":"the whole text","user":{"name":"B","screen_name":"b"}}}`,
		`@1 found a|A|RT @b: the who…|;@2 found b|B|the whole text|`,
	},
	{
		"v1.1, what is quoted", `{"id_str":"@1","full_text":"look","user":{"name":"A","screen_name":"a"},"quoted_status":{"id_str":"@2","full_text":"at this","user":{"name":"B","screen_name":"b"}}}`,
		`@1 found a|A|look|;@2 found b|B|at this|`,
	},
	{"v1.1, withheld everywhere", `{"id_str":"@1","full_text":"@a's post has been withheld","withheld_in_countries":["XX"],"user":{"name":"A","screen_name":"a"}}`, `@1 withheld |||`},
	{"v1.1, withheld somewhere", `{"id_str":"@1","full_text":"still here","withheld_in_countries":["ZZ"],"user":{"name":"A","screen_name":"a"}}`, `@1 found a|A|still here|`},
	{"a notice of deletion", `{"delete":{"status":{"id":5,"id_str":"@1","user_id":1}}}`, `@1 gone |||`},
	{
		"v2, a page of twarc2", `{"data":[{"id":"@1","text":"cut …","note_tweet":{"text":"a long note, whole"},"author_id":"5","created_at":"2020-03-02T10:00:00.000Z","lang":"en"}],"includes":{"users":[{"id":"5","name":"Five","username":"five"}],"tweets":[{"id":"@2","text":"included","author_id":"5"}]},"errors":[{"resource_type":"user","parameter":"author_id","value":"6","type":"https:\/\/api.twitter.com\/2\/problems\/resource-not-found"}],"__twarc":{"retrieved_at":"2021-01-02T03:04:05+00:00"}}`,
		`@1 found five|Five|a long note, whole|en;@2 found five|Five|included|`,
	},
	{
		"v2, one tweet, the newer names", `{"data":{"id":"@1","text":"cut","note_post":{"text":"whole"},"edit_history_post_ids":["@1"],"author_id":"5"},"includes":{"users":[{"id":"5","name":"Five","username":"five"}]}}`,
		`@1 found five|Five|whole|`,
	},
	{
		"v2, errors alone", `{"errors":[{"resource_id":"@1","resource_type":"post","parameter":"ids","type":"https:\/\/api.x.com\/2\/problems\/resource-not-found"},{"value":"@2","resource_type":"tweet","parameter":"ids","type":"https:\/\/api.twitter.com\/2\/problems\/not-authorized-for-resource"}]}`,
		`@1 gone |||;@2 hidden |||`,
	},
	{
		"v2, an error about a tweet that is referred to", `{"data":[{"id":"@1","text":"t","author_id":"5"}],"errors":[{"resource_id":"@2","resource_type":"tweet","parameter":"referenced_tweets.id","type":"https:\/\/api.twitter.com\/2\/problems\/resource-not-found"}]}`,
		`@1 found ||t|`,
	},
	{"v2, withheld", `{"data":[{"id":"@1","text":"This Post has been withheld","withheld":{"copyright":true,"country_codes":["XY"]}}]}`, `@1 withheld |||`},
	{
		"v2, flattened", `{"id":"@1","text":"flat &lt;3","author_id":"5","author":{"id":"5","name":"Five","username":"five"},"created_at":"2020-03-02T10:00:00.000Z","lang":"en","referenced_tweets":[{"type":"quoted","id":"@2","text":"inner","author":{"name":"Six","username":"six"}},{"type":"replied_to","id":"9"}]}`,
		`@1 found five|Five|flat <3|en;@2 found six|Six|inner|`,
	},
	{
		"an array", `[{"id_str":"@1","full_text":"one","user":{"name":"A","screen_name":"a"}},{"id_str":"@2","full_text":"two","user":{"name":"A","screen_name":"a"}}]`,
		`@1 found a|A|one|;@2 found a|A|two|`,
	},
	{"no JSON", `(id)`, `stop`},
	{"cut", `{"id_str":"1234427700000000003",`, `dump:%d: the JSON is not complete: the file ends within it;stop`},
	{"an empty line", ``, `stop`},
	{"cut after the ID", `{"id_str":"@1"`, `dump:%d: the JSON is not complete: the file ends within it;stop`},
	{"no tweet", `{"hello":"@1"}`, `dump:%d: no tweet in the JSON;stop`},
	{"no status ID", `{"id_str":"5e9","full_text":"@1","user":{"screen_name":"a"}}`, `dump:%d: no tweet in the JSON;stop`},
	{"neither text nor author", `{"id_str":"@1","user":{"id":5}}`, `dump:%d: no tweet in the JSON;stop`},
}

// everybody is the authors of dumpLines.
var everybody = []enrich.Wanted{
	{Tweet: archive.Tweet{Handle: "Harbour_W"}},
	{Tweet: archive.Tweet{Handle: "h"}},
	{Tweet: archive.Tweet{Handle: "a"}},
	{Tweet: archive.Tweet{Handle: "b"}},
	{Tweet: archive.Tweet{Handle: "five"}},
	{Tweet: archive.Tweet{Handle: "six"}},
}

const dumpID1, dumpID2 = "1234427700000000001", "1234427700000000002"

// dump is the text of all dumpLines.
func dump() string {
	var lines []string
	for _, l := range dumpLines {
		lines = append(lines, l.line)
	}
	return strings.NewReplacer("@1", dumpID1, "@2", dumpID2).Replace(strings.Join(lines, "\n"))
}

func TestDumpLines(t *testing.T) {
	for _, l := range dumpLines {
		t.Run(l.name, func(t *testing.T) {
			r := strings.NewReplacer("@1", dumpID1, "@2", dumpID2)
			path := write(t, "dump", []byte(r.Replace(l.line)+"\n"))
			var got []string
			d := &enrich.Dump{Path: path, Bad: func(err error) { got = append(got, strings.Replace(err.Error(), path, "dump", 1)) }}
			err := d.Ask(t.Context(), []archive.Tweet{{ID: dumpID1}, {ID: dumpID2}}, func(a enrich.Answer) error {
				got = append(got, fmt.Sprintf("%s %s %s|%s|%s|%s", a.ID, a.State, a.Handle, a.Author, a.Text, a.Lang))
				if len(a.Raw) == 0 || a.Time.IsZero() {
					t.Errorf("%s: body of %d bytes, time %v", a.ID, len(a.Raw), a.Time)
				}
				if strings.Contains(l.line, "retrieved_at") && !a.Time.Equal(time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC)) {
					t.Errorf("%s: retrieved %v", a.ID, a.Time)
				}
				return nil
			})
			var stop *enrich.Stop
			if errors.As(err, &stop) {
				got = append(got, "stop")
			} else if err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(r.Replace(l.want), "%d", "1", 1)
			if strings.Join(got, ";") != want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ";"), want)
			}
		})
	}
}

// Dumps of odd forms. <1> and <2> are tweets with the IDs @1 and @2; ~ is a megabyte.
var dumpForms = []struct {
	name, dump string
	want       string // the tweets' texts; bad lines; the error, as far as it is given
}{
	{"quotes in a table", "id,text,user\r\n@1,\"say \"\"hi\"\", now\",a\r\n@2,\"two\nlines\",a\r\n", "say \"hi\", now; two\nlines"},
	{"a quote that nobody doubled", "id,text,user\n@1,\"an \"odd\" quote, here\",a\n@2,6\" of rain,a", "an \"odd\" quote, here; 6\" of rain"},
	{"rows of other lengths", "id,text,user\n@1,one\n\n@2,two,a,more", "one; two"},
	{"a long row", "id,text,user\n@1,~~~~~~~~~,a\n@2,two,a\n", "dump:2: more than 8 MB; two"},
	{"words between objects", "<1>\nnull true 17 -3.5 \"short\"\n<2>", "one; two"},
	{"no JSON between objects", "<1>\nsome words, and {\"id\n<2>\n", "one; dump:2: not JSON; two"},
	{"a sign between objects", "<1>\n$\n<2>\n", "one; dump:2: not JSON; two"},
	{"a broken line", "<1>\n{\"id_str\":\"5\",\"text\":\"cut\n<2>\n", "one; dump:2: the JSON breaks off; two"},
	{"a line without its end", "<1>\n{\"id_str\":\"5\",\"n\":1\n<2>\n", "one; dump:2: the JSON breaks off; two"},
	{"a number cut by the end", "<1>\n{\"id\":12", "one; dump:2: the JSON is not complete"},
	{"a long object with tweets in it", "{\"list\":[<1>,<2>,\"~~~~~~~~~\"]}", "one; two; dump:1: more than 8 MB"},
	{"a long tweet", "{\"id_str\":\"@1\",\"text\":\"~~\",\"user\":{\"screen_name\":\"a\"}}\n<2>", "dump:1: more than 1 MB; two"},
	{"an assignment", "window.YTD.tweets.part0 = [{\"tweet\":<1>},{\"tweet\":<2>}]", "one; two"},
	{"IDs as numbers", "[@1,\n@2]", "error: a list of tweet IDs"},
	{"IDs as strings", "[\"@1\",\"@2\"]", "error: a list of tweet IDs"},
	{"a table of numbers", "a;b\n1;2\n", "error: a table without a column of tweet IDs (columns: a, b)"},
	{"nothing", "", "error: empty"},
}

func TestDumpForms(t *testing.T) {
	line := func(id, text string) string {
		return `{"id_str":"` + id + `","text":"` + text + `","user":{"screen_name":"a"}}`
	}
	forms := strings.NewReplacer("<1>", line(dumpID1, "one"), "<2>", line(dumpID2, "two"), "@1", dumpID1, "@2", dumpID2, "~", strings.Repeat("x", 1<<20))
	for _, c := range dumpForms {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, "dump", []byte(forms.Replace(c.dump)))
			var got []string
			d := &enrich.Dump{Path: path, Bad: func(err error) { got = append(got, strings.Replace(err.Error(), path, "dump", 1)) }}
			err := d.Ask(t.Context(), []archive.Tweet{{ID: dumpID1}, {ID: dumpID2}}, func(a enrich.Answer) error {
				got = append(got, a.Text)
				return nil
			})
			if err != nil {
				got = append(got, "error: "+err.Error())
			}
			want := strings.Split(c.want, "; ")
			if !slices.EqualFunc(got, want, strings.HasPrefix) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestDumpCompressed(t *testing.T) {
	text := []byte(strings.Repeat(dump()+"\n", 50))
	var gz, two, zs bytes.Buffer
	for i, half := range [][]byte{text[:len(text)/2], text[len(text)/2:]} { // members, one after the other
		w := gzip.NewWriter(&two)
		w.Write(half)
		w.Close()
		if i == 0 {
			w = gzip.NewWriter(&gz)
			w.Write(text)
			w.Close()
		}
	}
	z, _ := zstd.NewWriter(&zs)
	z.Write(text)
	z.Close()
	read := func(data []byte) (ids []string, bad []string) {
		d := &enrich.Dump{Path: write(t, "d", data), Contents: contents, Bad: func(err error) { bad = append(bad, err.Error()[strings.LastIndex(err.Error(), "/d:")+1:]) }}
		err := d.Find(t.Context(), everybody, func(a enrich.Answer) { ids = append(ids, a.ID) }, func(...int) error { return nil })
		if err != nil {
			bad = append(bad, err.Error())
		}
		return ids, bad
	}
	ids, bad := read(text)
	if len(ids) != 50*15 || len(bad) != 50*4 {
		t.Errorf("%d tweets, %d bad lines", len(ids), len(bad))
	}
	for name, data := range map[string][]byte{"gzip": gz.Bytes(), "gzip members": two.Bytes(), "zstd": zs.Bytes()} {
		if i, b := read(data); !slices.Equal(i, ids) || !slices.Equal(b, bad) {
			t.Errorf("%s: %d tweets, %d bad lines", name, len(i), len(b))
		}
		// Cut in the middle: what came before it counts, and it is reported.
		i, b := read(data[:len(data)*2/3])
		if len(i) > len(ids) || len(b) == 0 || !strings.Contains(b[len(b)-1], "ends too early") {
			t.Errorf("%s, cut: %d tweets, %v", name, len(i), b[max(0, len(b)-1):])
		}
	}
}

func FuzzDump(f *testing.F) {
	for _, l := range dumpLines {
		f.Add(strings.NewReplacer("@1", dumpID1, "@2", dumpID2).Replace(l.line))
	}
	files, _ := filepath.Glob("testdata/dumps/*.*")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, line string) {
		d := &enrich.Dump{Path: write(t, "d", []byte(line)), Contents: contents}
		err := d.Find(t.Context(), everybody, func(a enrich.Answer) {
			if !archive.IsStatusID(a.ID) || a.State == "" || len(a.Raw) == 0 {
				t.Errorf("%q: %+v", line, a)
			}
			if a.State != enrich.Found && (a.Text != "" || a.Handle != "") {
				t.Errorf("%q: %s with content", line, a.State)
			}
		}, func(...int) error { return nil })
		var stop *enrich.Stop
		if err != nil && !errors.As(err, &stop) {
			t.Error(err)
		}
	})
}

func BenchmarkDump(b *testing.B) {
	line := strings.NewReplacer("@1", dumpID1, "@2", dumpID2).Replace(dumpLines[0].line) + "\n"
	data := []byte(strings.Repeat(line, 2000))
	d := &enrich.Dump{Path: write(b, "d", data)}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Ask(b.Context(), []archive.Tweet{{ID: "20"}}, func(enrich.Answer) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// contents are those of a Dump, as the command reads them.
func contents(path string, only []string, each func(file, format string, in io.Reader, err error) error) error {
	return corpus.Contents(nil, path, only, each)
}
