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

// Tested in script_test.go.

func outletsCommand() *cli.Command {
	return &cli.Command{
		Name:  "outlets",
		Usage: "list who published the articles, and rename outlets",
		Description: `Lists the outlets, each with its number of articles with tweets. An outlet is
who published an article: what the corpus says (see --outlet-field), or else the
site of the article's address, as in nytimes.com.

An alias gives an outlet another name in searches, counts and exports, so that
"nytimes.com" and "The New York Times" become one. Write the list to a file,
fill in its column outlet, and read it back. The file replaces all earlier
aliases. No article needs to be read again.

   tweetarc outlets
   tweetarc outlets --format csv > outlets.csv
   tweetarc outlets --aliases outlets.csv`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "aliases", TakesFile: true, Usage: "replace the aliases by those in `FILE`: CSV with the columns name and outlet"},
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
		return usagef(c, "outlets takes no arguments, but there is %q", c.Args().First())
	}
	newWriter, ok := rowFormats[format(c)]
	if !ok && format(c) != "table" {
		return usagef(c, "--format must be table, jsonl or csv, not %q", c.String("format"))
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
		return nil, fmt.Errorf("--aliases %w", fileError(path, err))
	}
	defer f.Close()
	s, err := readSheet(f, [2]string{"name", "outlet"})
	if err != nil {
		return nil, fmt.Errorf("--aliases %w", fileError(path, err))
	}
	var all []store.Alias
	for i := range s.rows {
		r := &s.rows[i]
		a := store.Alias{Name: r.cell("name"), Outlet: strings.Join(strings.Fields(r.cell("outlet")), " ")}
		if a.Outlet == "" {
			continue
		}
		if plain(a.Outlet) != a.Outlet || len(a.Outlet) > 200 {
			return nil, fmt.Errorf("%s:%d: %q cannot be the name of an outlet", path, r.number, archive.Head(a.Outlet, 40))
		}
		all = append(all, a)
	}
	return all, nil
}
