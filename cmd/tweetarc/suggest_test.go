package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// mistyped is what a command line that is wrong prints, on its first line.
func mistyped(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), append([]string{"tweetarc"}, args...), strings.NewReader(""), &out, &out); code != 2 {
		t.Errorf("%q: exit code %d", args, code)
	}
	line, _, _ := strings.Cut(out.String(), "\n")
	return strings.TrimPrefix(line, "tweetarc: ")
}

// A word that is no command brings up the command that was meant, or else all of them.
func TestUnknownCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	for word, want := range map[string]string{
		"serach": "search", "sarch": "search", "searhc": "search", "Search": "search", "exprot": "export", "statss": "stats", "inspekt": "inspect",
		"archvie": "archive", "arch": "archive", "comp": "completion", "searching": "search", "se": "search or serve", "shar": "shard",
		"delete": "forget", "remove": "forget", "find": "search", "import": "archive", "load": "archive", "scan": "archive", "select": "search",
		"list": "runs, search or outlets", "view": "show or serve", "open": "show or serve", "review": "serve", "count": "stats", "version": "--version",
	} {
		if got := mistyped(t, word); got != `no command "`+word+`" (did you mean `+want+`?)` {
			t.Errorf("%s: %s", word, got)
		}
	}
	// Nothing is said of words that are like no command, however many letters they share.
	for _, word := range []string{"bridge", "tweets", "banana", "a", "s", "deploy", "configure", "install", "start", "destroy", "create", "upload", "translate", "sentiment"} {
		if got := mistyped(t, word); !strings.HasPrefix(got, `no command "`+word+`"; there are archive, detect, `) || !strings.HasSuffix(got, " completion and help") {
			t.Errorf("%s: %s", word, got)
		}
	}
	if got := mistyped(t, "."); got != `no command "."; to find the tweets in it: tweetarc archive .` {
		t.Error(got)
	}
}

func TestUnknownFlag(t *testing.T) {
	for _, x := range [][2]string{
		{"search --fromat csv x", "no flag --fromat (did you mean --format?)"},
		{"search --csv x", "no flag --csv (did you mean --format csv?)"},
		{"archive --text story a", "no flag --text (did you mean --text-field?)"},
		{"shard --output x a", "no flag --output (did you mean --out?)"},
		{"search --verbose x", "no flag --verbose"},
		{"search --delete x", "no flag --delete"},
		{"--vresion", "no flag --vresion (did you mean --version?)"},
		{"--verbose search x", "no flag --verbose"},
	} {
		if got := mistyped(t, strings.Fields(x[0])...); got != x[1] {
			t.Errorf("%s: %s", x[0], got)
		}
	}
}

// The words that people try belong to commands, and are none.
func TestOtherNames(t *testing.T) {
	app := newApp(nil, nil, nil)
	for name, words := range otherNames {
		if app.Command(name) == nil && name != "help" {
			t.Errorf("no command %s", name)
		}
		for _, w := range words {
			if app.Command(w) != nil {
				t.Errorf("%s is a command itself", w)
			}
		}
	}
}

// Flags before the command are understood. That needs no flag to take a value in one
// command and none in another.
func TestFlagsBeforeCommand(t *testing.T) {
	app := newApp(nil, nil, nil)
	takes := map[string]bool{}
	for _, command := range app.Commands {
		for _, f := range command.Flags {
			for _, name := range f.Names() {
				if other, ok := takes[name]; ok && other != takesValue(f) {
					t.Errorf("--%s takes a value in one command alone", name)
				}
				takes[name] = takesValue(f)
			}
		}
	}
	for typed, want := range map[string]string{
		"tweetarc --db x.db search bridge":        "tweetarc search --db x.db -- bridge",
		"tweetarc --db=x.db search bridge -- -x":  "tweetarc search --db=x.db -- bridge -x",
		"tweetarc -q archive a":                   "tweetarc archive -q -- a",
		"tweetarc --format json search x -limit":  "tweetarc search --format json -limit -- x",
		"tweetarc --include a --include b shard":  "tweetarc shard --include a --include b",
		"tweetarc search":                         "tweetarc search",
		"tweetarc":                                "tweetarc",
		"tweetarc --help":                         "tweetarc --help",
		"tweetarc --db x.db --version":            "tweetarc --version",
		"tweetarc --vresion search":               "tweetarc --vresion search",
		"tweetarc --db x.db serach bridge":        "tweetarc serach bridge",
		"tweetarc search bridge --db x.db --sort": "tweetarc search --db x.db --sort -- bridge",
	} {
		got, err := arranged(app, strings.Fields(typed), false)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v %v", typed, got, err)
		}
	}
	for typed, want := range map[string]string{
		"--db x.db":                         "no command given (it may come first: tweetarc COMMAND --db x.db)",
		"--db a.db search --db b.db bridge": "--db is given twice",
		"--limit 3 schema":                  "no flag --limit",
	} {
		if got := mistyped(t, strings.Fields(typed)...); got != want {
			t.Errorf("%s: %s", typed, got)
		}
	}
	if got, err := arranged(app, []string{"tweetarc", "--db", "x.db", "search", "--li", askCompletion}, true); err != nil || !slices.Equal(got[1:], []string{"search", "--db", "x.db", "--li", askCompletion}) {
		t.Error(got, err)
	}
}
