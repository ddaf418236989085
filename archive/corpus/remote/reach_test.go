package remote

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestIsNear(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "127.9.9.9": true, "::1": true, "10.1.2.3": true, "172.16.0.1": true, "192.168.1.1": true, "169.254.169.254": true,
		"fe80::1%eth0": true, "fd00:ec2::254": true, "0.0.0.0": true, "::": true, "100.64.0.1": true, "::ffff:127.0.0.1": true, "::ffff:169.254.169.254": true,
		"64:ff9b::7f00:1": true, "2002:7f00:1::": true, "::7f00:1": true, "224.0.0.1": true, "255.255.255.255": true,
		"8.8.8.8": false, "172.32.0.1": false, "2606:4700::1111": false, "64:ff9b::808:808": false, "::ffff:8.8.8.8": false,
	} {
		if isNear(netip.MustParseAddr(address)) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
}

// An input from a public address never leads inside this network, neither by a redirect
// nor by a name that has another address now.
func TestPublicStaysPublic(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++ }))
	defer server.Close()
	c := Client{Tries: 3}
	c.http = &http.Client{Transport: newReach(), CheckRedirect: redirected}
	for _, near := range []bool{false, true} {
		in := &Input{Size: -1, client: &c, ctx: t.Context(), url: server.URL, from: origin{known: true, near: near}}
		err := in.connect()
		if near != (err == nil) || !near && (!errors.Is(err, errNear) || asked > 0) {
			t.Errorf("near %v: %v, asked %d times", near, err, asked)
		}
		in.Close()
	}
}

func TestNearMayLeadInside(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "text") }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer server.Close()
	c := Client{Tries: 1}
	in, err := c.Open(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if b, err := io.ReadAll(in); string(b) != "text" || err != nil || !in.from.known || !in.from.near {
		t.Errorf("%q, %v", b, err)
	}
}
