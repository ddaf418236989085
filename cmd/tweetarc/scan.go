package main

import (
	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
)

// Tested in inputs_test.go and faults_test.go.

// scanning is a scan of the inputs on a command line, with what it prints while it runs and
// at the end.
type scanning struct {
	c     *cli.Context
	paths []string
	d     *detection
	r     *corpus.Reader
	t     *tally
	kept  seenFields
}

// newScanning reads the arguments and the flags of inputFlags.
func newScanning(c *cli.Context) (s *scanning, err error) {
	s = &scanning{c: c}
	if s.paths, err = inputPaths(c); err != nil {
		return nil, err
	}
	if s.d, err = detector(c); err != nil {
		return nil, err
	}
	if s.r, err = reader(c); err != nil {
		return nil, err
	}
	s.t = newTally(s.paths, &s.d.outside)
	return s, nil
}

// run reads all inputs. Parts go to keep, counted; pause is called where the input makes
// the scan wait.
func (s *scanning) run(keep func(archive.Part) error, pause func() error) error {
	s.kept = make(seenFields, len(s.r.Fields.Keep))
	bar := startProgress(s.c, s.r, s.paths)
	s.t.troubles = troubles{w: bar, begin: s.c.App.Name + ": "}
	scan := archive.Scan{Find: s.d.find, Workers: s.c.Int("jobs"), All: s.d.countAll, Pause: pause, Keep: func(p archive.Part) error {
		p = s.d.inside(p)
		for _, f := range p.Found {
			s.kept.add(f)
		}
		s.t.add(p)
		bar.tweets.Store(int64(s.t.embeds))
		return keep(p)
	}}
	err := scan.Run(s.c.Context, s.r.Articles(s.paths...))
	bar.end()
	s.t.troubles.end()
	return err
}

// tellKept prints which fields of --keep no article has.
func (s *scanning) tellKept() {
	if s.t.embeds > 0 {
		s.kept.tell(s.c, s.r.Fields.Keep)
	}
}
