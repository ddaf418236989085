package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves the flags of a command before its other arguments: cli/v2
// takes whatever follows the first argument for an argument, flags too. What
// follows -- stays as it is; a flag that the command does not have comes first
// as well, and is refused there. A flag of one value that is given twice is an error:
// the library would forget the first.
func flagsFirst(app *cli.App, args []string) ([]string, error) {
	if len(args) < 2 {
		return args, nil
	}
	at := 1
	for at < len(args) && strings.HasPrefix(args[at], "-") { // flags of the program itself
		at++
	}
	if at >= len(args) {
		return args, nil
	}
	command := app.Command(args[at])
	if command == nil {
		return args, nil
	}
	out := slices.Clone(args[:at+1])
	rest := args[at+1:]
	for len(command.Subcommands) > 0 && len(rest) > 0 {
		i := slices.IndexFunc(command.Subcommands, func(c *cli.Command) bool { return c.HasName(rest[0]) })
		if i < 0 {
			break
		}
		command, out, rest = command.Subcommands[i], append(out, rest[0]), rest[1:]
	}
	var flags, others []string
	given := map[cli.Flag]bool{}
	for i := 0; i < len(rest); i++ {
		a := rest[i]
		if a == "--" {
			others = append(others, rest[i+1:]...)
			break
		}
		if len(a) < 2 || a[0] != '-' {
			others = append(others, a)
			continue
		}
		flags = append(flags, a)
		name, _, hasValue := strings.Cut(strings.TrimLeft(a, "-"), "=")
		f := flagOf(command, name)
		if takesValue(f) && given[f] && !isSlice(f) {
			return nil, &usageError{command.Name, fmt.Errorf("--%s is given twice", f.Names()[0])}
		}
		given[f] = true
		if !hasValue && takesValue(f) && i+1 < len(rest) {
			i++
			flags = append(flags, rest[i])
		}
	}
	out = append(out, flags...)
	if len(others) > 0 {
		out = append(append(out, "--"), others...)
	}
	return out, nil
}

// flagOf is the flag of a name, nil if the command has none.
func flagOf(command *cli.Command, name string) cli.Flag {
	for _, f := range command.Flags {
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
