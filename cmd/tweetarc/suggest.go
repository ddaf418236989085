package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus/remote"
	"example.org/tweetarc/store"
)

// What a word that is no command, or no flag, was meant to be.

// otherNames are the words that people try for a command.
var otherNames = map[string][]string{
	"archive":  {"add", "crawl", "import", "index", "ingest", "load", "read", "save", "scan", "store"},
	"author":   {"account", "accounts", "handle", "profile", "user", "users"},
	"detect":   {"extract", "parse"},
	"enrich":   {"api", "fetch", "hydrate", "lookup"},
	"export":   {"convert", "csv", "dump", "excel", "write"},
	"forget":   {"delete", "drop", "erase", "purge", "remove", "rm"},
	"help":     {"commands", "usage"},
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
	"stats":    {"chart", "count", "counts", "crosstab", "info", "plot", "statistic", "statistics", "status", "summary"},
	"validate": {"accuracy", "agreement", "kappa", "precision"},
	"verify":   {"check", "fsck", "test"},
}

// otherFlags are the words that people try for a flag, with the flags that they may mean.
var otherFlags = map[string][]string{
	"after": {"from"}, "since": {"from"}, "start": {"from"},
	"before": {"to"}, "end": {"to"}, "until": {"to"},
	"parallel": {"jobs"}, "processes": {"jobs"}, "threads": {"jobs"}, "workers": {"jobs"},
	"archive": {"db"}, "database": {"db"}, "sqlite": {"db"},
	"dest": {"output", "out", "db"}, "out": {"output", "out", "db"}, "output": {"output", "out", "db"},
	"head": {"limit", "top"}, "max": {"limit", "top"}, "n": {"limit", "top"},
	"order": {"sort"}, "overwrite": {"force"}, "silent": {"quiet"},
}

// unknownCommand is the error of words that do not begin with a command.
func unknownCommand(c *cli.Context, words ...string) error {
	word := words[0]
	no := func(format string, args ...any) error {
		return &usageError{"", fmt.Errorf("no command %q"+format, append([]any{word}, args...)...)}
	}
	if isDatabase(word) {
		return no("; to search this archive: tweetarc search --db %s; to look at it: tweetarc serve --db %[1]s", shellWord(word))
	}
	if _, err := os.Stat(word); err == nil {
		return no("; to find the tweets in it: tweetarc archive %s", shellWord(word))
	}
	if _, ok := archive.FindStatus(word); ok || len(word) >= 15 && archive.IsStatusID(word) {
		return no("; to show this tweet: tweetarc show %s", shellWord(word))
	}
	if remote.Is(word) {
		return no("; to find the tweets in it: tweetarc archive %s", shellWord(word))
	}
	if query := strings.Join(words, " "); strings.ContainsAny(word, `:@#" `) {
		return no("; to search for this: tweetarc search %s", shellWord(query))
	}
	meant := meantCommands(c.App.Commands, strings.ToLower(word))
	if meant != nil {
		return no(" (did you mean %s?)", oneOf(meant...))
	}
	var names []string
	for _, command := range c.App.Commands {
		names = append(names, command.Name)
	}
	return no("; there are %s", listed(names))
}

// meantCommands are the commands that a word that is none may mean: those for which people
// try it, those of which it is a slip, and those for which people try what it is a slip of.
// More than three say nothing.
func meantCommands(commands []*cli.Command, word string) (meant []string) {
	switch word {
	case "version":
		return []string{"--version"}
	case "glossary", "words":
		return []string{"help words"}
	}
	names := []string{"words"}
	for _, command := range commands {
		names = append(names, command.Name)
		if slices.Contains(otherNames[command.Name], word) {
			meant = append(meant, command.Name)
		}
	}
	if meant == nil {
		meant = store.Likely(word, names)
	}
	if meant == nil {
		for _, name := range names {
			if slices.ContainsFunc(otherNames[name], func(other string) bool {
				return !strings.HasPrefix(word, other) && store.Likely(word, []string{other}) != nil
			}) {
				meant = append(meant, name)
			}
		}
	}
	if len(meant) > 3 {
		return nil
	}
	if i := slices.Index(meant, "words"); i >= 0 {
		meant[i] = "help words"
	}
	return meant
}

// unknownFlag is the error of a flag that a command does not have, as it was typed.
func unknownFlag(command *cli.Command, typed string) error {
	word, _ := cutFlag(typed)
	err := fmt.Errorf("no flag %s", dashed(word))
	if single := !strings.HasPrefix(typed, "--") && len(word) > 1; single {
		err = fmt.Errorf("no flag -%s", word)
	}
	var hints []string
	if meant := meantFlags(command.Flags, word); meant != nil {
		hints = append(hints, "did you mean "+oneOf(meant...)+"?")
	} else if store.IsOperator(word) && strings.Contains(command.ArgsUsage, "QUERY") {
		hints = append(hints, "in a query: "+word+":")
	}
	if !strings.HasPrefix(typed, "--") && len(word) > 1 && command.ArgsUsage != "" {
		hints = append(hints, "words that begin with a dash come after --")
	}
	if hints == nil {
		return err
	}
	return fmt.Errorf("%w (%s)", err, strings.Join(hints, " "))
}

// meantFlags are the flags that a word that is none may mean.
func meantFlags(flags []cli.Flag, word string) (meant []string) {
	for _, format := range formats(flags) {
		if word == format || word == "json" && format == "jsonl" && meant == nil {
			meant = []string{"--format " + format}
		}
	}
	if meant != nil {
		return meant
	}
	for _, name := range otherFlags[word] {
		if flagOf(flags, name) != nil {
			return []string{dashed(name)}
		}
	}
	if otherFlags[word] != nil {
		return nil
	}
	var names []string
	for _, f := range flags {
		for _, name := range f.Names() {
			if len(name) > 1 {
				names = append(names, name)
			} else if len(word) == 1 && strings.EqualFold(word, name) {
				return []string{dashed(f.Names()[0])}
			}
		}
	}
	for _, name := range store.Likely(word, names) {
		meant = append(meant, dashed(name))
	}
	return meant
}

// formats are those that the help of --format lists.
func formats(flags []cli.Flag) []string {
	f, ok := flagOf(flags, "format").(*cli.StringFlag)
	if !ok {
		return nil
	}
	_, list, _ := strings.Cut(f.Usage, "`FORMAT`: ")
	list, _, _ = strings.Cut(list, " (")
	list, _, _ = strings.Cut(list, ": ")
	return strings.FieldsFunc(strings.ReplaceAll(list, " or ", " "), func(r rune) bool { return r == ',' || r == ' ' })
}
