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
