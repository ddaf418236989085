package main

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive/review"
	"example.org/tweetarc/fixtures/slow"
	"example.org/tweetarc/store"
)

var analysisIn = flag.String("analysis", "", "TestAnalysis: work in this new `DIR`, and leave it there: the corpus, the archive, the exports, the plots")

const analysisPath = "ANALYSIS.md"

// docBlock is a fenced block of a document, and the lines that it prints as the next one
// says, which is of text.
type docBlock struct {
	language string
	code     string
	printed  string
	begin    int // where the lines of text are, or would be
	end      int
}

// docBlocks are those of a document.
func docBlocks(lines []string) (all []docBlock) {
	for i := 0; i < len(lines); i++ {
		language, ok := strings.CutPrefix(lines[i], "```")
		if !ok {
			continue
		}
		begin := i + 1
		for i++; i < len(lines) && lines[i] != "```"; i++ {
		}
		body := strings.Join(lines[begin:i], "\n")
		if language == "text" {
			all[len(all)-1].printed, all[len(all)-1].begin, all[len(all)-1].end = body, begin, i
		} else {
			all = append(all, docBlock{language: language, code: body})
		}
	}
	return all
}

// TestAnalysis runs ANALYSIS.md as it is, on 5,000 articles whose truth is known: the
// commands, the sheet that a coder fills in, and the code for pandas and R. What each
// block prints is compared with the document, and what the commands gave with the truth.
func TestAnalysis(t *testing.T) {
	doc, err := os.ReadFile(analysisPath)
	if err != nil {
		t.Fatal(err)
	}
	dir := *analysisIn
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	p := newPress()
	f, err := os.Create(filepath.Join(dir, "articles.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.write(f); err != nil {
		t.Fatal(err)
	}
	f.Close()

	lines := strings.Split(string(doc), "\n")
	blocks := docBlocks(lines)
	got := make([]string, len(blocks))
	code := map[string][]int{}
	for i, b := range blocks {
		code[b.language] = append(code[b.language], i)
		got[i] = notRun
	}
	a := &analysis{dir: dir, press: p}
	for _, i := range code["sh"] {
		if strings.Contains(blocks[i].code, "validate") && a.sheet == nil {
			a.fill(t)
		}
		got[i] = typed(t, dir, "set -e\n"+blocks[i].code)
	}
	t.Run("truth", a.compare)
	t.Run("pandas", func(t *testing.T) {
		a.session(t, pandas(t), "analysis.py", `print("\x1e")`, blocks, code["python"], got)
	})
	t.Run("R", func(t *testing.T) {
		slow.Test(t)
		rscript, err := exec.LookPath("Rscript")
		if err != nil {
			t.Skip("no Rscript on PATH: the blocks for R are not run")
		}
		a.session(t, rscript, "analysis.R", `cat("\x1e\n")`, blocks, code["r"], got)
	})
	a.document(t, lines, blocks, got)
}

// pandas is a Python that has what the blocks import, or the end of the test.
func pandas(t *testing.T) string {
	t.Helper()
	slow.Test(t)
	python := os.Getenv("TWEETARC_PYTHON")
	if python == "" {
		python = "python3"
	}
	if b, err := exec.Command(python, "-c", "import pandas, pyarrow, matplotlib").CombinedOutput(); err != nil {
		t.Skipf("%s has no pandas, pyarrow and matplotlib: the blocks for Python are not run (TWEETARC_PYTHON names another): %v %s", python, err, b)
	}
	return python
}

// document compares what blocks printed with the document, or writes it there. What was
// not run is left as it is.
func (a *analysis) document(t *testing.T, lines []string, blocks []docBlock, got []string) {
	version := regexp.MustCompile(`version [^ ,]+, detector \d+`) // of this program
	show := func(s string) string {
		return strings.TrimRight(version.ReplaceAllString(speed.ReplaceAllString(s, ""), "..."), "\n")
	}
	update := os.Getenv("UPDATE_SCRIPTS") != ""
	for i, b := range slices.Backward(blocks) {
		if got[i] == notRun || show(got[i]) == show(b.printed) {
			continue
		}
		switch {
		case !update:
			t.Errorf("%s\nprints\n%s\n%s says\n%s", b.code, show(got[i]), analysisPath, show(b.printed))
		case b.begin == 0:
			t.Errorf("%s\nprints\n%s\nand %s has no block of text for it", b.code, got[i], analysisPath)
		default:
			lines = slices.Replace(lines, b.begin, b.end, strings.Split(strings.TrimRight(got[i], "\n"), "\n")...)
		}
	}
	if update {
		if err := os.WriteFile(analysisPath, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

const notRun = "\x00"

// session runs all blocks of a language as one program, and says what each prints.
func (a *analysis) session(t *testing.T, program, file, mark string, blocks []docBlock, which []int, got []string) {
	t.Helper()
	var code strings.Builder
	for _, i := range which {
		code.WriteString(blocks[i].code + "\n" + mark + "\n")
	}
	if err := os.WriteFile(filepath.Join(a.dir, file), []byte(code.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, file)
	c.Dir = a.dir
	c.Env = append(os.Environ(), "MPLBACKEND=Agg", "LC_ALL=C.UTF-8", "PYTHONUTF8=1", "PYTHONWARNINGS=error")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	told := regexp.MustCompile(`(?m)^Matplotlib is building the font cache.*\n`).ReplaceAll(stderr.Bytes(), nil) // the first time
	if err != nil || len(told) > 0 {
		t.Errorf("%s: %v\n%s", file, err, told)
	}
	printed := strings.Split(string(out), "\x1e\n")
	for n, i := range which[:min(len(which), len(printed)-1)] {
		got[i] = printed[n]
	}
}

// analysis is the path of ANALYSIS.md, with what the test needs to go with it.
type analysis struct {
	dir   string
	press *press
	found []pressFound        // all embeds, as they were before anybody corrected one
	sheet []map[string]string // as Ada filled it in
	bo    []map[string]string // the half of Bo
}

// pressFound is an embed of the archive with what is true of it, nil if nothing is.
type pressFound struct {
	row        *pressRow
	truth      *pressEmbed
	text, by   string
	date, id   string
	confidence float64
}

// verdict is the verdict of a coder who is always right.
func (f *pressFound) verdict() string {
	switch {
	case f.truth == nil || f.truth.other:
		return "not a tweet"
	case review.SameText(f.text, f.truth.text):
		return "right"
	case strings.HasSuffix(f.text, f.truth.text), strings.HasSuffix(f.truth.text, f.text):
		return "begins wrong"
	case strings.HasPrefix(f.text, f.truth.text), strings.HasPrefix(f.truth.text, f.text):
		return "ends wrong"
	}
	return "both wrong"
}

// embedOf is the tweet of an account in an article of the corpus.
func (a *analysis) embedOf(record int, handle string) (*pressRow, *pressEmbed) {
	row := &a.press.rows[record-1]
	i := slices.IndexFunc(row.embeds, func(e pressEmbed) bool { return e.handle == handle })
	if i < 0 {
		return row, nil
	}
	return row, &row.embeds[i]
}

// embeds are those of the archive.
func (a *analysis) embeds(t *testing.T) (all []pressFound) {
	t.Helper()
	out := ours(t, "export", "--db", filepath.Join(a.dir, "tweets.db"), "--of", "embeds", "--format", "csv")
	for _, r := range tableOf(t, out) {
		record, _ := strconv.Atoi(r["record"])
		confidence, err := strconv.ParseFloat(r["confidence"], 64)
		if err != nil {
			t.Fatal(err)
		}
		f := pressFound{text: r["text"], by: r["words_by"], date: r["posted_date"], id: r["tweet_id"], confidence: confidence}
		if f.row, f.truth = a.embedOf(record, r["handle"]); f.row.id != r["id"] {
			t.Errorf("record %d has kept the id %q, want %q", record, r["id"], f.row.id)
		}
		all = append(all, f)
	}
	return all
}

// tableOf is a CSV as rows by the names of columns.
func tableOf(t *testing.T, s string) (all []map[string]string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s, "\ufeff"))).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("no table: %v: %.200q", err, s)
	}
	for _, cells := range rows[1:] {
		r := map[string]string{}
		for i, c := range cells {
			r[rows[0][i]] = c
		}
		all = append(all, r)
	}
	return all
}

// fill fills in the sheet as two coders do: Ada all of it, Bo, before her, 60 rows, and
// every tenth of them without care.
func (a *analysis) fill(t *testing.T) {
	t.Helper()
	a.found = a.embeds(t)
	b, err := os.ReadFile(filepath.Join(a.dir, "sheet.csv"))
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(strings.TrimPrefix(string(b), "\ufeff"), "\r\n")
	columns := strings.Split(header, ",")
	a.sheet, a.bo = tableOf(t, string(b)), tableOf(t, string(b))[:60]
	for i, r := range a.sheet {
		record, _ := strconv.Atoi(r["record"])
		f := pressFound{text: store.FromExcelCell(r["text"])}
		_, f.truth = a.embedOf(record, r["handle"])
		r["verdict"], r["coder"] = f.verdict(), "Ada"
		if strings.HasSuffix(r["verdict"], " wrong") {
			r["words"] = f.truth.text
		}
		if i < len(a.bo) {
			a.bo[i]["verdict"] = r["verdict"]
			if i%10 == 9 {
				a.bo[i]["verdict"] = "ends wrong"
			}
			a.bo[i]["coder"] = "Bo"
		}
	}
	save := func(name string, comma rune, rows []map[string]string, at time.Time) {
		var b bytes.Buffer
		out := csv.NewWriter(&b)
		out.Comma, out.UseCRLF = comma, true
		out.Write(columns)
		for _, r := range rows {
			var cells []string
			for _, c := range columns {
				cells = append(cells, r[c])
			}
			out.Write(cells)
		}
		out.Flush()
		path := filepath.Join(a.dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	save("ada.csv", ',', a.sheet, now)
	save("bo.csv", ';', a.bo, now.Add(-time.Hour))
}

// compare holds what the commands gave against the truth.
func (a *analysis) compare(t *testing.T) {
	if a.sheet == nil {
		t.Fatal("no sheet was filled in")
	}
	t.Run("found", a.compareFound)
	t.Run("figures", a.compareFigures)
	t.Run("shares", a.compareShares)
	t.Run("corrections", a.compareCorrections)
	t.Run("methods", a.compareMethods)
}

// Every tweet of the corpus is found, or counted as missed, with its day and ID.
func (a *analysis) compareFound(t *testing.T) {
	found := map[*pressEmbed]bool{}
	invented := 0
	for _, f := range a.found {
		if f.truth == nil {
			invented++
			continue
		}
		found[f.truth] = true
		if f.date != f.truth.day.Format(time.DateOnly) || f.truth.id != "" && f.id != f.truth.id {
			t.Errorf("%s: found on %s with the ID %q, is %+v", f.row.id, f.date, f.id, *f.truth)
		}
	}
	there, missed := 0, 0
	for i := range a.press.rows {
		r := &a.press.rows[i]
		for k := range r.embeds {
			if r.twice {
				continue
			}
			if there++; !found[&r.embeds[k]] {
				missed++
				t.Logf("missed in %s: %+v", r.id, r.embeds[k])
			}
		}
	}
	t.Logf("%d tweets and posts in the corpus, %d found, %d missed, %d invented", there, len(found), missed, invented)
	if missed+len(found) != there || missed > there/100 || invented > 0 {
		t.Errorf("%d missed, %d invented of %d", missed, invented, there)
	}
}

// pressFigures are precision and exact words of some embeds, as sums of weights.
type pressFigures struct{ all, tweets, exact float64 }

func (f *pressFigures) add(verdict string, weight float64) {
	f.all += weight
	if verdict != "not a tweet" {
		f.tweets += weight
	}
	if verdict == "right" {
		f.exact += weight
	}
}

// confidenceBin is the name of the bin for a confidence.
func confidenceBin(confidence float64) string {
	lower, upper := 0.0, 1.0
	for _, b := range store.ConfidenceBins {
		if confidence >= b {
			lower = b
		} else {
			upper = min(upper, b)
		}
	}
	return fmt.Sprintf("%.2f to %.2f", lower, upper)
}

// What validate says of the sample and of the archive is what follows from the truth, and
// its intervals hold the share that is true of the archive.
func (a *analysis) compareFigures(t *testing.T) {
	var truth, judged, weighted pressFigures
	size, drawn := map[string]float64{}, map[string]float64{}
	for _, f := range a.found {
		truth.add(f.verdict(), 1)
		size[confidenceBin(f.confidence)]++
	}
	for _, r := range a.sheet {
		drawn[r["stratum"]]++
	}
	for _, r := range a.sheet {
		judged.add(r["verdict"], 1)
		weighted.add(r["verdict"], size[r["stratum"]]/drawn[r["stratum"]])
	}
	said := map[string]map[string]string{}
	for _, r := range tableOf(t, ours(t, "validate", "--db", filepath.Join(a.dir, "tweets.db"), "--format", "csv")) {
		said[r["figure"]+", "+r["of"]] = r
	}
	number := func(name, column string) float64 {
		n, err := strconv.ParseFloat(said[name][column], 64)
		if err != nil {
			t.Fatalf("%s of %s: %v", column, name, err)
		}
		return n
	}
	// Exact words are a share of the tweets: within a stratum, and then weighted by its embeds.
	for _, c := range []struct {
		name        string
		want, truth float64
	}{
		{"precision, judged", judged.tweets / judged.all, math.NaN()},
		{"exact words, judged", judged.exact / judged.tweets, math.NaN()},
		{"precision, archive", weighted.tweets / weighted.all, truth.tweets / truth.all},
		{"exact words, archive", weighted.exact / weighted.tweets, truth.exact / truth.tweets},
	} {
		got, low, high := number(c.name, "value"), number(c.name, "low"), number(c.name, "high")
		t.Logf("%s: %.4f (%.4f to %.4f), in truth %.4f", c.name, got, low, high, c.truth)
		if math.Abs(got-c.want) > 0.0001 || c.truth < low || c.truth > high {
			t.Errorf("%s is %v (%v to %v), want %.4f, and %.4f within", c.name, got, low, high, c.want, c.truth)
		}
	}
	agreed := 0
	ada, bo := map[string]float64{}, map[string]float64{}
	for i, r := range a.bo {
		ada[a.sheet[i]["verdict"]]++
		bo[r["verdict"]]++
		if a.sheet[i]["verdict"] == r["verdict"] {
			agreed++
		}
	}
	n, chance := float64(len(a.bo)), 0.0
	for v := range ada {
		chance += ada[v] / n * bo[v] / n
	}
	if want, got := (float64(agreed)/n-chance)/(1-chance), number("kappa, Ada, Bo", "value"); math.Abs(got-want) > 0.0001 {
		t.Errorf("kappa is %v, want %.4f", got, want)
	}
}

// The table of outlets and months has the shares of the corpus.
func (a *analysis) compareShares(t *testing.T) {
	type cell struct{ outlet, month string }
	articles, with := map[cell]int{}, map[cell]map[*pressRow]bool{}
	for i := range a.press.rows {
		if r := &a.press.rows[i]; !r.twice {
			articles[cell{r.outlet, r.date.Format("2006-01")}]++
		}
	}
	for _, f := range a.found {
		c := cell{f.row.outlet, f.row.date.Format("2006-01")}
		if with[c] == nil {
			with[c] = map[*pressRow]bool{}
		}
		with[c][f.row] = true
	}
	rows := tableOf(t, ours(t, "stats", "--db", filepath.Join(a.dir, "tweets.db"), "--by", "outlet,month", "--format", "csv"))
	if len(rows) != len(articles) {
		t.Errorf("%d rows, want %d", len(rows), len(articles))
	}
	for _, r := range rows {
		c := cell{r["outlet"], r["article_month"]}
		share, err := strconv.ParseFloat(r["share"], 64)
		if want := float64(len(with[c])) / float64(articles[c]); err != nil || r["articles"] != fmt.Sprint(len(with[c])) || r["articles_counted"] != fmt.Sprint(articles[c]) || math.Abs(share-want) > 0.0001 {
			t.Errorf("%v: %v, want %d of %d", c, r, len(with[c]), articles[c])
		}
	}
}

// The words that Ada says come out, with her name, and no others changed.
func (a *analysis) compareCorrections(t *testing.T) {
	type embed struct{ record, handle string }
	said := map[embed]string{}
	for _, r := range a.sheet {
		said[embed{r["record"], r["handle"]}] = r["verdict"]
	}
	corrected := 0
	for i, f := range a.embeds(t) {
		before := a.found[i]
		if f.truth == nil || f.truth != before.truth {
			t.Fatalf("another order than before: %+v, %+v", f, before)
		}
		record := slices.IndexFunc(a.press.rows, func(r pressRow) bool { return r.id == f.row.id }) + 1
		switch said[embed{strconv.Itoa(record), f.truth.handle}] {
		case "", "not a tweet":
			if f.text != before.text || f.by != "" {
				t.Errorf("%s: nobody corrected %q, by %q", f.row.id, f.text, f.by)
			}
		default:
			if corrected++; f.text != f.truth.text || f.by != "Ada" {
				t.Errorf("%s: %q by %q, want %q by Ada", f.row.id, f.text, f.by, f.truth.text)
			}
		}
	}
	if corrected < 100 {
		t.Errorf("only %d corrected", corrected)
	}
}

// The paragraph has what a reviewer asks for.
func (a *analysis) compareMethods(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(a.dir, "methods.txt"))
	if err != nil {
		t.Fatal(err)
	}
	corrected := 0
	for _, r := range a.sheet {
		if r["words"] != "" {
			corrected++
		}
	}
	for _, want := range []string{
		"1 input file with 5,000 records", "4,988 distinct articles", fmt.Sprintf("%d embeds", len(a.found)), "6 outlets", fmt.Sprintf("corrected %d texts", corrected),
		fmt.Sprintf("sample of %d embeds", len(a.sheet)), "seed 1", "2 coders", "kappa", "recall", "detector ", "version ",
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %q in %s", want, b)
		}
	}
	if !strings.Contains(string(b), fmt.Sprintf("(n = %d; 95%% CI 0.", len(a.sheet))) || strings.Count(string(b), "; 95% CI 0.") != 2 {
		t.Errorf("no intervals in %s", b)
	}
}
