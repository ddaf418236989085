package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
)

// Tested in confirm_linux_test.go.

// errUnchanged is the error of a command to which the user said no.
var errUnchanged = errors.New("nothing was changed")

// confirm asks on a terminal. Ctrl-C instead of an answer gives errUnchanged. Without a
// terminal, --yes is needed.
func confirm(c *cli.Context, question string) (bool, error) {
	in, ok := c.App.Reader.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return false, usagef(c, "cannot ask, because standard input is no terminal: add --yes if you agree")
	}
	fmt.Fprintf(c.App.ErrWriter, "%s [y/N] ", plain(question))
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // it may wait for ever
		line, err := bufio.NewReader(in).ReadString('\n')
		answers <- answer{strings.ToLower(strings.TrimSpace(line)), err}
	}()
	select {
	case <-c.Context.Done():
	case a := <-answers:
		switch {
		case c.Context.Err() != nil:
		case a.line == "y", a.line == "yes":
			return true, nil
		case a.err != nil && a.line != "":
			return false, a.err
		default:
			return false, nil
		}
	}
	fmt.Fprintln(c.App.ErrWriter) // after the question
	return false, errUnchanged
}
