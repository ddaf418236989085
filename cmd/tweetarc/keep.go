package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/store"
)

// Tested in script_test.go and worlds_test.go.

// keepFlags say what is kept of the corpus besides its tweets.
func keepFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "keep", Usage: "also keep these `FIELDS` of the records, separated by commas (a.b is field b in field a)"},
		&cli.BoolFlag{Name: "count-all", Usage: "also count the articles without tweets, by outlet and month"},
	}
}

// keptFields are the fields that --keep names. A field cannot have the name of a column of
// exports.
func keptFields(c *cli.Context, columns ...[]store.Column) ([]string, error) {
	if c.String("keep") == "" {
		return nil, nil
	}
	names := strings.Split(c.String("keep"), ",")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		isColumn := slices.ContainsFunc(slices.Concat(columns...), func(c store.Column) bool { return c.Name == names[i] })
		switch {
		case names[i] == "":
			return nil, usagef(c, "--keep: one of the names is empty")
		case slices.Contains(names[:i], names[i]):
			return nil, usagef(c, "--keep has %q twice", names[i])
		case isColumn:
			return nil, usagef(c, "--keep: %q is the name of a column of exports (see tweetarc schema); rename the field, or keep another one that identifies the record, and join by it", names[i])
		}
	}
	return names, nil
}

// keeping sets what is kept: what the flags ask for, and what earlier runs kept. Files that
// were read with less are read again.
func (d *detection) keeping(c *cli.Context, r *corpus.Reader, before []string, counted bool) error {
	names, err := keptFields(c, store.LookupColumns, store.EmbedColumns, store.PlaceColumns)
	if err != nil {
		return err
	}
	d.lack = slices.DeleteFunc(slices.Clone(before), func(name string) bool { return slices.Contains(names, name) })
	names = slices.Concat([]string{}, names, before)
	slices.Sort(names)
	d.keep, d.countAll = slices.Compact(names), counted
	if c.IsSet("count-all") {
		d.countAll = c.Bool("count-all")
	}
	d.read(r)
	for _, name := range d.keep {
		d.options += " --keep=" + name
	}
	if d.countAll {
		d.options += " --count-all"
	}
	return nil
}

// seenFields says for each kept field whether any article with a tweet has it. In JSON and
// in pages, a mistyped name is no error: no record has it.
type seenFields []bool

func (s seenFields) add(f archive.Found) {
	for i, v := range f.Article.Kept {
		s[i] = s[i] || v != "" && len(f.Embeds) > 0
	}
}

func (s seenFields) tell(c *cli.Context, names []string) {
	for i, name := range names {
		if !s[i] {
			fmt.Fprintf(c.App.ErrWriter, "--keep: no article with a tweet has a field %s\n", plain(name))
		}
	}
}

// read makes a reader read what is kept.
func (d *detection) read(r *corpus.Reader) {
	r.Fields.Keep, r.Fields.Lack = d.keep, d.lack
	if d.countAll {
		r.MayHold = nil
	}
}

// inside is a part without the articles that --from and --to leave out; with --count-all the
// reader gives them too.
func (d *detection) inside(p archive.Part) archive.Part {
	if d.leaves != nil && d.countAll {
		p.Found = slices.DeleteFunc(p.Found, func(f archive.Found) bool { return d.leaves(f.Article) })
	}
	return p
}
