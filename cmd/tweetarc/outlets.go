package main

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/store"
)

func outletsCommand() *cli.Command {
	return &cli.Command{
		Name:  "outlets",
		Usage: "list who published the articles, and give outlets other names",
		Description: `Lists the outlets as articles name them, with how many articles with tweets are
of each. An outlet is who published an article, as the corpus says or as
--outlet-field names it, or else the site of its address: the registered domain.

An alias gives an outlet the name that it is to have in searches, counts and
exports, so that "nytimes.com" and "The New York Times" are one. Write the list
to a file, fill in the column outlet, and read it back: what the file does not
name has no alias then. Articles need not be read again.

   tweetarc outlets
   tweetarc outlets --format csv > outlets.csv
   tweetarc outlets --aliases outlets.csv`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "aliases", TakesFile: true, Usage: "make the aliases those of `FILE`: CSV with the columns name and outlet"},
			formatFlag("table", "jsonl", "csv"),
		},
		Action: outletsAction,
	}
}

var outletColumns = []store.Column{
	{Name: "name", Kind: store.Text, Doc: "As articles name it, or the site of their addresses."},
	{Name: "outlet", Kind: store.Text, Doc: "What it is called in the archive, where this is another name."},
	{Name: "articles", Kind: store.Int, Doc: "Articles with tweets."},
}

func outletsAction(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef(c, "outlets takes no arguments, but %q", c.Args().First())
	}
	newWriter, ok := rowFormats[format(c)]
	if !ok && format(c) != "table" {
		return usagef(c, "--format: table, jsonl or csv, not %q", c.String("format"))
	}
	if path := c.String("aliases"); path != "" {
		return setAliases(c, path)
	}
	db, err := openArchive(c, false)
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := db.Outlets(c.Context)
	if err != nil {
		return err
	}
	if newWriter == nil {
		for _, o := range all {
			name := cmp.Or(plain(o.Name), "(unknown)")
			if o.Label != "" {
				name += " = " + plain(o.Label)
			}
			fmt.Fprintf(c.App.Writer, "%9d  %s\n", o.N, strings.TrimRight(fit(name, pageWidth-11, false), " "))
		}
		return nil
	}
	out := newWriter(c.App.Writer, outletColumns)
	for _, o := range all {
		if err := out.Write(store.Row{Values: []string{o.Name, o.Label, strconv.Itoa(o.N)}}); err != nil {
			return err
		}
	}
	return out.Close()
}

func setAliases(c *cli.Context, path string) error {
	all, err := readAliases(path)
	if err != nil {
		return err
	}
	db, err := store.OpenExisting(c.String("db"))
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := db.SetAliases(c.Context, all)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%s, %d changed\n", plural(len(all), "name"), n)
	return nil
}

// readAliases reads a list of outlets with their other names.
func readAliases(path string) ([]store.Alias, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := readSheet(f, [2]string{"name", "outlet"})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var all []store.Alias
	for i := range s.rows {
		r := &s.rows[i]
		a := store.Alias{Name: r.cell("name"), Outlet: strings.Join(strings.Fields(r.cell("outlet")), " ")}
		if a.Outlet == "" {
			continue
		}
		if plain(a.Outlet) != a.Outlet || len(a.Outlet) > 200 {
			return nil, fmt.Errorf("%s:%d: no name of an outlet: %q", path, r.number, archive.Head(a.Outlet, 40))
		}
		all = append(all, a)
	}
	return all, nil
}
