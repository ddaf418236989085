package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Tested in suggest_test.go.

// The package cli wants the words of a command line in one order: the command, its
// flags, its other arguments. People write them in any order, so they are put in that
// order before it sees them.

// arranged are args in that order. A shell that asks for completions has not typed all
// of them yet, so that nothing after the command is moved.
func arranged(app *cli.App, args []string, asks bool) ([]string, error) {
	lead, rest := leadingFlags(app, args[min(1, len(args)):])
	if len(rest) == 0 {
		if len(lead) == 0 || asks {
			return args, nil
		}
		return nil, &usageError{"", fmt.Errorf("no command given (it may come first: tweetarc COMMAND %s)", strings.Join(lead, " "))}
	}
	command := app.Command(rest[0])
	if command == nil {
		return append(args[:1:1], rest...), nil
	}
	after := append(lead, rest[1:]...)
	if !asks {
		var err error
		if after, err = flagsFirst(command, after); err != nil {
			return nil, err
		}
	}
	return append([]string{args[0], rest[0]}, after...), nil
}

// leadingFlags are the flags before the command, with their values, that some command
// has. The rest begins with the first other word: the command, or a flag of the program
// itself.
func leadingFlags(app *cli.App, words []string) (lead, rest []string) {
	var all []cli.Flag
	for _, command := range app.Commands {
		all = append(all, command.Flags...)
	}
	for at := 0; at < len(words); at++ {
		name, hasValue := cutFlag(words[at])
		f := flagOf(all, name)
		if f == nil {
			return lead, words[at:]
		}
		lead = append(lead, words[at])
		if takesValue(f) && !hasValue && at+1 < len(words) {
			at++
			lead = append(lead, words[at])
		}
	}
	return lead, nil
}

// flagsFirst moves the flags of a command before its other arguments, and puts -- between
// them. What follows a -- stays as it is. A flag that the command does not have comes
// first as well, and is refused there. A flag of one value that is given twice is an
// error: the package cli would forget the first.
func flagsFirst(command *cli.Command, words []string) ([]string, error) {
	var flags, others []string
	given := map[cli.Flag]bool{}
	for i := 0; i < len(words); i++ {
		if words[i] == "--" {
			others = append(others, words[i+1:]...)
			break
		}
		name, hasValue := cutFlag(words[i])
		if name == "" {
			others = append(others, words[i])
			continue
		}
		flags = append(flags, words[i])
		f := flagOf(command.Flags, name)
		if takesValue(f) && given[f] && !isSlice(f) {
			return nil, &usageError{command.Name, fmt.Errorf("--%s is given twice", f.Names()[0])}
		}
		given[f] = true
		if !hasValue && takesValue(f) && i+1 < len(words) {
			i++
			flags = append(flags, words[i])
		}
	}
	if len(others) > 0 {
		flags = append(append(flags, "--"), others...)
	}
	return flags, nil
}

// cutFlag is the name in --name or --name=value, "" if a word is no flag.
func cutFlag(word string) (name string, hasValue bool) {
	if len(word) < 2 || word[0] != '-' {
		return "", false
	}
	name, _, hasValue = strings.Cut(strings.TrimLeft(word, "-"), "=")
	return name, hasValue
}

// flagOf is the flag of a name, nil if there is none.
func flagOf(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

func isSlice(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationSliceFlag)
	return ok && d.IsSliceFlag()
}
