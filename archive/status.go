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
)

// FirstDay is the day of the first tweet.
const FirstDay = "2006-03-21"

// IsStatusID tells whether s can be a status ID: decimal digits without a
// leading zero, small ones from before 2010-11-04 or of 14 to 19 digits after,
// and none from the future.
func IsStatusID(s string) bool {
	n, ok := statusNumber(s)
	if !ok {
		return false
	}
	if n <= lastSequential {
		return true
	}
	// Nothing valid lies between the sequence and the first snowflakes.
	return n >= 1e13 && statusTime(n).Before(time.Now().Add(24*time.Hour))
}

func statusNumber(s string) (uint64, bool) {
	if s == "" || s[0] == '0' || len(s) > 19 {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 63)
	return n, err == nil
}

func statusTime(n uint64) time.Time {
	return time.UnixMilli(int64(n>>22) + snowflakeEpoch).UTC()
}

// StatusTime is the time, exact to the millisecond, at which the tweet with
// this ID was posted. IDs from before 2010-11-04 do not tell it.
func StatusTime(id string) (time.Time, bool) {
	n, ok := statusNumber(id)
	if !ok || n <= lastSequential {
		return time.Time{}, false
	}
	return statusTime(n), true
}

// Status is what the address of a tweet says.
type Status struct {
	ID     string
	Handle string // "" where the address has none, or a dummy (i, X)
	Start  int    // where in the string the address begins and ends, in bytes
	End    int
}

// WithID completes a tweet from its ID: exact time and, where no day was
// printed, the UTC day.
func (t *Tweet) WithID(id string) {
	t.ID = id
	if at, ok := StatusTime(id); ok {
		t.At = at
		if t.Date == "" {
			t.Date = at.Format(time.DateOnly)
		}
	}
}

// IsHandle tells whether s can be a user name: 1 to 20 of A-Z a-z 0-9 _ (15
// since 2007, 20 before).
func IsHandle(s string) bool {
	if s == "" || len(s) > 20 {
		return false
	}
	for i := range len(s) {
		if !isHandleByte(s[i]) {
			return false
		}
	}
	return true
}

func isHandleByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// FindStatus reads the first address of a tweet in s, in any of its forms:
// twitter.com, x.com, mobile., m., www., nitter.*; status, statuses, #!/,
// i/web/status, i/status; percent-encoded inside another address, with JSON's
// escaped slashes, wrapped by web.archive.org or another archive.
func FindStatus(s string) (Status, bool) {
	for at := 0; ; {
		i := strings.Index(s[at:], "status")
		if i < 0 {
			return Status{}, false
		}
		i += at
		if st, ok := statusAt(s, i); ok {
			return st, true
		}
		at = i + len("status")
	}
}

// statusAt reads the address whose path segment "status" begins at i.
func statusAt(s string, i int) (Status, bool) {
	end := i + len("status")
	if strings.HasPrefix(s[end:], "es") {
		end += 2
	}
	n := slashAfter(s, end)
	if n == 0 {
		return Status{}, false
	}
	end += n
	digits := end
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	id := s[digits:end]
	if !IsStatusID(id) {
		return Status{}, false
	}
	// Outward to the left: /handle, then the host.
	p, ok := slashBefore(s, i)
	if !ok {
		return Status{}, false
	}
	user := p
	for user > 0 && isHandleByte(s[user-1]) {
		user--
	}
	if user >= 2 && s[user-1] == '2' && s[user-2] == '%' { // cannot be: %2F ends in F
		return Status{}, false
	}
	name := s[user:p]
	if enc := strings.LastIndex(strings.ToUpper(name), "2F"); enc >= 0 && user > 0 && s[user-1] == '%' && enc == 0 {
		name, user = name[2:], user+2
	}
	if q, ok := slashBefore(s, user); ok && name == "web" {
		user = q
		for user > 0 && isHandleByte(s[user-1]) {
			user--
		}
		if strings.HasPrefix(strings.ToUpper(s[user:q]), "2F") && user > 0 && s[user-1] == '%' {
			user += 2
		}
		name = s[user:q]
	}
	p, ok = slashBefore(s, user)
	if !ok {
		return Status{}, false
	}
	if strings.HasSuffix(s[:p], "#!") {
		if p, ok = slashBefore(s, p-2); !ok {
			return Status{}, false
		}
	} else if strings.HasSuffix(strings.ToUpper(s[:p]), "%23!") {
		if p, ok = slashBefore(s, p-4); !ok {
			return Status{}, false
		}
	}
	host := p
	for host > 0 && isHostByte(s[host-1]) {
		host--
	}
	h := s[host:p]
	if strings.HasPrefix(strings.ToUpper(h), "2F") && host > 0 && s[host-1] == '%' {
		h, host = h[2:], host+2
	}
	if i := strings.LastIndexByte(h, ':'); i >= 0 && strings.Trim(h[i+1:], "0123456789") == "" {
		h = h[:i] // a port, as the Wayback Machine writes it
	}
	if !isTwitterHost(strings.ToLower(h)) {
		return Status{}, false
	}
	if !IsHandle(name) || strings.EqualFold(name, "i") || name == "X" {
		name = ""
	}
	return Status{ID: id, Handle: name, Start: schemeBefore(s, host), End: end}, true
}

func isHostByte(c byte) bool {
	return isHandleByte(c) || c == '.' || c == '-' || c == ':'
}

// slashAfter is the length of a slash at s[i], plain, escaped or encoded.
func slashAfter(s string, i int) int {
	for _, slash := range [...]string{"/", `\/`, "%2F", "%2f", "%252F"} {
		if strings.HasPrefix(s[i:], slash) {
			return len(slash)
		}
	}
	return 0
}

// slashBefore is where a slash that ends at i begins.
func slashBefore(s string, i int) (int, bool) {
	for _, slash := range [...]string{`\/`, "/", "%2F", "%2f", "%252F"} {
		if strings.HasSuffix(s[:i], slash) {
			return i - len(slash), true
		}
	}
	return 0, false
}

// schemeBefore is where the scheme of the address whose host begins at i begins.
func schemeBefore(s string, i int) int {
	for _, scheme := range [...]string{"https://", "http://", `https:\/\/`, `http:\/\/`, "https%3A%2F%2F", "http%3A%2F%2F", "//"} {
		if j := i - len(scheme); j >= 0 && strings.EqualFold(s[j:i], scheme) {
			return j
		}
	}
	return i
}

// isTwitterHost knows the hosts under which tweets are shown (seen in the
// sources of fixtures/README.md; nitter's instances all begin with nitter).
func isTwitterHost(h string) bool {
	for _, sub := range [...]string{"www.", "mobile.", "m.", "en."} {
		h = strings.TrimPrefix(h, sub)
	}
	return h == "twitter.com" || h == "x.com" || h == "fxtwitter.com" || h == "vxtwitter.com" || h == "fixupx.com" ||
		strings.HasPrefix(h, "nitter.")
}
