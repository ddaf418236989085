package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// invented makes articles of paragraphs, each with some tweets.
func invented(n int) []article {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("bridge council river stone engine loom market garden winter train school letter music paper window street colour number island morning")
	sentence := func(n int) string {
		s := words[r.IntN(len(words))]
		for range n - 1 {
			s += " " + words[r.IntN(len(words))]
		}
		return strings.ToUpper(s[:1]) + s[1:] + "."
	}
	people := []struct{ name, handle string }{{"Ada Quill", "adaquill"}, {"Bo Farrow", "bofarrow"}, {"Rio Tan", "rio_tan"}}
	out := make([]article, n)
	for i := range out {
		a := article{day: "2018-03-09", source: fmt.Sprintf("outlet%d.example", i%7)}
		for k, p := range people {
			text := sentence(3+r.IntN(5)) + " " + sentence(3+r.IntN(8))
			if k == 0 {
				text += "\n" + sentence(4) + " pic.twitter.com/AbCdEfGh12"
			}
			a.text += sentence(9) + " " + sentence(11) + "\n\n" + text + fmt.Sprintf(" — %s (@%s) March %d, 2018\n\n", p.name, p.handle, 1+k)
			a.tweets = append(a.tweets, label{handle: p.handle, date: fmt.Sprintf("2018-03-%02d", 1+k), text: text})
		}
		a.text += sentence(12)
		out[i] = a
	}
	return out
}

// writeSets writes the articles as each of the labelled sets, and others without labels.
func writeSets(t *testing.T, labelled, more []article) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, lines []any) {
		var b strings.Builder
		for _, l := range lines {
			line, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	records := func(in []article) (lines []any) {
		for _, a := range in {
			lines = append(lines, map[string]string{"text": a.text, "date": a.day, "source": a.source})
		}
		return lines
	}
	gold := map[string][]any{}
	for _, set := range real {
		file := "dev-" + set.name + ".jsonl"
		write(file, records(labelled))
		for i, a := range labelled {
			var tweets []any
			for _, w := range a.tweets {
				tweets = append(tweets, map[string]string{"handle": w.handle, "date": w.date, "text": w.text})
			}
			gold[set.gold] = append(gold[set.gold], map[string]any{"file": file, "record": i + 1, "tweets": tweets})
		}
	}
	for name, lines := range gold {
		write("dev-"+name+".gold.jsonl", lines)
	}
	write("more-articles.jsonl", records(more))
	return dir
}

// From labelled sets a model is learnt that cuts the texts of outlets that it did not see.
func TestSets(t *testing.T) {
	all := invented(18)
	tr := &trainer{seed: 7}
	if err := tr.load(writeSets(t, all[:10], all[10:]), ""); err != nil {
		t.Fatal(err)
	}
	sets, rests := map[string]int{}, 0
	for _, g := range tr.groups {
		sets[g.set]++
		rests += len(g.rests)
	}
	for _, v := range variants {
		if sets["more "+v.name] == 0 {
			t.Errorf("no articles are made %s", v.name)
		}
	}
	if sets["articles"] != 10 || sets["more"] != 8 || sets["articles short"] == 0 || rests == 0 {
		t.Errorf("articles of each set %v, rests %d", sets, rests)
	}
	res := tr.validate()
	if of, right := res.of["articles"], res.right["articles"]; of != 30 || right < 28 {
		t.Errorf("%d of %d texts of paragraphs begin where the label says", right, of)
	}
	for l, temperature := range res.temperatures {
		if temperature < 0.5 || temperature > 4 {
			t.Errorf("layout %d: temperature %v", l, temperature)
		}
	}
	var out strings.Builder
	report(&out, []*result{res, res})
	if said := out.String(); !strings.Contains(said, "\narticles                    30 ") || strings.Contains(said, "\nmore moved") || !strings.Contains(said, "0.9 - 1.0") {
		t.Errorf("the report:\n%s", said)
	}
}

// A set that is damaged is refused, with its file and line.
func TestLoadRefuses(t *testing.T) {
	all := invented(2)
	for name, line := range map[string]string{
		"invalid character": "file,record",
		"no record 9":       `{"file": "dev-articles.jsonl", "record": 9, "tweets": []}`,
	} {
		dir := writeSets(t, all[:1], all[1:])
		if err := os.WriteFile(filepath.Join(dir, "dev-articles.gold.jsonl"), []byte("\n"+line), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := (&trainer{}).load(dir, ""); err == nil || !strings.Contains(err.Error(), "dev-articles.gold.jsonl:2: "+name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
