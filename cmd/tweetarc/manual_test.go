package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
)

// Help fits a narrow terminal, and shows for every command how it is typed.
func TestHelp(t *testing.T) {
	help := func(args ...string) string {
		var out bytes.Buffer
		if code := run(t.Context(), append([]string{"tweetarc"}, args...), nil, &out, &out); code != 0 {
			t.Errorf("%v: exit code %d", args, code)
		}
		for line := range strings.Lines(out.String()) {
			if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > lineWidth {
				t.Errorf("%v: %d columns: %s", args, n, line)
			}
		}
		return out.String()
	}
	all := help("--help")
	for _, command := range newApp(nil, nil, nil).Commands {
		if !strings.Contains(all, "   "+command.Name+" ") {
			t.Errorf("the program's help has no %s", command.Name)
		}
		if h := help("help", command.Name); !strings.Contains(h, "\n   tweetarc "+command.Name) && !strings.Contains(h, "(tweetarc "+command.Name) {
			t.Errorf("%s: no example in\n%s", command.Name, h)
		}
		for _, f := range command.Flags {
			if d, ok := f.(interface{ GetUsage() string }); !ok || d.GetUsage() == "" {
				t.Errorf("%s --%s: no word of what it is for", command.Name, f.Names()[0])
			}
		}
	}
}

// The words are explained in the manual page as in help, each on one line.
func TestWords(t *testing.T) {
	if printed := said(t, 0, "help", "words"); printed != words {
		t.Errorf("help words prints %s", printed)
	}
	page := said(t, 0, "man")
	for line := range strings.Lines(words) {
		line = strings.TrimSuffix(line, "\n")
		if runewidth.StringWidth(line) > lineWidth || !strings.Contains(page, "\n"+line+"\n") {
			t.Errorf("too long, or not in the manual page: %s", line)
		}
	}
}
