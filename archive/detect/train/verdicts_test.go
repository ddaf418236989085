package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive/detect/internal/boundary"
)

func verdictsIn(t *testing.T, lines ...string) (*trainer, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "verdicts.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	tr := &trainer{}
	return tr, tr.load("", path)
}

const passage = "It rained all day in the town. The bridge will open in the spring — Ada (@ada) March 1, 2018 So it was."

// A label belongs to the passage that ends at its attribution. A text that nobody gave is
// not learnt. The middle of an article is not taken for its beginning.
func TestLoadVerdicts(t *testing.T) {
	two := strings.Repeat(passage+" ", 2)
	at := strings.LastIndex(two, "ada)")
	tr, err := verdictsIn(t,
		fmt.Sprintf(`{"case": "01@9", "text": %q, "date": "2018-03-02", "source": "a", "cut": true, "tweets": [{"handle": "ada", "date": "2018-03-01", "text": "The bridge will open in the spring", "at": %d}]}`, two, at),
		fmt.Sprintf(`{"case": "01@9", "text": %q, "source": "a", "tweets": [{"handle": "ada", "text": null, "at": %d}]}`, two, at),
		`{"case": "02@1", "text": "<p>The bridge</p> — Ada (@ada) March 1, 2018", "source": "b", "tweets": []}`)
	if err != nil {
		t.Fatal(err)
	}
	if n := tr.learnt(); n != 1 || tr.verdicts.read != 3 || tr.verdicts.markup != 1 {
		t.Errorf("%d learnt of %+v", n, tr.verdicts)
	}
	g := tr.groups[0]
	if len(g.examples) != 2 || g.examples[0] != nil || g.examples[1] == nil || g.examples[1].want != "The bridge will open in the spring" {
		t.Errorf("examples %+v", g.examples)
	}
	if g.passages[0].Origin != boundary.Cut {
		t.Errorf("the first passage begins with %v", g.passages[0].Origin)
	}
	if g.source != "01" {
		t.Errorf("few outlets, and the fold is that of %q", g.source)
	}
}

func TestLoadVerdictsRefuses(t *testing.T) {
	for name, line := range map[string]string{
		"no JSON":        "case,coder",
		"no passage":     `{"text": "x"}`,
		"beyond the end": `{"case": "01@9", "text": "x", "tweets": [{"handle": "ada", "text": "x", "at": 99}]}`,
		"nothing known":  `{"case": "01@9", "text": "It rained.", "tweets": []}`,
	} {
		if _, err := verdictsIn(t, line); err == nil || !strings.Contains(err.Error(), "verdicts.jsonl") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// If there is next to nothing to learn from, the weights stay those of the program.
func TestPrior(t *testing.T) {
	tr, err := verdictsIn(t, fmt.Sprintf(`{"case": "01@9", "text": %q, "source": "a", "tweets": [{"handle": "ada", "text": "The bridge will open in the spring", "at": %d}]}`, passage, strings.Index(passage, "ada)")))
	if err != nil {
		t.Fatal(err)
	}
	m := tr.fit(-1)
	for l, ws := range boundary.Trained().Weights {
		for f, w := range ws {
			if d := m.Weights[l][f] - w; d > 0.3 || d < -0.3 {
				t.Errorf("layout %d: %s moved by %.2f", l, tr.names[f], d)
			}
		}
	}
	if file := m.String() + tr.provenance(); !strings.Contains(file, "# trained 2") || !slices.Contains(strings.Fields(file), "temperature") {
		t.Errorf("the file: %.200s", file)
	}
}
