package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// terminal opens a new terminal: what is typed goes in at keys, and screen is the end that
// a program has.
func terminal(t *testing.T) (keys, screen *os.File) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var number, unlock uint32
	for request, arg := range map[uintptr]*uint32{0x80045430: &number, 0x40045431: &unlock} { // TIOCGPTN, TIOCSPTLCK
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keys.Fd(), request, uintptr(unsafe.Pointer(arg))); errno != 0 {
			t.Fatal(errno)
		}
	}
	screen, err = os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keys.Close(); screen.Close() })
	return keys, screen
}

// screenText is what a command printed so far.
type screenText struct {
	sync.Mutex
	bytes.Buffer
}

func (s *screenText) Write(p []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.Buffer.Write(p)
}

func (s *screenText) String() string {
	s.Lock()
	defer s.Unlock()
	return s.Buffer.String()
}

// answered runs a command on a terminal, and answers its question; "^C" is Ctrl-C, then y.
func answered(t *testing.T, answer string, args ...string) (code int, said string) {
	t.Helper()
	keys, screen := terminal(t)
	go io.Copy(io.Discard, bufio.NewReader(keys)) // the echo
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var out screenText
	done := make(chan int, 1)
	go func() { done <- run(ctx, append([]string{"tweetarc"}, args...), screen, &out, &out) }()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(out.String(), "[y/N] "); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no question\n%s", out.String())
		}
	}
	if answer == "^C" {
		interrupt()
		answer = "y"
	}
	io.WriteString(keys, answer+"\n")
	return <-done, out.String()
}

// A no and Ctrl-C change nothing, and the exit code is 1; no answer after Ctrl-C counts.
func TestConfirm(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "news/mill.txt", strings.ReplaceAll(millText, "%", "gone"))
	said(t, 0, "archive", "news")
	for _, answer := range []string{"^C", "n", ""} {
		code, out := answered(t, answer, "forget", "mill")
		if code != 1 || !strings.HasSuffix(out, "tweetarc: nothing was changed\n") {
			t.Errorf("%q: code %d\n%s", answer, code, out)
		}
	}
	contains(t, said(t, 0, "search", "--count", "mill"), "1\n")
	if code, out := answered(t, "Yes", "forget", "mill"); code != 0 {
		t.Errorf("code %d\n%s", code, out)
	}

	// Tombstones of another archive.
	put(t, "more/mill.txt", strings.ReplaceAll(millText, "%", "back"))
	said(t, 0, "archive", "--db", "more.db", "more")
	code, out := answered(t, "^C", "merge", "--db", "all.db", "more.db", "tweets.db")
	if code != 1 || !strings.HasSuffix(out, "tweetarc: nothing was changed\n") {
		t.Errorf("merge: code %d\n%s", code, out)
	}
	if _, err := os.Stat("all.db"); err == nil {
		t.Error("merge made an archive")
	}
	code, out = answered(t, "n", "merge", "--db", "all.db", "more.db", "tweets.db")
	if code != 0 || strings.Contains(out, "nothing was changed") {
		t.Errorf("merge: code %d\n%s", code, out)
	}
	contains(t, out, "more.db: 1 article, 1 of them new here", "tweets.db: its tombstones are left out\n")
	code, out = answered(t, "y", "merge", "--db", "all.db", "tweets.db")
	if code != 0 {
		t.Errorf("merge: code %d\n%s", code, out)
	}
	contains(t, out, "tweets.db: 1 tombstone taken over")
}
