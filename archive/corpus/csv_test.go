package corpus

import (
	"fmt"
	"strings"
	"testing"
)

func TestCSV(t *testing.T) {
	const one = `:1 2018-03-22 "First" https://a.example/1 "One, \"two\"\nthree"`
	for _, test := range []struct {
		name, data string
		want       []string
	}{
		{"comma", "id,title,url,date,text\r\n1,First,https://a.example/1,2018-03-22,\"One, \"\"two\"\"\nthree\"\r\n", []string{one}},
		{"no last line end", "id,title,url,date,text\n1,First,https://a.example/1,2018-03-22,\"One, \"\"two\"\"\nthree\"", []string{one}},
		{"tab", "title\turl\tpublish_date\tcontent\nFirst\thttps://a.example/1\t22 March 2018\t\"One, \"\"two\"\"\nthree\"\n", []string{one}},
		{"semicolon", "\ufeffTitle;URL;Published Date;Text\nFirst;https://a.example/1;22.3.2018;\"One, \"\"two\"\"\nthree\"\n", []string{one}},
		{"backslash", "title,url,date,text\nFirst,https://a.example/1,2018-03-22,\"One, \\\"two\\\"\nthree\"\n", []string{one}},
		{"delimiter named", "sep=;\r\ntitle;text\r\na;\"A, a\"\r\n", []string{`:1  "a"  "A, a"`}},
		{"caret", "id^title^text\n1^a^\"A^A\"\n2^b^B, b\n", []string{`:1  "a"  "A^A"`, `:2  "b"  "B, b"`}},
		{"tilde", "id~title~text\n1~a~A\n2~b~B, b; b\n", []string{`:1  "a"  "A"`, `:2  "b"  "B, b; b"`}},
		{"Hive", "id\x01title\x01text\n1\x01a\x01All the words of it, and some more of them, stand here\n2\x01b\x01B, b; b, and some more of them stand here as well\n", []string{`:1  "a"  "All the words of it, and some more of them, stand here"`, `:2  "b"  "B, b; b, and some more of them stand here as well"`}},
		{"' as the quote", "'id','title','text'\n'1','b, c','it''s\nso'\n'2','','B'\n", []string{`:1  "b, c"  "it's\nso"`, `:2  ""  "B"`}},
		{"' where it must be", "id;title;text\r\n1;a;'A;\n\"A\" isn''t'\r\n2;b;5\" of B\r\n", []string{`:1  "a"  "A;\n\"A\" isn't"`, `:2  "b"  "5\" of B"`}},
		{"' escaped", "'id','title','text'\n'1','a','it\\'s, A'\n", []string{`:1  "a"  "it's, A"`}},
		{"' neither doubled nor escaped", "'id','title','text'\n'1','a','it's, A'\n", []string{`:1  "a"  "it's, A"`}},
		{"' without a header", "1,'https://a.example/1','Many words, and ''more'' of them'\n2,'https://a.example/2','More, and then some more'\n", []string{`:1  "" https://a.example/1 "Many words, and 'more' of them"`, `:2  "" https://a.example/2 "More, and then some more"`}},
		{"' after a prologue", "# from a portal\n'id','title','text'\n1,'a','A, A'\n", []string{`:1  "a"  "A, A"`}},
		{"' as an apostrophe", "id,title,text\n1,'Tis a,'twas A\n2,the bs',B is 'so'\n3,'c','C'\n", []string{`:1  "'Tis a"  "'twas A"`, `:2  "the bs'"  "B is 'so'"`, `:3  "'c'"  "'C'"`}},
		{"' and too many columns", "id,title,text\n1,'Tis a,'A, A',\n2,b,it's B\n", []string{`:1! 4 columns where the first row has 3; is a quote or a delimiter wrong?`, `:2  "b"  "it's B"`}},
		{"' inside quotes", "id,title,text\n1,a,\"'A', A\"\n2,b,\"'B\"\n", []string{`:1  "a"  "'A', A"`, `:2  "b"  "'B"`}},
		{"spaces before quotes", "id, title, text\n1, \"a, a\", \"A\nA, \"\"A\"\"\"\n2, b, B \"b\"\n", []string{`:1  "a, a"  "A\nA, \"A\""`, `:2  "b"  " B \"b\""`}},
		{"a Mac's line ends", "id,title,text\r1,a,\"A\rA\"\r2,b,B\r", []string{`:1  "a"  "A\nA"`, `:2  "b"  "B"`}},
		{"a Mac's rows with line feeds in cells", "id,title,text\r1,a,\"A\n\nA\"\r2,b,\"B\r\nB\"\r", []string{`:1  "a"  "A\n\nA"`, `:2  "b"  "B\nB"`}},
		{"the same without quotes", "id\ttitle\ttext\r1\ta\tA\nA\r2\tb\tB\r", []string{`:1  "a"  "A\nA"`, `:2  "b"  "B"`}},
		{"carriage returns in cells", "id,title,text\n1,a,A\rA\n2,b,\"B\rB\"\n", []string{`:1  "a"  "A\rA"`, `:2  "b"  "B\rB"`}},
		{"a teaser", "text,title,content\nA,a,All of A\nB,b,\nC,c,<p>All of C</p>\n", []string{`:1  "a"  "All of A"`, `:2  "b"  "B"`, `:3  "c"  html "<p>All of C</p>"`}},
		{"windows-1252", "title,text\nCaf\xe9,\x93One\x94\n\n", []string{`:1  "Café"  "“One”"`}},
		{"UTF-16", utf16le("title\ttext\nCafé\tOne\n"), []string{`:1  "Café"  "One"`}},
		{"no header", "1,https://a.example/1,Many words stand here\n2,https://a.example/2,More of them stand here\n", []string{`:1  "" https://a.example/1 "Many words stand here"`, `:2  "" https://a.example/2 "More of them stand here"`}},
		{"a prologue", "# from a portal\nNews, all of it\n\nid,title,text\n1,a,A\n", []string{`:1  "a"  "A"`}},
		{"unknown header", "a,b\n1,Many words stand here\n", []string{`:1  ""  "Many words stand here"`}},
		{"an index without a name", ",title,text\n0,T,One\n", []string{`:1  "T"  "One"`}},
		{"only blank lines", "\n \n", []string{"! empty file"}},
		{"only a header", "title,text\n", nil},
		{"too few and too many", "title,text\na\nb,B\nc,C,c\nd,D,,\n", []string{`:1! 1 columns where the first row has 2; is a quote or a delimiter wrong?`, `:2  "b"  "B"`, `:3! 3 columns where the first row has 2; is a quote or a delimiter wrong?`, `:4  "d"  "D"`}},
		{"quote in a cell", "title,text\na,5\" of rain\nb,\"B \"quoted\" here\"\n", []string{`:1  "a"  "5\" of rain"`, `:2  "b"  "B \"quoted\" here"`}},
		{"quote not closed", "id,title,text\n1,a,A\n2,b,\"B\nmore\n3,c,C\n4,d,D\n", []string{`:1  "a"  "A"`, `:2! a quote in this row is not closed`, `:3  "c"  "C"`, `:4  "d"  "D"`}},
		{"quote closed late", "id,title,text\n1,a,A\n2,b,\"B\nmore\n3,\"c\",\"C\"\n4,d,\"D, d\"\n5,e,E\n", []string{`:1  "a"  "A"`, `:2! 4 columns where the first row has 3; is a quote or a delimiter wrong?`, `:3  "c"  "C"`, `:4  "d"  "D, d"`, `:5  "e"  "E"`}},
		{"HTML", "title,text\na,<p>A</p>\n", []string{`:1  "a"  html "<p>A</p>"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder(t, map[string]string{"a.csv": test.data, "b.csv.gz": gz(test.data)})
			equal(t, read(t, &Reader{}, "a.csv"), prefixed("a.csv", test.want)...)
			equal(t, read(t, &Reader{}, "b.csv.gz"), prefixed("b.csv.gz", test.want)...)
		})
	}
}

func utf16le(s string) string {
	b := []byte("\xff\xfe")
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func TestCSVFields(t *testing.T) {
	folder(t, map[string]string{"a.csv": "title,text,Inhalt,n\na,A,One,1\n", "b": "title,text\na,A\nb,B\n", "c": "One, two\nthree, four\n"})
	equal(t, read(t, &Reader{Fields: Fields{Text: "inhalt", Title: "4"}}, "a.csv"), `a.csv:1  "1"  "One"`)
	equal(t, read(t, &Reader{Fields: Fields{Text: "body"}}, "a.csv"), `a.csv! no column body; there are title, text, Inhalt, n`)
	equal(t, read(t, &Reader{}, "b", "c"), `b:1  "a"  "A"`, `b:2  "b"  "B"`, `c:1  ""  "One, two\nthree, four\n"`)
}

// Broken quotes on every line take linear time.
func TestCSVBroken(t *testing.T) {
	folder(t, map[string]string{"a.csv": "title,text\n" + strings.Repeat("a,\"b\n", 1<<20)})
	got := read(t, &Reader{MaxRecord: 1 << 20}, "a.csv")
	if len(got) == 0 || !strings.Contains(got[0], "a.csv:1! record longer than") {
		t.Errorf("got %d records: %.100q", len(got), got)
	}
}

// Rows that end in carriage returns are recognised without a name, also across reads.
func TestMacRows(t *testing.T) {
	folder(t, map[string]string{"a.txt": "title\turl\ttext\r" + strings.Repeat("a\thttps://a.example/1\t\"A\nA\"\r", 1<<16)})
	got := read(t, &Reader{}, "a.txt")
	if n := len(got); n != 1<<16 || got[0] != `a.txt:1  https://a.example/1 "a"  "A\nA"` && !strings.HasSuffix(got[n-1], `"A\nA"`) {
		t.Errorf("%d articles, the first %s", n, got[0])
	}
}

// Fields to keep, and the choice of the text, work alike in all formats with fields.
func TestKeepAndChoose(t *testing.T) {
	folder(t, map[string]string{
		"a.csv":   "text,content,id\nA,\"All of it\",7\n",
		"a.jsonl": "{\"text\":\"A\",\"content\":\"All of it\",\"id\":7,\"of\":{\"n\":[1]}}\n",
	})
	for name, want := range map[string]string{"a.csv": `All of it ["7"]`, "a.jsonl": `All of it ["7" "[1]"]`} {
		keep := []string{"id", "of.n"}[:strings.Count(want, `"`)/2]
		for b := range (&Reader{Fields: Fields{Keep: keep}}).Articles(name) {
			for a, err := range b.Articles {
				if err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprintf("%s %q", a.Body, a.Kept); got != want {
					t.Errorf("%s: %s", name, got)
				}
			}
		}
		if why := (&Reader{}).Inspect(name, 1).Why; why != "of text, content, each record takes the longest that may hold a tweet; the first one takes content" {
			t.Errorf("%s: %s", name, why)
		}
	}
	equal(t, read(t, &Reader{Fields: Fields{Keep: []string{"ID2"}}}, "a.csv"), `a.csv! no column ID2; there are text, content, id`)
}
