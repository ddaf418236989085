package enrich

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"example.org/tweetarc/archive"
)

// Tested in servers_test.go.

// This file decides what counts as an answer, and what of it may be shown.

// nonsense is what a service does not answer with: a page of HTML, other JSON, an
// answer to another question. It says nothing about a tweet.
type nonsense struct{ what string }

func (e *nonsense) Error() string { return e.what }

// nonsense is the error of a reply that is no answer: it says what the reply is and,
// if that does not explain it, why it is no answer.
func (r *reply) nonsense(why string) error {
	what := strconv.Itoa(r.status) + " with "
	text := strings.TrimSpace(string(r.body[:min(len(r.body), 64<<10)]))
	kind, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	switch {
	case text == "":
		what += "an empty body"
	case strings.EqualFold(strings.TrimSpace(kind), "text/html") || text[0] == '<':
		what += "a page of HTML"
		if m := title.FindStringSubmatch(text); m != nil {
			what += fmt.Sprintf(" titled “%s”", shown(html.UnescapeString(tag.ReplaceAllString(m[1], " ")), 80))
		}
	case r.isJSON():
		what += "JSON: " + shown(cmp.Or(r.detail(), text), 80)
	default:
		what += "text: " + shown(text, 80)
	}
	if why != "" {
		what += " (" + why + ")"
	}
	return &nonsense{what}
}

var (
	title = regexp.MustCompile(`(?is)<(?:title|h1)\b[^>]*>(.*?)</(?:title|h1)`)
	tag   = regexp.MustCompile(`<[^>]*>`)
)

// elsewhere is a redirect that was not followed.
type elsewhere struct{ to, why string }

func (e *elsewhere) Error() string {
	return "a redirect to " + e.to + ", which was not followed: " + e.why
}

// redirect follows redirects only on the host that was named.
func redirect(req *http.Request, via []*http.Request) error {
	from, to := via[0].URL, req.URL
	no := func(why string) error { return &elsewhere{shown(to.Scheme+"://"+to.Host, 100), why} }
	switch {
	case len(via) >= 5:
		return no("too many redirects")
	case encrypted(to) != nil:
		return no("it is not encrypted")
	case !sameHost(from, to):
		return no("it is another host")
	case req.Method != via[0].Method:
		return no("it would turn " + via[0].Method + " into " + req.Method)
	}
	to.User = nil
	req.Header.Del("Referer")
	return nil
}

// sameHost says whether scheme, host and port are the same. http may become https.
func sameHost(from, to *url.URL) bool {
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	port := func(u *url.URL) string {
		return cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	return from.Scheme == to.Scheme && port(from) == port(to) ||
		from.Scheme == "http" && to.Scheme == "https" && (port(to) == port(from) || port(to) == "443")
}

// shown is a server's text as it may be shown: in one line, cut after most
// characters, without what a terminal would obey or hide.
func shown(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s[:min(len(s), 8*most)]); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return escaped(s)
}

// escaped is s, in which characters that do not print are escapes: \u001b.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

const repeats = "[secret]: the answer repeats the credentials and is not shown"

// hush replaces an error that holds a secret, or a piece of one.
func (s *service) hush(err error) error {
	var strange *nonsense
	var away *elsewhere
	switch {
	case err == nil || !s.holdsSecret([]byte(err.Error()), true):
		return err
	case errors.As(err, &strange), errors.As(err, &away):
		return &nonsense{repeats}
	}
	return errors.New(repeats)
}

// holdsSecret says whether a text holds one of the service's secrets, however it is
// written: escaped as in JSON, URLs, HTML, base64 or hex, in other case, folded, or
// with other characters in between. With pieces, eight characters of it are enough.
func (s *service) holdsSecret(text []byte, pieces bool) bool {
	if len(s.secrets) == 0 {
		return false
	}
	if s.traces == nil {
		s.traces, s.pieces = map[string]bool{}, map[string]bool{}
		for _, k := range s.secrets {
			s.trace(k)
		}
	}
	// A secret may be in any layer of escapes.
	for range 4 {
		bare := string(alphanumeric(text))
		for t := range s.traces {
			if strings.Contains(bare, t) {
				return true
			}
		}
		for i := 0; pieces && i+piece <= len(bare); i++ {
			if s.pieces[bare[i:i+piece]] {
				return true
			}
		}
		next := unescape(text)
		if len(next) == len(text) {
			return false
		}
		text = next
	}
	return false
}

const piece = 8 // characters

// trace notes what is left of a secret, and of its encodings, if only letters and
// digits are kept.
func (s *service) trace(k Secret) {
	if len(k) < 4 {
		return
	}
	add := func(b []byte) {
		t := string(alphanumeric(b))
		if len(t) < 4 {
			return
		}
		s.traces[t] = true
		for i := 0; i+piece <= len(t); i++ {
			if p := t[i : i+piece]; varied(p) {
				s.pieces[p] = true
			}
		}
	}
	plain := []byte(k)
	for range 4 {
		add(plain)
		next := unescape(plain)
		if len(next) == len(plain) {
			break
		}
		plain = next
	}
	add([]byte(hex.EncodeToString([]byte(k))))
	// In base64, as of key:secret, it begins at one of three offsets. The characters
	// that depend on its neighbours are left out.
	for before, drop := range []int{0, 2, 3} {
		e := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), k...))
		if n := (before + len(k)) / 3 * 4; n-drop >= piece {
			add([]byte(e[drop:n]))
		}
	}
}

// varied says whether a piece is rare: some tokens begin with many A.
func varied(p string) bool {
	seen := map[rune]bool{}
	for _, r := range p {
		seen[r] = true
	}
	return len(seen) > 3
}

// alphanumeric are the ASCII letters and digits of b, in lower case.
func alphanumeric(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		switch {
		case 'A' <= c && c <= 'Z':
			out = append(out, c|0x20)
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			out = append(out, c)
		}
	}
	return out
}

// unescape undoes one layer of the escapes of JSON, URLs and HTML. The result is
// shorter than b, or equal.
func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		text, n := escape(b[i:])
		if n == 0 {
			out = append(out, b[i])
			n = 1
		}
		out = append(out, text...)
		i += n
	}
	return out
}

// escape is the escape with which b begins: what it means and its length, 0 if b
// does not begin with one.
func escape(b []byte) (text string, n int) {
	hex := func(at int) (byte, bool) {
		if len(b) < at+2 {
			return 0, false
		}
		c, err := strconv.ParseUint(string(b[at:at+2]), 16, 8)
		return byte(c), err == nil
	}
	switch b[0] {
	case '\\':
		if r, m := archive.EscapedRune(b); m > 0 {
			return string(r), m
		}
		if len(b) >= 4 && b[1] == 'x' {
			if c, ok := hex(2); ok {
				return string([]byte{c}), 4
			}
			return "", 0
		}
		if len(b) > 1 && strings.IndexByte("nrtbf", b[1]) >= 0 {
			return " ", 2
		}
		return "", 1 // as in \/
	case '%':
		if c, ok := hex(1); ok {
			return string([]byte{c}), 3
		}
	case '&':
		m := entity.Find(b[:min(len(b), 40)])
		if u := html.UnescapeString(string(m)); len(u) < len(m) {
			return u, len(m)
		}
	}
	return "", 0
}

var entity = regexp.MustCompile(`^&(#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z0-9]+);?`)

// stateOf is the state that an error code of v1.1 means, "" if none.
func stateOf(code int) State {
	switch code {
	case 34, 144, 421, 422: // no such page, no such tweet, deleted, deleted for breaking the rules
		return Gone
	case 63, 179: // its account is suspended, or protected; 64 would be our own account
		return Hidden
	case 450, 452: // withheld
		return Withheld
	}
	return ""
}

// isProblem says whether the reply is an error in the form of X's APIs.
func (r *reply) isProblem() bool {
	p := r.problem()
	for _, e := range p.Errors {
		if e.Code != 0 || e.Message != "" && p.Type != "" {
			return true
		}
	}
	return p.Title != "" && strings.Contains(p.Type, "/problems/") || p.Title != "" && p.Type == "about:blank"
}

// isList says whether the reply is a JSON array.
func (r *reply) isList() bool {
	s := strings.TrimSpace(string(r.body[:min(len(r.body), 100)]))
	return strings.HasPrefix(s, "[") && json.Valid(r.body)
}
