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
	lead, rest, err := leadingFlags(app, args[min(1, len(args)):])
	if err != nil && !asks {
		return nil, err
	}
	if len(rest) == 0 {
		if len(lead) == 0 || asks {
			return args, nil
		}
		return nil, &usageError{"", fmt.Errorf("no command given (write tweetarc COMMAND %s)", shellWords(lead))}
	}
	command := app.Command(rest[0])
	if command == nil {
		return append(args[:1:1], rest...), nil
	}
	after := append(lead, rest[1:]...)
	if !asks {
		if after, err = flagsFirst(command, after); err != nil {
			return nil, err
		}
	}
	return append([]string{args[0], rest[0]}, after...), nil
}

// leadingFlags are the flags before the command, with their values, that some command
// has. The rest begins with the first other word: the command, or a flag of the program
// itself.
func leadingFlags(app *cli.App, words []string) (lead, rest []string, err error) {
	var all []cli.Flag
	for _, command := range app.Commands {
		all = append(all, command.Flags...)
	}
	for at := 0; at < len(words); at++ {
		name, hasValue := cutFlag(words[at])
		f := flagOf(all, name)
		if f == nil {
			return lead, words[at:], nil
		}
		lead = append(lead, words[at])
		if takesValue(f) && !hasValue {
			if err := needsValue(all, words[at:]); err != nil {
				return lead, nil, &usageError{"", err}
			}
			at++
			lead = append(lead, words[at])
		}
	}
	return lead, nil, nil
}

// needsValue is the error of a flag, the first of words, whose value is not after it: there
// is nothing, or another flag.
func needsValue(flags []cli.Flag, words []string) error {
	if len(words) == 1 || words[1] == "--" {
		return fmt.Errorf("%s needs a value", words[0])
	}
	if name, _ := cutFlag(words[1]); name != "" && (flagOf(flags, name) != nil || slices.Contains(cli.HelpFlag.Names(), name)) {
		return fmt.Errorf("%s needs a value, and %s is a flag (if you mean it as the value: %s=%s)", words[0], words[1], words[0], shellWord(words[1]))
	}
	return nil
}

// flagsFirst moves the flags of a command before its other arguments, and puts -- between
// them. What follows a -- stays as it is. Errors are a flag that the command does not have,
// one without its value, and one of one value that is given twice: the package cli would
// forget the first.
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
		switch {
		case f == nil && !slices.Contains(cli.HelpFlag.Names(), name):
			return nil, &usageError{command.Name, unknownFlag(command, words[i])}
		case takesValue(f) && given[f] && !isSlice(f):
			return nil, &usageError{command.Name, fmt.Errorf("%s is given twice", dashed(f.Names()[0]))}
		}
		given[f] = true
		if takesValue(f) && (strings.HasSuffix(words[i], name+"=") || !hasValue && i+1 < len(words) && words[i+1] == "") {
			return nil, &usageError{command.Name, fmt.Errorf("the value of %s is empty", dashed(name))}
		}
		if !hasValue && takesValue(f) {
			if err := needsValue(command.Flags, words[i:]); err != nil {
				return nil, &usageError{command.Name, err}
			}
			i++
			flags = append(flags, words[i])
		}
	}
	if slices.ContainsFunc(flags, func(word string) bool { return slices.Contains([]string{"-h", "-help", "--help"}, word) }) {
		return []string{"--help"}, nil // package cli takes an argument after it for a topic
	}
	if slices.Contains(others, "") && !strings.Contains(command.ArgsUsage, "QUERY") {
		return nil, &usageError{command.Name, fmt.Errorf("one of the arguments is empty; there must be %s", command.ArgsUsage)}
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

// dashed is the name of a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// notNegative refuses the flags of these names that are below 0.
func notNegative(c *cli.Context, names ...string) error {
	for _, name := range names {
		if c.Int(name) < 0 || c.Int64(name) < 0 || c.Float64(name) < 0 || c.Duration(name) < 0 {
			return usagef(c, "--%s cannot be negative", name)
		}
	}
	return nil
}

// moreThanZero refuses the flags of these names that are not.
func moreThanZero(c *cli.Context, names ...string) error {
	for _, name := range names {
		if c.Int(name) <= 0 && c.Int64(name) <= 0 && c.Duration(name) <= 0 {
			return usagef(c, "%s must be more than 0", dashed(name))
		}
	}
	return nil
}

// badValue is an error of the package flag in our words.
func badValue(flags []cli.Flag, err error) error {
	var value, name string
	if n, _ := fmt.Sscanf(err.Error(), "invalid boolean value %q for -%s", &value, &name); n == 2 {
		return fmt.Errorf("%s takes no value (to turn it off: %[1]s=false), but there is %q", dashed(strings.TrimSuffix(name, ":")), value)
	}
	if n, _ := fmt.Sscanf(err.Error(), "invalid value %q for flag -%s", &value, &name); n < 2 {
		return err
	}
	name = strings.TrimSuffix(name, ":")
	if strings.HasSuffix(err.Error(), "value out of range") {
		return fmt.Errorf("%s: %s is too large", dashed(name), value)
	}
	need := "a number"
	switch f := flagOf(flags, name).(type) {
	case *cli.IntFlag:
		need = "a whole number"
	case *cli.Int64Flag:
		need = "a whole number"
		if strings.Contains(f.Usage, "`BYTES`") {
			need = "a number of bytes"
		}
	case *cli.DurationFlag:
		need = "a time, as in 5s or 2m"
	}
	return fmt.Errorf("%s needs %s, not %q", dashed(name), need, value)
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
