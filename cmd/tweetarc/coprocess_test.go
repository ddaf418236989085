package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// soon bounds whatever must not wait for more input; it is no measure.
const soon = 10 * time.Second

// talk is "tweetarc detect -", to which say writes and from which hear reads a line, ""
// at its end; end closes what it reads and gives its code.
func talk(t *testing.T, ctx context.Context, flags ...string) (say func(string), hear func() string, end func() int) {
	t.Helper()
	stdin, in := io.Pipe()
	out, stdout := io.Pipe()
	code := make(chan int, 1)
	go func() {
		n := run(ctx, append(append([]string{"tweetarc", "detect"}, flags...), "-"), stdin, stdout, io.Discard)
		stdout.Close()
		code <- n
	}()
	t.Cleanup(func() { in.Close() })
	lines := make(chan string)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
		close(lines)
	}()
	say = func(text string) {
		t.Helper()
		if _, err := io.WriteString(in, text); err != nil {
			t.Fatal(err)
		}
	}
	hear = func() string {
		t.Helper()
		select {
		case line := <-lines:
			return line
		case <-time.After(soon):
			t.Fatal("no answer")
		}
		return ""
	}
	return say, hear, func() int {
		t.Helper()
		in.Close()
		select {
		case n := <-code:
			return n
		case <-time.After(soon):
			t.Fatal("no end")
		}
		return 0
	}
}

func millLine(handle string, more ...any) string {
	return fmt.Sprintf(`{"text":"Said so.\n\nThe mill turns. — Ada Mole (@%s) May 8, 2019"}`+"\n", fmt.Sprintf(handle, more...))
}

// Who writes an article and waits gets its embeds; those without tweets give nothing,
// and hold nothing up.
func TestCoprocess(t *testing.T) {
	const quiet = `{"text":"No tweet."}` + "\n"
	for _, c := range []struct{ name, before, after string }{
		{"alone", "", ""},
		{"after one without tweets", quiet, ""},
		{"after one without text", `{"n":1}` + "\n", ""},
		{"before one without tweets", "", quiet},
		{"among blank lines", "\n", "\n"},
		{"among broken ones", "", "{\"text\": \n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			say, hear, end := talk(t, t.Context(), "--format", "jsonl", "--columns", "handle")
			for i := range 5 {
				say(c.before + millLine("mill_%d", i) + c.after)
				if got, want := hear(), fmt.Sprintf(`{"handle":"mill_%d"}`, i); got != want {
					t.Fatalf("%s, want %s", got, want)
				}
			}
			want := 0
			if strings.Contains(c.name, "broken") {
				want = 3
			}
			if code := end(); code != want {
				t.Errorf("code %d, want %d", code, want)
			}
			if more := hear(); more != "" {
				t.Errorf("also %s", more)
			}
		})
	}
}

// An article that comes in pieces, and several that come at once.
func TestCoprocessPieces(t *testing.T) {
	say, hear, end := talk(t, t.Context(), "--format", "csv", "--columns", "handle")
	line := millLine("mill_0")
	say(line[:20])
	time.Sleep(20 * time.Millisecond)
	say(line[20:] + millLine("mill_1") + millLine("mill_2")[:9])
	for _, want := range []string{"handle", "mill_0", "mill_1"} {
		if got := hear(); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	say(millLine("mill_2")[9:])
	if got := hear(); got != "mill_2" {
		t.Fatal(got)
	}
	if code := end(); code != 0 {
		t.Errorf("code %d", code)
	}
}

// Standard input on which nothing comes, or nothing more, is given up when it must be.
func TestStopWaiting(t *testing.T) {
	for _, text := range []string{"", millLine("mill_0"), "title,text\n"} {
		ctx, stop := context.WithCancel(t.Context())
		in, w := io.Pipe()
		code := make(chan int, 1)
		var said strings.Builder
		go func() { code <- run(ctx, []string{"tweetarc", "detect", "-"}, in, io.Discard, &said) }()
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(50*time.Millisecond, stop)
		select {
		case n := <-code:
			if n != 1 || !strings.Contains(said.String(), "stopped") {
				t.Errorf("%q: code %d, %s", text, n, said.String())
			}
		case <-time.After(soon):
			t.Fatalf("%q: still waiting", text)
		}
		w.Close()
	}
}
