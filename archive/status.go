package archive

import (
	"strconv"
	"strings"
	"time"
)

// Status IDs count milliseconds since 2010-11-04T01:42:54.657Z in their upper
// bits ("snowflake"); the last ID of the older sequence is 29700859247.
const (
	snowflakeEpoch = 1288834974657 // ms since 1970
	lastSequential = 29700859247
	firstSnowflake = 1e13 // no ID is between the two
)

// FirstDay is the day of the first tweet.
const FirstDay = "2006-03-21"

// IsStatusID says whether s can be a status ID: decimal digits without a leading
// zero. IDs are small numbers until 2010-11-04 and have 14 to 19 digits after it;
// an ID from the future is not valid.
func IsStatusID(s string) bool {
	n, ok := statusNumber(s)
	if !ok || n <= lastSequential {
		return ok
	}
	return n >= firstSnowflake && statusTime(n).Before(time.Now().Add(24*time.Hour))
}

func statusNumber(s string) (uint64, bool) {
	if s == "" || s[0] == '0' || len(s) > 19 || !allBytes(s, isDigit) {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 63)
	return n, err == nil
}

func statusTime(n uint64) time.Time {
	return time.UnixMilli(int64(n>>22) + snowflakeEpoch).UTC()
}

// StatusTime is the time, exact to the millisecond, at which the tweet with
// this ID was posted. It is false for IDs before 2010-11-04, which hold no time.
func StatusTime(id string) (time.Time, bool) {
	n, ok := statusNumber(id)
	if !ok || n <= lastSequential {
		return time.Time{}, false
	}
	return statusTime(n), true
}

// WithID sets the tweet's ID, the exact time that is in the ID and, if no day was
// printed, the day in UTC.
func (t *Tweet) WithID(id string) {
	t.ID = id
	if at, ok := StatusTime(id); ok {
		t.At = at
		if t.Date == "" {
			t.Date = at.Format(time.DateOnly)
		}
	}
}

// IsHandle says whether s can be a user name: 1 to 20 characters of A-Z a-z 0-9 _
// (since 2007 at most 15).
func IsHandle(s string) bool {
	return s != "" && len(s) <= 20 && allBytes(s, IsHandleByte)
}

// IsHandleByte says whether c may be in a handle.
func IsHandleByte(c byte) bool { return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

// Status is what the address of a tweet says.
type Status struct {
	ID     string
	Handle string // "" if the address has none, or a placeholder (i, X)
	Start  int    // where in the string the address begins, with its scheme, in bytes
	End    int    // where it ends, with its ID
}

// How an address may be written inside another address, in JSON and in attributes.
var (
	slashes = []string{"/", `\/`, "%2F", "%252F", `\u002F`, `\\/`, `\\u002F`, "&#x2F;", "&#47;", "&sol;"}
	bangs   = []string{"#!", "%23!", "%23%21", "#%21"}
	schemes = []string{"http", "https"}
	colons  = []string{":", "%3A", "%253A", `\u003A`, "&#x3A;", "&#58;", "&colon;"}
)

// The hosts that show tweets, with any label before them. The instances of nitter
// share only their first label.
var statusHosts = []string{"twitter.com", "x.com", "fxtwitter.com", "vxtwitter.com", "fixupx.com", "fixvx.com", "xcancel.com"}

const nitter = "nitter."

// dummies are placeholders for a user name that is not known.
var dummies = map[string]bool{"i": true, "I": true, "X": true}

// maxAddress is how far an address can reach back from its segment "status": host,
// port, "#!" and user, each slash in its longest form.
const maxAddress = 128

// FindStatus finds the first address of a tweet in s, in any of its forms:
// twitter.com, x.com, mobile., m., www., nitter.*; status, statuses, #!/,
// i/web/status, i/status. It may be percent-encoded inside another address, have
// its slashes escaped as in JSON or HTML, or be inside the address of a web
// archive. An address that was cut short ("status/1…") does not count.
func FindStatus(s string) (Status, bool) {
	for at := 0; ; {
		i := strings.Index(s[at:], "status")
		if i < 0 {
			return Status{}, false
		}
		if st, ok := statusAt(s, at+i); ok {
			return st, true
		}
		at += i + len("status")
	}
}

// statusAt reads the address whose path segment "status" begins at i. It reads the
// ID after it first, as that is most often missing, then goes back to the host,
// and from there forward to the user.
func statusAt(s string, i int) (Status, bool) {
	end := i + len("status")
	if strings.HasPrefix(s[end:], "es") {
		end += len("es")
	}
	n := prefixOf(s[end:], slashes)
	if n == 0 {
		return Status{}, false
	}
	end += n
	id := s[end : end+span(s[end:], isDigit)]
	end += len(id)
	if !IsStatusID(id) || strings.HasPrefix(s[end:], "…") || strings.HasPrefix(s[end:], "...") || strings.HasPrefix(s[end:], "&hellip;") {
		return Status{}, false
	}
	from := max(0, i-maxAddress)
	start, path, ok := lastHost(s[from:i])
	if !ok {
		return Status{}, false
	}
	handle, ok := userOf(s[from+path : i])
	if !ok {
		return Status{}, false
	}
	return Status{ID: id, Handle: handle, Start: schemeBefore(s, from+start), End: end}, true
}

// lastHost finds the last host of tweets in s: where it begins, and where the path
// after it begins.
func lastHost(s string) (start, path int, ok bool) {
	var buf [maxAddress]byte
	low := string(asciiLower(buf[:0], s))
	for _, h := range statusHosts {
		at := strings.LastIndex(low, h)
		if at < path || at < 0 || !isHostEnd(low[at+len(h):]) {
			continue
		}
		begin := hostStart(low[:at])
		if begin < at && low[at-1] != '.' {
			continue // netflix.com
		}
		start, path, ok = begin, at+len(h), true
	}
	if at := strings.LastIndex(low, nitter); at >= path && hostStart(low[:at]) == at {
		start, path, ok = at, at+span(low[at:], isHostByte), true
	}
	if port := span(low[path:], func(c byte) bool { return c == ':' || isDigit(c) }); port > 1 && low[path] == ':' {
		path += port // the Wayback Machine writes it
	}
	return start, path, ok
}

func isHostEnd(s string) bool { return s == "" || !isHostByte(s[0]) }

// hostStart is where the host begins that s ends with. The F of an encoded slash
// does not belong to it.
func hostStart(s string) int {
	i := len(s)
	for i > 0 && isHostByte(s[i-1]) {
		i--
	}
	for _, enc := range [...]string{"252f", "2f", "u002f"} {
		if i > 0 && (s[i-1] == '%' || s[i-1] == '\\') && strings.HasPrefix(s[i:], enc) {
			return i + len(enc)
		}
	}
	return i
}

// userOf reads the path from the host to "status": /, /user/, /i/web/,
// /#!/user/.
func userOf(path string) (handle string, ok bool) {
	cut := func(enc []string) bool {
		n := prefixOf(path, enc)
		path = path[n:]
		return n > 0
	}
	if !cut(slashes) {
		return "", false
	}
	if cut(bangs) && !cut(slashes) {
		return "", false
	}
	for seg := 0; path != ""; seg++ {
		name := path[:span(path, IsHandleByte)]
		path = path[len(name):]
		switch {
		case !IsHandle(name) || !cut(slashes):
			return "", false
		case seg == 0 && !dummies[name]:
			handle = name
		case seg > 0 && (seg > 1 || handle != "" || name != "web"):
			return "", false
		}
	}
	return handle, true
}

// schemeBefore is where an address begins, with its scheme, if its host begins at i.
func schemeBefore(s string, i int) int {
	for _, slash := range slashes {
		two := i - 2*len(slash)
		if two < 0 || !strings.EqualFold(s[two:i], slash+slash) {
			continue
		}
		for _, colon := range colons {
			for _, scheme := range schemes {
				if j := two - len(colon) - len(scheme); j >= 0 && strings.EqualFold(s[j:two], scheme+colon) {
					return j
				}
			}
		}
		return two
	}
	return i
}

// prefixOf is the length of the first encoding that s begins with, 0 without one.
func prefixOf(s string, encodings []string) int {
	for _, e := range encodings {
		if len(s) >= len(e) && strings.EqualFold(s[:len(e)], e) {
			return len(e)
		}
	}
	return 0
}

// span is how many bytes at the beginning of s are of a kind.
func span(s string, kind func(byte) bool) int {
	for i := range len(s) {
		if !kind(s[i]) {
			return i
		}
	}
	return len(s)
}

func allBytes(s string, kind func(byte) bool) bool { return span(s, kind) == len(s) }

func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isHostByte(c byte) bool { return c == '.' || c == '-' || IsHandleByte(c) }

// asciiLower appends s to buf in lower case, byte for byte, so that offsets hold.
func asciiLower(buf []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		buf = append(buf, c)
	}
	return buf
}
