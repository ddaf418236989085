package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"example.org/tweetarc/cmd/tweetarc/web"
	"example.org/tweetarc/store"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "show the archive in a browser",
		Description: `Shows the archive as web pages, to this machine alone, until you stop it with
Ctrl-C. It only reads. What a running tweetarc archive adds appears at once.

With --review people judge at /review what was found, one passage after the
other: the tweet is marked, a key says whether it is right, and a click on its
first or last word corrects it. The archive keeps these verdicts under the
coder's name, beside what was found; tweetarc validate reports on them. Only
this machine can send verdicts.

   tweetarc serve
   tweetarc serve --db news.db --listen 127.0.0.1:8000
   tweetarc serve --review`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8420", Usage: "the `ADDRESS` and port to listen on; port 0 is a free one"},
			&cli.StringSliceFlag{Name: "host", Usage: "also answer to this host `NAME`, of a proxy (may be repeated)"},
			&cli.BoolFlag{Name: "review", Usage: "let people judge what was found; on this machine alone"},
			&cli.DurationFlag{Name: "limit", Value: 0, Usage: "stop a query after this `TIME`", DefaultText: "20s"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "%s takes no arguments, but there is %q", c.Command.Name, c.Args().First())
			}
			if err := notNegative(c, "limit"); err != nil {
				return err
			}
			host, _, err := net.SplitHostPort(c.String("listen"))
			if err != nil {
				return usagef(c, "--listen: %v (as in 127.0.0.1:8420)", err)
			}
			if c.Bool("review") {
				if err := onlyHere(c, host); err != nil {
					return err
				}
			}
			opts := web.Options{Hosts: c.StringSlice("host"), Limit: c.Duration("limit"), Log: log.New(c.App.ErrWriter, c.App.Name+": ", 0)}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			if c.Bool("review") {
				if opts.Review, err = store.OpenExisting(c.String("db")); err != nil {
					return err
				}
				defer opts.Review.Close()
			}
			stderr := c.App.ErrWriter
			s, err := web.New(db, opts)
			if err != nil {
				return err
			}
			defer s.Close()
			l, err := new(net.ListenConfig).Listen(c.Context, "tcp", c.String("listen"))
			switch {
			case errors.Is(err, syscall.EADDRINUSE):
				return fmt.Errorf("%s is in use, perhaps by another tweetarc serve (choose another port with --listen; port 0 is a free one)", c.String("listen"))
			case errors.As(err, new(*net.AddrError)):
				return usagef(c, "--listen must be HOST:PORT with a port from 0 to 65535, not %q", c.String("listen"))
			case err != nil:
				return err
			}
			if !loopback(host) {
				fmt.Fprintf(stderr, "warning: everybody who reaches %v can read %s; there is no password\n", l.Addr(), c.String("db"))
			}
			fmt.Fprintf(stderr, "%s is at http://%s/ (Ctrl-C ends)\n", c.String("db"), shownAddress(l.Addr()))
			if c.Bool("review") {
				fmt.Fprintf(stderr, "review it at http://%s/review\n", shownAddress(l.Addr()))
			}
			return s.Serve(c.Context, l)
		},
	}
}

// onlyHere refuses a review that other machines could reach: verdicts change the archive,
// and there is no password.
func onlyHere(c *cli.Context, host string) error {
	switch {
	case !loopback(host):
		return usagef(c, "--review writes, so it is for this machine alone: --listen must be 127.0.0.1, ::1 or localhost (from another machine, forward a port: ssh -L 8420:127.0.0.1:8420 THERE)")
	case len(c.StringSlice("host")) > 0:
		return usagef(c, "--review writes, so it is for this machine alone: it cannot be used with --host")
	}
	return nil
}

// loopback says whether only this machine reaches host.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}

// shownAddress is an address that a browser on this machine can ask for.
func shownAddress(a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if ok && t.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", t.Port)
	}
	return a.String()
}
