package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tweetarc/store"
)

// habit is an invented corpus with a habit: a question is before every tweet, in prose of
// the same words; the right texts by article.
func habit(seed uint64, articles int) (corpus string, right map[string]string) {
	rnd := rand.New(rand.NewPCG(seed, 5))
	words := strings.Fields("bridge council river stone engine loom market garden winter train school letter music paper window street colour number island morning")
	sentence := func() string {
		s := words[rnd.IntN(len(words))]
		for range 4 + rnd.IntN(4) {
			s += " " + words[rnd.IntN(len(words))]
		}
		return strings.ToUpper(s[:1]) + s[1:] + "."
	}
	var b strings.Builder
	right = map[string]string{}
	for i := range articles {
		body := sentence() + " " + sentence() + " What of the " + words[rnd.IntN(len(words))] + " and the " + words[rnd.IntN(len(words))] + " did they write? "
		text := sentence()
		for range rnd.IntN(3) {
			text += " " + sentence()
		}
		url := fmt.Sprintf("https://outlet%d.example/%d", i%7, i)
		right[url] = text
		line, err := json.Marshal(map[string]string{"url": url, "title": "", "date": "2019-04-01", "text": body + text + " — Ada Byron (@ada_byron) March 7, 2019 " + sentence()})
		if err != nil {
			panic(err) // texts
		}
		fmt.Fprintf(&b, "%s\n", line)
	}
	return b.String(), right
}

// Verdicts on one's own corpus are exported, learnt from and used: texts of articles that
// were not judged are cut right more often.
func TestTrainOnVerdicts(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	tweetarc := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"tweetarc"}, args...), nil, &out, &errs); code != want {
			t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
		}
		return out.String(), errs.String()
	}
	judged, right := habit(1, 140)
	fresh, rightFresh := habit(2, 140)
	for name, s := range map[string]string{"judged.jsonl": judged, "fresh.jsonl": fresh} {
		if err := os.WriteFile(at(name), []byte(s), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	db := at("a.db")
	tweetarc(0, "archive", "--db", db, "--quiet", at("judged.jsonl"))
	tweetarc(0, "sample", "--db", db, "--n", "140", "-o", at("sheet.csv"))
	judgeSheet(t, at("sheet.csv"), right)
	out, _ := tweetarc(0, "validate", "--db", db, at("sheet.csv"))
	if !strings.Contains(out, "precision, judged         1.000") {
		t.Errorf("validate:\n%s", out)
	}
	tweetarc(0, "export", "--db", db, "--of", "verdicts", "--format", "jsonl", "-o", at("verdicts.jsonl"))
	cmd := exec.Command("go", "run", "example.org/tweetarc/archive/detect/train", "-verdicts", at("verdicts.jsonl"), "-write", at("weights.txt"))
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("train: %v\n%s", err, said)
	}
	for _, words := range []string{"140 passages that were judged, of 7 outlets", "cross-validated by outlet", "with the program's weights"} {
		if !strings.Contains(string(said), words) {
			t.Errorf("train does not say %q:\n%s", words, said)
		}
	}
	// Of texts that nobody judged.
	share := func(args ...string) (n int) {
		out, _ := tweetarc(0, append([]string{"detect", "--format", "jsonl"}, append(args, at("fresh.jsonl"))...)...)
		for line := range strings.Lines(out) {
			var e struct {
				Text string `json:"text"`
				URL  string `json:"article_url"`
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			if e.Text == rightFresh[e.URL] {
				n++
			}
		}
		return n
	}
	before, after := share(), share("--weights", at("weights.txt"))
	t.Logf("right with the program's weights %d of 140, with those learnt %d\n%s", before, after, said)
	if after < before+20 {
		t.Errorf("right with the program's weights %d of 140, with those learnt %d\n%s", before, after, said)
	}
	usesWeights(t, db, at, tweetarc)
}

// usesWeights: with other weights files are read again, the run names them, and what they
// found counts; what is no file of weights is refused.
func usesWeights(t *testing.T, db string, at func(string) string, tweetarc func(int, ...string) (string, string)) {
	t.Helper()
	texts := func(db string) string {
		out, _ := tweetarc(0, "export", "--db", db, "--of", "embeds", "--columns", "text")
		return out
	}
	unjudged := at("unjudged.db") // whose words are those that were found
	tweetarc(0, "archive", "--db", unjudged, "--quiet", at("judged.jsonl"))
	old := texts(unjudged)
	for _, db := range []string{unjudged, db} {
		tweetarc(0, "archive", "--db", db, "--quiet", "--weights", at("weights.txt"), at("judged.jsonl"))
	}
	learnt := texts(unjudged)
	if learnt == old {
		t.Error("other weights change nothing in the archive")
	}
	runs, _ := tweetarc(0, "runs", "--db", db, "--format", "json")
	if !strings.Contains(runs, "--weights=") {
		t.Errorf("the runs do not name the weights:\n%s", runs)
	}
	if _, said := tweetarc(0, "archive", "--db", db, "--weights", at("weights.txt"), at("judged.jsonl")); !strings.Contains(said, "unchanged") {
		t.Errorf("with the same weights it is read again: %s", said)
	}
	// Verdicts stay where they were, and are compared with what is found now.
	if out, _ := tweetarc(0, "validate", "--db", db); !strings.Contains(out, "found otherwise now than when judged") {
		t.Errorf("validate:\n%s", out)
	}
	if out, _ := tweetarc(0, "validate", "--db", db, "--format", "methods"); !strings.Contains(out, "with --weights=") {
		t.Errorf("methods: %s", out)
	}
	// By way of shards, merged with what the program's own weights found, it is the same.
	tweetarc(0, "archive", "--db", at("old.db"), "--quiet", at("judged.jsonl"))
	tweetarc(0, "shard", "--out", at("shards"), "--weights", at("weights.txt"), at("judged.jsonl"))
	tweetarc(0, "merge", "--db", at("b.db"), at("shards"))
	tweetarc(0, "merge", "--db", at("b.db"), at("old.db"))
	tweetarc(0, "merge", "--db", at("old.db"), at("shards"))
	for _, name := range []string{"b.db", "old.db"} {
		if texts(at(name)) != learnt {
			t.Errorf("%s has other texts than another archive with the same weights", name)
		}
	}
	weights, err := os.ReadFile(at("weights.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"empty":              "",
		"cut":                string(weights[:len(weights)/2]),
		"not a number":       strings.Replace(string(weights), "edge-item ", "edge-item  x", 1),
		"not finite":         strings.Replace(string(weights), "temperature    ", "temperature NaN NaN NaN ", 1),
		"another feature":    string(weights) + "other-feature 1 1 1 so\n",
		"another time":       string(weights) + "# trained yesterday\n",
		"an archive":         "SQLite format 3\x00",
		"longer than it may": strings.Repeat("# x\n", 1<<19),
	} {
		if err := os.WriteFile(at("bad.txt"), []byte(bad), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, said := tweetarc(1, "detect", "--weights", at("bad.txt"), at("fresh.jsonl")); !strings.Contains(said, "bad.txt: ") || len(said) > 400 {
			t.Errorf("%s: %.500s", name, said)
		}
	}
	tweetarc(1, "detect", "--weights", at("none.txt"), at("fresh.jsonl"))
}

// judgeSheet fills a sheet with what is right.
func judgeSheet(t *testing.T, path string, right map[string]string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, r := range rows[1:] {
		r[at["coder"]], r[at["verdict"]] = "Eve", "right"
		if text := right[r[at["article_url"]]]; store.FromExcelCell(r[at["text"]]) != text {
			r[at["verdict"]], r[at["words"]] = "begins wrong", text
		}
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
