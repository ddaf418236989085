package main

import (
	"bytes"
	"os"
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
		"delete": "forget", "delet": "forget", "imprt": "archive", "querry": "search", "remove": "forget", "find": "search", "import": "archive", "load": "archive", "scan": "archive", "select": "search",
		"srch": "search", "statistic": "stats", "users": "author", "words": "help words", "wrods": "help words", "glossary": "help words", "list": "runs, search or outlets", "view": "show or serve", "open": "show or serve", "review": "serve", "count": "stats", "version": "--version",
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
	if err := os.WriteFile("t.db", []byte("SQLite format 3\x00"), 0o666); err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{
		".":                                "to find the tweets in it: tweetarc archive .",
		"https://news.example/a":           "to find the tweets in it: tweetarc archive https://news.example/a",
		"t.db":                             "to search this archive: tweetarc search --db t.db; to look at it: tweetarc serve --db t.db",
		"from:rio_tan":                     "to search for this: tweetarc search from:rio_tan",
		"#bridge":                          "to search for this: tweetarc search '#bridge'",
		"bridge tunnel":                    "to search for this: tweetarc search 'bridge tunnel'",
		"976532956557737984":               "to show this tweet: tweetarc show 976532956557737984",
		"https://x.com/rio_tan/status/123": "to show this tweet: tweetarc show https://x.com/rio_tan/status/123",
	} {
		if got := mistyped(t, word); got != `no command "`+word+`"; `+want {
			t.Error(got)
		}
	}
}

func TestUnknownFlag(t *testing.T) {
	for _, x := range [][2]string{
		{"search --fromat csv x", "no flag --fromat (did you mean --format?)"},
		{"search --csv x", "no flag --csv (did you mean --format csv?)"},
		{"archive --text story a", "no flag --text (did you mean --text-field?)"},
		{"shard --output x a", "no flag --output (did you mean --out?)"},
		{"search --verbose x", "no flag --verbose"},
		{"search --json x", "no flag --json (did you mean --format jsonl?)"},
		{"runs --json", "no flag --json (did you mean --format json?)"},
		{"search --excel x", "no flag --excel"},
		{"archive --out x a", "no flag --out (did you mean --db?)"},
		{"detect --out x a", "no flag --out"},
		{"export --out x", "no flag --out (did you mean --output?)"},
		{"search --since 2018 x", "no flag --since (in a query: since:)"},
		{"archive --since 2018 a", "no flag --since (did you mean --from?)"},
		{"archive --workers 3 a", "no flag --workers (did you mean --jobs?)"},
		{"search x -n 3", "no flag -n (did you mean --limit?)"},
		{"search -o x", "no flag -o"},
		{"-V", "no flag -V (did you mean --version?)"},
		{"search -bridge", "no flag -bridge (words that begin with a dash come after --)"},
		{"search -lmit 3", "no flag -lmit (did you mean --limit? words that begin with a dash come after --)"},
		{"search --delete x", "no flag --delete"},
		{"--vresion", "no flag --vresion (did you mean --version?)"},
		{"--verbose search x", "no flag --verbose"},
	} {
		if got := mistyped(t, strings.Fields(x[0])...); got != x[1] {
			t.Errorf("%s: %s", x[0], got)
		}
	}
}

// A flag takes a value that is there, and one of its kind.
func TestFlagValues(t *testing.T) {
	for typed, want := range map[string]string{
		"merge t.db --db":                       "--db needs a value",
		"export bridge -o":                      "-o needs a value",
		"archive a --keep -- b":                 "--keep needs a value",
		"--db":                                  "--db needs a value",
		"--db --limit 3 search":                 "--db needs a value, and --limit is a flag (if you mean it as the value: --db=--limit)",
		"export -o --excel":                     "-o needs a value, and --excel is a flag (if you mean it as the value: -o=--excel)",
		"export -o --help":                      "-o needs a value, and --help is a flag (if you mean it as the value: -o=--help)",
		"search -o x -o":                        "no flag -o",
		"export -o a.csv -o b.csv":              "--output is given twice",
		"archive -j x a":                        `-j needs a whole number, not "x"`,
		"archive --max-record 1M a":             `--max-record needs a number of bytes, not "1M"`,
		"archive --timeout 5 a":                 `--timeout needs a time, as in 5s or 2m, not "5"`,
		"archive -q=maybe a":                    `-q takes no value (to turn it off: -q=false), but there is "maybe"`,
		"enrich --max-cost free":                `--max-cost needs a number, not "free"`,
		"search --limit 99999999999999999999 x": "--limit: 99999999999999999999 is too large",
	} {
		if got := mistyped(t, strings.Fields(typed)...); got != want {
			t.Errorf("%s: %s", typed, got)
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
		"tweetarc --db x.db search bridge":         "tweetarc search --db x.db -- bridge",
		"tweetarc --db=x.db search bridge -- -x":   "tweetarc search --db=x.db -- bridge -x",
		"tweetarc -q archive a":                    "tweetarc archive -q -- a",
		"tweetarc --format json search x -limit 3": "tweetarc search --format json -limit 3 -- x",
		"tweetarc --include a --include b shard":   "tweetarc shard --include a --include b",
		"tweetarc search":                          "tweetarc search",
		"tweetarc":                                 "tweetarc",
		"tweetarc --help":                          "tweetarc --help",
		"tweetarc --db x.db --version":             "tweetarc --version",
		"tweetarc --vresion search":                "tweetarc --vresion search",
		"tweetarc --db x.db serach bridge":         "tweetarc serach bridge",
	} {
		got, err := arranged(app, strings.Fields(typed), false)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v %v", typed, got, err)
		}
	}
	for typed, want := range map[string]string{
		"--db x.db":                         "no command given (write tweetarc COMMAND --db x.db)",
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
