package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// Tested in manual_test.go.

// words are the terms that help, pages and columns use. "tweetarc help words" and the
// manual page print them; README.md shows what the first prints.
const words = `article      one document of your corpus: text or HTML, address, title, date
tweet        a post on Twitter (now X): author, day, text and, if known, its ID
embed        one place in an article where a tweet is embedded
place        where an article was seen: a file, and a record in it
record       one unit of an input file: a line, a row, a page of a crawl
outlet       who published an article: a newspaper, a site
run          one start of a command that writes to the archive
anchor       what shows that a tweet may be near: "(@", "twitter", "status/"
attribution  who wrote the tweet, and when: "Jane Roe (@janeroe) March 4, 2018"
confidence   how sure it is, from 0 to 1, that a text is the tweet's words alone
superseded   no longer in its file: a later version of the file lacks it
key          the name of a tweet in the archive: its ID, or day, handle and hash
`

func helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Aliases:   []string{"h"},
		Usage:     "explain a command, or the words that all of them use",
		ArgsUsage: "[COMMAND | words]",
		Description: `Prints the help of a command, as tweetarc COMMAND --help does, or lists all
commands. "words" explains the words that help and columns use.

   tweetarc help
   tweetarc help search
   tweetarc help words`,
		Action: func(c *cli.Context) error {
			name := c.Args().First()
			switch {
			case c.NArg() > 1:
				return usagef(c, "unexpected argument %q", c.Args().Get(1))
			case name == "":
				return cli.ShowAppHelp(c)
			case name == "words":
				_, err := fmt.Fprint(c.App.Writer, words)
				return err
			case c.App.Command(name) == nil:
				return unknownCommand(c, name)
			}
			return cli.ShowCommandHelp(c, name)
		},
	}
}
