package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/corpus"
	"example.org/tweetarc/archive/detect"
	"example.org/tweetarc/archive/enrich"
	"example.org/tweetarc/store"
)

func enrichCommand() *cli.Command {
	return &cli.Command{
		Name:      "enrich",
		Usage:     "ask X, web archives or files about each tweet",
		ArgsUsage: "[QUERY]",
		Description: `Asks about the archived tweets that have an ID, or those of them that a QUERY
finds, and keeps the answers beside what the articles say. The sources in --via
are asked in their order until one knows the tweet. If it is gone, the sources
that keep old tweets are still asked:

   oembed    publish.twitter.com: needs no key, one tweet a second
   v2        X's API: needs a bearer token, costs money (see --dry-run)
   v1        a server that still speaks version 1.1 of the API (see --api-base)
   wayback   the Wayback Machine: needs no key, slow, and the only one that has
             deleted tweets
   FILE      tweets that another program fetched (a hydrator, a scraper): JSON
             or CSV, compressed or not, or a folder of such files. It also gives
             tweets without an ID theirs, by author, day and words. Several
             files may follow one --via, as in --via dumps/*.jsonl

You can stop it at any time: the answers so far are kept, and the same command
goes on. Secrets come from the environment (` + envBearer + `; for v1
` + envV1Bearer + `, or TWEETARC_V1_CONSUMER_KEY,
_CONSUMER_SECRET, _ACCESS_TOKEN and _ACCESS_SECRET) or from --credentials.

   tweetarc enrich --via dump.jsonl.gz,oembed
   tweetarc enrich --via dumps/*.jsonl
   tweetarc enrich --via v2 --dry-run
   tweetarc enrich --via v2 --max-cost 20 --older-than 90d 'from:nasa'
   tweetarc enrich --via wayback 'min_embeds:5'`,
		Flags:  append([]cli.Flag{dbFlag()}, askFlags(true)...),
		Action: enrichAction,
	}
}

// askFlags are the flags of enrich and resolve.
func askFlags(oembed bool) []cli.Flag {
	flags := []cli.Flag{
		&cli.StringSliceFlag{Name: "via", TakesFile: true, Usage: "ask this `SOURCE`; or several, separated by commas, in this order"},
		&cli.BoolFlag{Name: "again", Usage: "also ask about tweets that are known"},
		&cli.StringFlag{Name: "older-than", Usage: "also ask about tweets whose last answer is older than `AGE`: 30d, 12h"},
		&cli.IntFlag{Name: "limit", Usage: "ask about at most `N` tweets"},
		&cli.Float64Flag{Name: "max-cost", Usage: "spend at most about so many `DOLLARS`"},
		&cli.BoolFlag{Name: "dry-run", Usage: "only say what would be asked, and what it costs"},
		&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask before spending money"},
		&cli.StringFlag{Name: "credentials", TakesFile: true, Usage: "read secrets from `FILE`, lines of NAME=VALUE; nobody else may be able to read it", EnvVars: []string{"TWEETARC_CREDENTIALS"}},
		&cli.StringFlag{Name: "api-base", Usage: "the `URL` of the API, for v1 and v2 (default: " + enrich.V2Base + ", for v1 " + enrich.V1Base + ")"},
		&cli.StringFlag{Name: "wayback-base", Value: enrich.WaybackBase, Usage: "the `URL` of the Wayback Machine"},
	}
	if oembed {
		flags = append(flags, &cli.StringFlag{Name: "oembed-base", Value: enrich.OEmbedBase, Usage: "the `URL` of oEmbed"})
	}
	return flags
}

// newClient makes the client that asks the services; tests have one that waits less.
var newClient = func() *enrich.Client { return &enrich.Client{} }

// asking is what the flags and arguments of enrich and resolve ask for.
type asking struct {
	c       *cli.Context
	keys    credentials
	client  *enrich.Client
	sources []enrich.Source
	finders []enrich.Finder
	dumps   []enrich.Finder // of the finders, the files
	v2      *enrich.V2
	since   time.Time // older answers do not count
	query   *store.Query
	status  *statusLine
	errs    troubles
	bad     map[string]int // lines of dumps that could not be read
	given   []string       // sources that were given up
}

// newAsking reads flags and arguments. With finding the sources are asked for the IDs of
// tweets (resolve), else for tweets by their IDs (enrich).
func newAsking(c *cli.Context, finding bool) (a *asking, err error) {
	a = &asking{c: c, status: &statusLine{w: c.App.ErrWriter}, bad: map[string]int{}}
	a.errs.w = a.status
	via := viaNames(c)
	if len(via) == 0 {
		return nil, usagef(c, "no source: name one with --via")
	}
	if err := checkAskFlags(c); err != nil {
		return nil, err
	}
	if a.since, err = answersSince(c); err != nil {
		return nil, err
	}
	files, words, err := dumpsAndQuery(c, via)
	if err != nil {
		return nil, err
	}
	if a.query, err = store.ParseQuery(strings.Join(words, " ")); err != nil {
		return nil, usagef(c, "%v", err)
	}
	if a.keys, err = loadCredentials(c); err != nil {
		return nil, err
	}
	a.client = newClient()
	a.client.Agent, a.client.Waiting = "tweetarc/"+c.App.Version, a.waiting
	for _, k := range a.keys {
		if k != "" {
			a.client.Secrets = append(a.client.Secrets, k)
		}
	}
	via = append(via, files...)
	for i, name := range via {
		if slices.Contains(via[:i], name) {
			return nil, usagef(c, "--via has %s twice", name)
		}
		if err := a.add(name, finding); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// viaNames are the sources that --via names.
func viaNames(c *cli.Context) (via []string) {
	for _, v := range c.StringSlice("via") {
		if _, err := os.Lstat(v); err == nil { // a file may have a comma in its name
			via = append(via, v)
		} else {
			via = append(via, strings.Split(v, ",")...)
		}
	}
	return via
}

func checkAskFlags(c *cli.Context) error {
	if c.Int("limit") < 0 || c.Float64("max-cost") < 0 {
		return usagef(c, "--limit and --max-cost cannot be negative")
	}
	for _, name := range []string{"api-base", "oembed-base", "wayback-base"} {
		if base := c.String(name); base != "" {
			if err := enrich.CheckBase(base); err != nil {
				return usagef(c, "--%s: %v", name, err)
			}
		}
	}
	return nil
}

// answersSince is the time before which answers do not count, by --again and --older-than.
func answersSince(c *cli.Context) (since time.Time, err error) {
	switch age := c.String("older-than"); {
	case c.Bool("again") && age != "":
		return since, usagef(c, "--again and --older-than cannot be used together")
	case c.Bool("again"):
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), nil // no answer is as late as that
	case age != "":
		d, err := parseAge(age)
		if err != nil {
			return since, usagef(c, "--older-than: %v", err)
		}
		return time.Now().Add(-d), nil
	}
	return since, nil
}

// services are the sources that are not files.
var services = []string{"oembed", "v2", "v1", "wayback"}

// add adds a source: a service, or a file of tweets.
func (a *asking) add(name string, finding bool) error {
	c := a.c
	if finding && (name == "oembed" || name == "v1") {
		return usagef(c, "--via: %s cannot find tweets by their words; wayback, v2 and files can", name)
	}
	switch name {
	case "v2":
		a.v2 = &enrich.V2{Client: a.client, Base: c.String("api-base"), Bearer: a.keys[envBearer], MaxCost: c.Float64("max-cost")}
		if a.v2.Bearer == "" && !c.Bool("dry-run") {
			return usagef(c, "v2 needs a bearer token: %s in the environment, or --credentials", envBearer)
		}
		a.sources, a.finders = append(a.sources, a.v2), append(a.finders, a.v2)
	case "wayback":
		w := &enrich.Wayback{Client: a.client, Base: c.String("wayback-base"), ReadHTML: readHTML}
		a.sources, a.finders = append(a.sources, w), append(a.finders, w)
	case "oembed":
		a.sources = append(a.sources, &enrich.OEmbed{Client: a.client, Base: c.String("oembed-base"), ReadHTML: readHTML})
	case "v1":
		v1, err := a.v1()
		if err != nil {
			return err
		}
		a.sources = append(a.sources, v1)
	default:
		if _, err := os.Stat(name); err != nil {
			return usagef(c, "--via: %q is not oembed, v2, v1 or wayback, and there is no such file", name)
		}
		d := &enrich.Dump{Path: name, Bad: a.badLine, Passed: a.passedOver(name), Contents: func(path string, only []string, each func(file, format string, in io.Reader, err error) error) error {
			return corpus.Contents(c.Context.Done(), path, only, each)
		}}
		a.sources, a.finders, a.dumps = append(a.sources, d), append(a.finders, d), append(a.dumps, d)
	}
	return nil
}

func (a *asking) v1() (*enrich.V1, error) {
	k := enrich.Keys{ConsumerKey: a.keys[envConsumerKey], ConsumerSecret: a.keys[envConsumerSecret], Token: a.keys[envToken], TokenSecret: a.keys[envTokenSecret]}
	bearer := a.keys[envV1Bearer]
	if bearer == "" && (k.ConsumerKey == "" || k.ConsumerSecret == "" || k.Token == "" || k.TokenSecret == "") && !a.c.Bool("dry-run") {
		return nil, usagef(a.c, "v1 needs %s, or the four keys, in the environment, or --credentials", envV1Bearer)
	}
	return &enrich.V1{Client: a.client, Base: a.c.String("api-base"), Bearer: bearer, Keys: k}, nil
}

// passedOver prints once what else a dump of several files holds.
func (a *asking) passedOver(dump string) func(int, error) {
	said := false
	return func(files int, one error) {
		if !said {
			a.status.line("%s: %s without tweets passed over, such as %s", plain(dump), plural(files, "other file"), plain(one.Error()))
		}
		said = true
	}
}

// dumpsAndQuery divides the arguments into files, which follow the one in --via (the shell
// expanded a glob), and the words of a query. It refuses an argument that can be both.
func dumpsAndQuery(c *cli.Context, via []string) (files, words []string, err error) {
	afterFile := slices.ContainsFunc(via, func(name string) bool { return !slices.Contains(services, name) })
	for _, arg := range c.Args().Slice() {
		_, err := os.Stat(arg)
		switch {
		case err != nil:
			words = append(words, arg)
		case afterFile && len(words) == 0 && strings.ContainsAny(arg, "./"):
			files = append(files, arg)
		default:
			return nil, nil, usagef(c, "%s is a file: to ask it, write --via %s before the query; to search for the word, write '\"%s\"'", arg, arg, arg)
		}
	}
	return files, words, nil
}

// readHTML lets the sources read HTML with our own detector.
func readHTML(html string) []archive.Embed {
	return detect.Tweets(&archive.Article{Body: html, HTML: true})
}

// parseAge reads 30d, 2w, or what Go calls a duration.
func parseAge(s string) (time.Duration, error) {
	for unit, hours := range map[string]float64{"d": 24, "w": 7 * 24} {
		if n, err := strconv.ParseFloat(strings.TrimSuffix(s, unit), 64); err == nil && strings.HasSuffix(s, unit) && n > 0 && n < 1e5 {
			return time.Duration(n * hours * float64(time.Hour)), nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no age (write 30d, 2w or 12h)", s)
	}
	return d, nil
}

func enrichAction(c *cli.Context) error {
	a, err := newAsking(c, false)
	if err != nil {
		return err
	}
	db, err := store.OpenExisting(c.String("db"))
	if err != nil {
		return err
	}
	defer db.Close()
	a.finders = a.dumps // the others cost time or money: see resolve
	plan, err := a.plan(db)
	if err != nil {
		return err
	}
	if plan.tweets == 0 && plan.without == 0 {
		fmt.Fprintln(c.App.ErrWriter, "nothing to ask: no tweet found has an ID that is not known yet (--again and --older-than ask again)")
		return nil
	}
	for _, s := range a.sources {
		fmt.Fprintf(c.App.ErrWriter, "%s: to be asked about at most %s\n", s.Name(), plural(plan.of[s.Name()], "tweet"))
	}
	if plan.without > 0 {
		fmt.Fprintf(c.App.ErrWriter, "%s without an ID to be looked for in files\n", plural(plan.without, "tweet"))
	}
	if ok, err := a.mayCost(plan.of["v2"], enrich.Cost(plan.of["v2"], len(plan.authors))); !ok {
		return err
	}
	var t states
	var given error // sources that were given up in looking for tweets without an ID
	if plan.without > 0 {
		given = a.resolve(db, &t)
		var source *enrich.SourceError
		if given != nil && !errors.As(given, &source) {
			return a.end(given, &t)
		}
	}
	loop := enrich.Loop{Sources: a.sources, Trouble: a.trouble, Keep: func(answers []enrich.Answer) error {
		lookups := make([]store.Lookup, len(answers))
		for i := range answers {
			lookups[i] = lookup(&answers[i])
			t.count(answers[i].Source, string(answers[i].State))
		}
		a.status.show(t.String())
		return db.AddLookups(context.WithoutCancel(c.Context), lookups)
	}}
	return a.end(cmp.Or(loop.Run(c.Context, a.questions(db)), given), &t)
}

// lookup is the answer as the archive keeps it.
func lookup(a *enrich.Answer) store.Lookup {
	return store.Lookup{ID: a.ID, Tweet: a.Tweet, Score: 1, Source: a.Source, State: string(a.State), At: a.Time, Lang: a.Lang, Body: a.Raw}
}

// plan is what would be asked.
type plan struct {
	tweets  int
	of      map[string]int  // by source: how many at most, if no source before it has the answer
	authors map[string]bool // of the tweets that v2 would be asked about
	without int             // tweets without an ID that files may have
}

// plan counts what enrich would ask.
func (a *asking) plan(db *store.DB) (*plan, error) {
	p := &plan{of: map[string]int{}, authors: map[string]bool{}}
	if len(a.dumps) > 0 {
		for _, err := range a.wanted(db) {
			if err != nil {
				return nil, err
			}
			p.without++
		}
	}
	for q, err := range a.questions(db) {
		if err != nil {
			return nil, err
		}
		any := false
		for _, s := range a.sources {
			if q.Wants(s) {
				any = true
				p.of[s.Name()]++
				if s == enrich.Source(a.v2) {
					p.authors[strings.ToLower(q.Handle)] = true
				}
			}
		}
		if any {
			p.tweets++
		}
	}
	return p, nil
}

// questions are the tweets with an ID that were not answered, at most --limit.
func (a *asking) questions(db *store.DB) iter.Seq2[enrich.Question, error] {
	return func(yield func(enrich.Question, error) bool) {
		n := 0
		for t, err := range db.Asked(a.c.Context, a.query, a.since) {
			q := enrich.Question{Tweet: t.Tweet}
			for _, k := range t.Known {
				q.Known = append(q.Known, enrich.Answer{State: enrich.State(k.State), Source: k.Source, Raw: k.Body})
			}
			wanted := err != nil
			for _, s := range a.sources {
				wanted = wanted || q.Wants(s)
			}
			if !wanted {
				continue
			}
			if n++; a.c.Int("limit") > 0 && n > a.c.Int("limit") {
				return
			}
			if !yield(q, err) {
				return
			}
		}
	}
}

// mayCost prints what the questions cost, and says whether the money may be spent.
func (a *asking) mayCost(tweets int, cost float64) (bool, error) {
	c := a.c
	costs := a.v2 != nil && tweets > 0
	if costs {
		fmt.Fprintf(c.App.ErrWriter, "v2: about %s\n", dollars(cost))
		if max := c.Float64("max-cost"); max > 0 && cost > max {
			fmt.Fprintf(c.App.ErrWriter, "v2: it will stop at --max-cost %s\n", dollars(max))
			cost = max
		}
	}
	if c.Bool("dry-run") {
		return false, nil
	}
	if !costs || c.Bool("yes") {
		return true, nil
	}
	return a.spend(cost)
}

// spend asks whether so much may be spent.
func (a *asking) spend(cost float64) (bool, error) {
	c := a.c
	in, ok := c.App.Reader.(*os.File)
	if !ok || !isTerminal(in) || !isTerminal(c.App.ErrWriter) {
		return false, usagef(c, "this costs money: add --yes if you agree")
	}
	ok, err := confirm(c, fmt.Sprintf("Spend about %s?", dollars(cost)))
	if err == nil && !ok {
		err = errors.New("nothing was asked")
	}
	return ok, err
}

// dollars is an amount of money, rounded to cents unless it is less than one.
func dollars(n float64) string {
	if n < 0.01 {
		return "$" + strconv.FormatFloat(n, 'g', 2, 64)
	}
	return fmt.Sprintf("$%.2f", n)
}

// waiting announces a wait of more than a moment.
func (a *asking) waiting(w enrich.Wait) {
	if d := time.Until(w.Until); d > 2*time.Second {
		layout := "15:04:05"
		if d > 2*time.Minute {
			layout = "15:04"
		}
		a.status.line("%s: %s: going on at %s", w.Source, w.Why, w.Until.Local().Format(layout))
	}
}

func (a *asking) trouble(err *enrich.SourceError, gaveUp bool) {
	if gaveUp && slices.Contains(a.given, err.Source) {
		return
	}
	a.errs.add(archive.Origin{}, err.Error(), err.Error())
	if gaveUp {
		a.given = append(a.given, err.Source)
		a.status.line("%s is not asked any more", err.Source)
	}
}

func (a *asking) badLine(err error) {
	count(&a.bad, archive.Reason(err))
	var at *archive.ReadError
	if errors.As(err, &at) {
		a.errs.read(at)
	}
}

// end prints the result, and turns the loop's error into the command's.
func (a *asking) end(err error, t *states) error {
	a.status.clear()
	a.errs.end()
	w := a.c.App.ErrWriter
	if n := sum(a.bad); n > 0 {
		fmt.Fprintf(w, "%s could not be read: %s\n", plural(n, "line"), reasons(a.bad))
	}
	if s := t.String(); s != "" {
		fmt.Fprintln(w, s)
	} else {
		fmt.Fprintln(w, "no answers")
	}
	if a.v2 != nil && a.v2.Spent() > 0 {
		fmt.Fprintf(w, "spent about %s\n", dollars(a.v2.Spent()))
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped; the answers so far are kept, and the same command goes on")
	}
	if n := sum(a.bad); err == nil && n > 0 {
		return &incompleteError{fmt.Errorf("done, but %s could not be read", plural(n, "line"))}
	}
	if names := failedSources(err); len(names) > 0 { // why was printed before
		return fmt.Errorf("%s could not be asked to the end", listed(names))
	}
	return err
}

// failedSources are the names of the sources whose errors are joined in err.
func failedSources(err error) (names []string) {
	var source *enrich.SourceError
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			names = append(names, failedSources(err)...)
		}
	} else if errors.As(err, &source) {
		names = append(names, source.Source)
	}
	return names
}

// states counts answers by source and state.
type states struct {
	of map[string]map[string]int
}

func (t *states) count(source, state string) {
	if t.of == nil {
		t.of = map[string]map[string]int{}
	}
	m := t.of[source]
	count(&m, state)
	t.of[source] = m
}

func (t *states) String() string {
	var names []string
	for name := range t.of {
		names = append(names, name)
	}
	sort.Strings(names)
	for i, name := range names {
		names[i] = name + ": " + reasons(t.of[name])
	}
	return strings.Join(names, "; ")
}

// statusLine is a line on a terminal that changes. Without a terminal it is not shown.
type statusLine struct {
	w     io.Writer
	shown time.Time
	on    bool
}

func (s *statusLine) show(text string) {
	if isTerminal(s.w) && time.Since(s.shown) > 100*time.Millisecond {
		fmt.Fprintf(s.w, "\r\x1b[K%s", fit(text, 78, false))
		s.shown, s.on = time.Now(), true
	}
}

func (s *statusLine) clear() {
	if s.on {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.on = false
	}
}

// line prints a line that stays.
func (s *statusLine) line(format string, args ...any) {
	fmt.Fprintln(s, plain(fmt.Sprintf(format, args...)))
}

// Write writes lines that stay.
func (s *statusLine) Write(lines []byte) (int, error) {
	s.clear()
	return s.w.Write(lines)
}
