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

	"tweetarc/cmd/tweetarc/web"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "look at the archive in a browser",
		Description: `Serves the archive as web pages, to this machine alone, until it is stopped. It
only reads: a running tweetarc archive is not disturbed, and what it adds shows.

   tweetarc serve
   tweetarc serve --db news.db --listen 127.0.0.1:8000`,
		Flags: []cli.Flag{
			dbFlag(),
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8420", Usage: "`ADDRESS` and port; port 0 is a free one"},
			&cli.StringSliceFlag{Name: "host", Usage: "answer also to this `NAME`, for a proxy before it (again for more)"},
			&cli.DurationFlag{Name: "limit", Value: 0, Usage: "break a query off after this `TIME`", DefaultText: "20s"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "unexpected argument %q", c.Args().First())
			}
			if c.Duration("limit") < 0 {
				return usagef(c, "--limit cannot be negative")
			}
			host, _, err := net.SplitHostPort(c.String("listen"))
			if err != nil {
				return usagef(c, "--listen: %v (as in 127.0.0.1:8420)", err)
			}
			db, err := openArchive(c, false)
			if err != nil {
				return err
			}
			defer db.Close()
			stderr := c.App.ErrWriter
			s, err := web.New(db, web.Options{Hosts: c.StringSlice("host"), Limit: c.Duration("limit"), Log: log.New(stderr, c.App.Name+": ", 0)})
			if err != nil {
				return err
			}
			defer s.Close()
			l, err := new(net.ListenConfig).Listen(c.Context, "tcp", c.String("listen"))
			switch {
			case errors.Is(err, syscall.EADDRINUSE):
				return fmt.Errorf("%s is taken, perhaps by another tweetarc serve (choose with --listen, port 0 is a free one)", c.String("listen"))
			case err != nil:
				return err
			}
			if !loopback(host) {
				fmt.Fprintf(stderr, "warning: everybody who reaches %v can read %s; there is no password\n", l.Addr(), c.String("db"))
			}
			fmt.Fprintf(stderr, "%s is at http://%s/ (Ctrl-C ends)\n", c.String("db"), shownAddress(l.Addr()))
			return s.Serve(c.Context, l)
		},
	}
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
