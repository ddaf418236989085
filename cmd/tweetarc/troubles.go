package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.org/tweetarc/archive"
)

// troubles prints what goes wrong in a run. Of equal causes it prints the first at once;
// end prints the others in one line, with their number and the first places.
type troubles struct {
	w     io.Writer
	begin string // of each line
	of    map[string]*trouble
	order []*trouble
	many  bool // there are more causes than are shown
}

// trouble is a cause, and where else it came up.
type trouble struct {
	cause  string
	more   int
	places []archive.Origin
}

const (
	maxShown  = 20 // causes; errors with other causes are only counted
	maxPlaces = 10 // of a cause, but for its first
)

// add prints the line of an error, unless there was one with the same cause.
func (t *troubles) add(at archive.Origin, cause, line string) {
	known := t.of[cause]
	switch {
	case known != nil:
		if known.more++; len(known.places) < maxPlaces {
			known.places = append(known.places, at)
		}
	case len(t.order) < maxShown:
		if t.of == nil {
			t.of = map[string]*trouble{}
		}
		t.of[cause] = &trouble{cause: cause}
		t.order = append(t.order, t.of[cause])
		t.print(line)
	case !t.many:
		t.many = true
		t.print("further errors are only counted")
	}
}

// more adds to a cause so many errors at places that are not printed.
func (t *troubles) more(cause string, n int) {
	if known := t.of[cause]; known != nil {
		known.more += n
	}
}

// read is add of an input, or of a record in it, that could not be read.
func (t *troubles) read(err *archive.ReadError) { t.add(err.Origin, archive.Reason(err), err.Error()) }

// input is add of an input's error as a shard file keeps it: in words that begin with the
// input, and perhaps a record of it, and may end in a cure.
func (t *troubles) input(name, line string) {
	cause := line
	if rest, ok := strings.CutPrefix(line, name+":"); ok {
		record, after, _ := strings.Cut(rest, ": ")
		if _, err := strconv.Atoi(record); err == nil {
			rest = after
		}
		cause = strings.TrimSpace(rest)
	}
	cause, _, _ = strings.Cut(cause, "; ")
	t.add(archive.Origin{File: name}, cause, line)
}

// end prints what was not printed at once.
func (t *troubles) end() {
	for _, k := range t.order {
		switch {
		case k.more == 0:
			continue
		case k.places[0] == archive.Origin{}:
			t.print(fmt.Sprintf("%s: %s more", k.cause, plural(k.more, "time")))
		default:
			t.print(fmt.Sprintf("also in %s: %s", placesOf(k.places, k.more), k.cause))
		}
		k.more, k.places = 0, nil
	}
}

func (t *troubles) print(line string) {
	fmt.Fprintf(t.w, "%s%s\n", t.begin, plain(line))
}

// placesOf lists the first of so many places; of several in one file only the first has
// its name.
func placesOf(places []archive.Origin, all int) string {
	var words []string
	for i, p := range places {
		if i > 0 && p.File == places[i-1].File && p.Record > 0 {
			words = append(words, fmt.Sprint(p.Record))
		} else {
			words = append(words, p.String())
		}
	}
	switch more := all - len(places); {
	case more == 1:
		words = append(words, "1 other place")
	case more > 1:
		words = append(words, fmt.Sprintf("%d other places", more))
	default:
		return strings.Join(words, ", ")
	}
	return listed(words)
}
