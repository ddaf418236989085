package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/fixtures/slow"
	"example.org/tweetarc/store"
)

func TestParseVerdict(t *testing.T) {
	for want, all := range map[archive.Verdict][]string{
		archive.VerdictRight:  {"right", " RIGHT ", "Ok", "yes", "Y", "1", "TRUE", "right."},
		archive.VerdictBegins: {"begins wrong", "Begins Wrong", "begins", "wrong beginning", "starts wrong"},
		archive.VerdictEnds:   {"ends wrong", "ends", "wrong end"},
		archive.VerdictBoth:   {"both", "begins wrong, ends wrong", "begins and ends", "ends wrong / begins wrong", "Begins; ends"},
		archive.VerdictPerson: {"wrong person", "wrong-person", "person"},
		archive.VerdictNone:   {"not a tweet", "Not a Tweet", "none"},
		archive.VerdictUnsure: {"cannot say", "can't say", "can’t say", "?", "don’t know"},
	} {
		for _, s := range all {
			if got, err := parseVerdict(s); err != nil || got != want {
				t.Errorf("%q is %q, %v; want %q", s, got, err, want)
			}
		}
	}
	for _, s := range []string{"no", "n", "0", "wrong", "perhaps", "right, begins wrong", "not a tweet, ends wrong", strings.Repeat("x", 1000)} {
		if got, err := parseVerdict(s); err == nil || len(err.Error()) > 200 {
			t.Errorf("%.20q is %q, %.300v", s, got, err)
		}
	}
}

// A sheet comes back as it was, however it was saved.
func TestReadSheet(t *testing.T) {
	c := store.Case{ArticleKey: bytes.Repeat([]byte{0x45}, 18), Anchor: 12, N: 1, Stratum: "all"}
	c.Text, c.Handle, c.Confidence = "=1+1; \"said\"\n@ada and\tso on", "ada_l", 0.98
	c.Before, c.Raw, c.After = "before ", c.Text+" — Ada (@ada_l)", " after"
	var b bytes.Buffer
	out, err := newSheet(&b, &store.Sample{Key: "s1e5"})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.write(&c); err != nil {
		t.Fatal(err)
	}
	whole := b.String()
	if !strings.HasPrefix(whole, "\ufeffcase,") || !strings.HasSuffix(whole, "\r\n") || strings.Count(whole, "\r\n") != 2 {
		t.Errorf("written: %q", whole)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(whole, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	encoded := func(s string, by interface{ String(string) (string, error) }) string {
		e, err := by.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	plain := strings.TrimPrefix(whole, "\ufeff")
	same := func(s string) string { return s }
	in := func(comma rune) string { return savedSheet(rows, comma, same) }
	swapped := strings.NewReplacer(`"`, `'`, `'`, `"`).Replace
	win := strings.NewReplacer("⟦", "?", "⟧", "?").Replace
	for name, s := range map[string]string{
		"as it is":            whole,
		"without a mark":      plain,
		"semicolons":          in(';'),
		"tabs":                in('\t'),
		"bars":                in('|'),
		"line feeds":          strings.ReplaceAll(plain, "\r\n", "\n"),
		"sep=":                "sep=;\r\n" + in(';'),
		"UTF-16":              encoded(in('\t'), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
		"UTF-16, big":         encoded(in('\t'), unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()),
		"UTF-16, no mark":     encoded(in('\t'), unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()),
		"windows-1252":        encoded(win(in(';')), charmap.Windows1252.NewEncoder()),
		"single quotes":       swapped(`"case"` + savedSheet(rows, ',', swapped)[len("case"):]),
		"empty rows above":    ",,,\r\n" + plain,
		"another column":      strings.Replace(strings.Replace(plain, "case,", "mine,case,", 1), "\r\n", "\r\n7,", 1),
		"names in other case": strings.Replace(plain, "case,n,passage", "Case , N,Passage", 1),
	} {
		got, err := readSheet(strings.NewReader(s), verdictSheet)
		if err != nil || len(got.rows) != 1 {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		r := &got.rows[0]
		if _, _, ok := store.ParseCaseName(r.cell("case")); !ok || r.cell("handle") != "ada_l" || r.cell("confidence") != "0.98" || r.cell("sample") != "s1e5" || !sameCell(c.Text, r.cells["text"], got.lossy) {
			t.Errorf("%s: %q", name, r.cells)
		}
		if got.lossy != (name == "windows-1252") {
			t.Errorf("%s: lossy %v", name, got.lossy)
		}
		if number := map[string]int{"sep=": 3, "empty rows above": 3}[name]; r.number != max(2, number) {
			t.Errorf("%s: row %d", name, r.number)
		}
	}
	for name, s := range map[string]string{"nothing": "", "another table": "a,b\n1,2\n", "a workbook": "PK\x03\x04....", "binary": "\x00\x01\x02\xff"} {
		if got, err := readSheet(strings.NewReader(s), verdictSheet); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// savedSheet is a sheet as a spreadsheet saves it: no ="...", another separator, and
// cells as cell makes them.
func savedSheet(rows [][]string, comma rune, cell func(string) string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = comma
	for _, r := range rows {
		r = slices.Clone(r)
		for i, v := range r {
			if inner, ok := strings.CutPrefix(v, `="`); ok {
				v = strings.TrimSuffix(inner, `"`)
			}
			r[i] = cell(v)
		}
		w.Write(r)
	}
	w.Flush()
	return b.String()
}

// LibreOffice opens a sheet, and what it saves, with the separators and quotes of another
// country, is read as it was.
func TestLibreOffice(t *testing.T) {
	slow.Test(t)
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("no soffice on PATH (apt-get install libreoffice-calc-nogui)")
	}
	dir := t.TempDir()
	texts := []string{"plain", "=1+1", "@ada and so on", "it's “so”; isn't it", "3-4", "1e5", "two\nlines\n- of it", "+49 30 1234", "\"quoted\"", "00123", "TRUE", "🙂 ⟦", "'tis so"}
	f, err := os.Create(filepath.Join(dir, "sheet.csv"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := newSheet(f, &store.Sample{Key: "s1e5000000001"})
	for i, text := range texts {
		if err != nil {
			t.Fatal(err)
		}
		c := store.Case{ArticleKey: bytes.Repeat([]byte{0x12}, 18), Anchor: i, N: i + 1, Stratum: "0.50 to 0.70"}
		c.Text, c.Raw, c.Handle, c.Date, c.Confidence = text, text, "ada", "2018-03-01", 0.98
		err = out.write(&c)
	}
	if err := cmp.Or(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	convert := func(args ...string) {
		cmd := exec.Command(office, append([]string{"--headless", "-env:UserInstallation=file://" + filepath.Join(dir, "profile")}, args...)...)
		cmd.Dir = dir
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("LibreOffice: %v\n%s", err, said)
		}
	}
	convert("--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1", "--convert-to", "ods", "sheet.csv")
	convert("--convert-to", "csv:Text - txt - csv (StarCalc):59,39,76,1", "sheet.ods")
	b, err := os.ReadFile(filepath.Join(dir, "sheet.csv"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := readSheet(bytes.NewReader(b), verdictSheet)
	if err != nil || len(s.rows) != len(texts) || !bytes.HasPrefix(b, []byte("'case';")) {
		t.Fatalf("%v of\n%s", err, b)
	}
	for i, text := range texts {
		r := &s.rows[i]
		article, anchor, ok := store.ParseCaseName(r.cell("case"))
		if !ok || anchor != i || len(article) != 18 || !sameCell(text, r.cells["text"], s.lossy) || r.cell("sample") != "s1e5000000001" || r.cell("stratum") != "0.50 to 0.70" {
			t.Errorf("row %d, %q: %q", r.number, text, r.cells)
		}
	}
}

// Rows have the numbers that a spreadsheet shows.
func TestRowNumbers(t *testing.T) {
	s, err := readSheet(strings.NewReader("case,verdict,note\n1,right,\"two\nlines\"\n\n,,\n4,right,\n\n\n7,right,x\n"), verdictSheet)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range s.rows {
		got = append(got, fmt.Sprint(r.cell("case"), ":", r.number))
	}
	if want := "[1:2 :4 4:5 7:8]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestLongPassage(t *testing.T) {
	c := store.Case{}
	c.Before, c.Raw, c.After = "a", strings.Repeat("🙂 ", 60_000), "b"
	cell := store.ExcelCell(store.Text, passageOf(&c))
	if n := len([]rune(cell)); n > 32_767 || !strings.HasSuffix(cell, markEnd+"b") {
		t.Errorf("%d characters, %q", n, cell[len(cell)-20:])
	}
}

// fillSheet is the script command fill SHEET NEW CODER VERDICT|WORDS...: a coder fills in
// the first rows, in a spreadsheet with semicolons.
func fillSheet(ts *testscript.TestScript, neg bool, args []string) {
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(ts.ReadFile(args[0]), "\ufeff"))).ReadAll()
	ts.Check(err)
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for i, said := range args[3:] {
		row := rows[i+1]
		row[at["verdict"]], row[at["words"]], _ = strings.Cut(said, "|")
		row[at["coder"]] = args[2]
	}
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.Comma, out.UseCRLF = ';', true
	ts.Check(out.WriteAll(rows))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o666))
}

func FuzzReadSheet(f *testing.F) {
	f.Add("case,verdict\n1,right\n")
	f.Add("'case';'verdict'\n'1';'right'\n")
	f.Add("\xff\xfec\x00")
	f.Fuzz(func(t *testing.T, s string) {
		sheet, err := readSheet(strings.NewReader(s), verdictSheet)
		if err != nil {
			return
		}
		for i := range sheet.rows {
			parseVerdict(sheet.rows[i].cell("verdict"))
			store.ParseCaseName(sheet.rows[i].cell("case"))
		}
	})
}
