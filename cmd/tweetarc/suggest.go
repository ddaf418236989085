package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// What a word that is no command, or no flag, was meant to be. A wrong guess is worse
// than none: only what a slip of the finger makes of a name counts as that name.

// otherNames are the words that people try for a command.
var otherNames = map[string][]string{
	"archive":  {"add", "crawl", "import", "index", "ingest", "load", "read", "save", "scan", "store"},
	"author":   {"account", "handle", "profile", "user"},
	"detect":   {"extract", "parse"},
	"enrich":   {"api", "fetch", "hydrate", "lookup"},
	"export":   {"convert", "csv", "dump", "excel", "write"},
	"forget":   {"delete", "drop", "erase", "purge", "remove", "rm"},
	"help":     {"commands", "glossary", "usage", "words"},
	"inspect":  {"head", "peek", "preview", "sniff"},
	"merge":    {"combine", "join", "sync", "union"},
	"outlets":  {"aliases", "list", "ls", "publishers", "sites", "sources"},
	"report":   {"html", "publish", "site"},
	"resolve":  {"id", "ids"},
	"runs":     {"history", "list", "log", "logs", "ls", "manifest"},
	"sample":   {"code", "draw", "judge"},
	"schema":   {"codebook", "columns", "dictionary", "fields"},
	"search":   {"filter", "find", "grep", "list", "ls", "query", "select"},
	"serve":    {"browse", "gui", "judge", "open", "review", "server", "ui", "view", "web"},
	"shard":    {"partition", "split"},
	"show":     {"cat", "display", "get", "open", "print", "tweet", "view"},
	"stats":    {"chart", "count", "counts", "crosstab", "info", "plot", "status", "summary"},
	"validate": {"accuracy", "agreement", "kappa", "precision"},
	"verify":   {"check", "fsck", "test"},
}

// unknownCommand is the error of a word that is no command.
func unknownCommand(c *cli.Context, word string) error {
	if _, err := os.Stat(word); err == nil {
		return &usageError{"", fmt.Errorf("no command %q; to find the tweets in it: tweetarc archive %s", word, shellWord(word))}
	}
	var names, meant []string
	for _, command := range c.App.Commands {
		names = append(names, command.Name)
		if slices.Contains(otherNames[command.Name], strings.ToLower(word)) {
			meant = append(meant, command.Name)
		}
	}
	if strings.EqualFold(word, "version") {
		meant = []string{"--version"}
	}
	if meant == nil {
		meant = likely(strings.ToLower(word), names)
	}
	if meant == nil {
		return &usageError{"", fmt.Errorf("no command %q; there are %s", word, listed(names))}
	}
	return &usageError{"", fmt.Errorf("no command %q (did you mean %s?)", word, oneOf(meant...))}
}

// unknownFlag is the error of a flag that a command does not have.
func unknownFlag(flags []cli.Flag, word string) error {
	var names []string
	hasFormat := false
	for _, f := range flags {
		for _, name := range f.Names() {
			hasFormat = hasFormat || name == "format"
			if len(name) > 1 {
				names = append(names, "--"+name)
			}
		}
	}
	meant := likely("--"+word, names)
	if exportFormats[word].make != nil && hasFormat {
		meant = []string{"--format " + word}
	}
	if meant == nil {
		return fmt.Errorf("no flag --%s", word)
	}
	return fmt.Errorf("no flag --%s (did you mean %s?)", word, oneOf(meant...))
}

// likely are the names of which a word is a slip of the finger, or which it begins; nil
// if there are none, or so many that the word says nothing.
func likely(word string, names []string) []string {
	stem := func(s string) string { return strings.TrimPrefix(s, "--") }
	var near []string
	least := 3
	for _, name := range names {
		n := slips(stem(word), stem(name))
		if isSlip(stem(word), stem(name), n) && n <= least {
			if n < least {
				near, least = nil, n
			}
			near = append(near, name)
		}
	}
	if near == nil {
		for _, name := range names {
			if begins(stem(word), stem(name)) {
				near = append(near, name)
			}
		}
	}
	if len(near) > 3 {
		return nil
	}
	return near
}

// isSlip says whether so many slips may lie between a word and a name: one in three
// letters or more, two in six that begin alike.
func isSlip(word, name string, slips int) bool {
	n := min(len(word), len(name))
	return slips <= 1 && n >= 3 || slips == 2 && n >= 6 && word[0] == name[0]
}

// begins says whether a word is the beginning of a name, or the name the better half of
// the word.
func begins(word, name string) bool {
	return len(word) >= 2 && strings.HasPrefix(name, word) || len(name) >= 3 && 2*len(name) >= len(word) && strings.HasPrefix(word, name)
}

// slips counts the slips of the finger between two words: a letter too many, one that is
// missing or wrong, and two that have changed places.
func slips(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := range len(a) {
		for j := range len(b) {
			wrong := 1
			if a[i] == b[j] {
				wrong = 0
			}
			n := min(rows[i][j]+wrong, rows[i][j+1]+1, rows[i+1][j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				n = min(n, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = n
		}
	}
	return rows[len(a)][len(b)]
}
