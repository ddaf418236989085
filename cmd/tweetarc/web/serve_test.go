package web

import (
	"flag"
	"net"
	"testing"
)

var hold = flag.String("serve", "", "serve the archive of the tests at this address, until killed, to look at it")

func TestHold(t *testing.T) {
	if *hold == "" {
		t.Skip("no -serve ADDRESS")
	}
	s := server(t)
	l, err := net.Listen("tcp", *hold)
	if err != nil {
		t.Fatal(err)
	}
	t.Fatal(s.Serve(t.Context(), l))
}
