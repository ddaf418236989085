package attribution

import (
	"strings"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/archive/detect/internal/char"
	"example.org/tweetarc/archive/detect/internal/view"
)

// Tested in attribution_test.go.

// maxRest is the greatest number of bytes between an attribution's handle and the end of
// a tweet: a date, a comma, "on Twitter".
const maxRest = 80

// HasDash reports whether a dash is between the text and the name.
func (a *Attribution) HasDash() bool { return a.Mark >= Hyphen && a.Mark <= EmDash }

// HasLostDash reports whether the mark is a dash only if the article's dashes were lost.
func (a *Attribution) HasLostDash() bool { return a.Mark == LostDash || a.Mark == GluedMark }

// Last reads the attribution at the end of v, which is a whole tweet. If the markup says
// that it is one (known), the handle may lack its parentheses: "— Name @handle".
func Last(v *view.View, known bool) (a Attribution, ok bool) {
	for at := lastAt(v.Text); at > 0; at = lastAt(v.Text[:at]) {
		if parenthesisBefore(v.Text, at) < 0 {
			continue
		}
		if a, ok = At(v, at, Context{Known: true}); ok {
			if len(char.Trim(v.Text[a.Close:])) > maxRest {
				return Attribution{}, false
			}
			if b, ok := before(v, &a); ok {
				return b, true
			}
			return a, true
		}
		break
	}
	if known {
		return bare(v)
	}
	return Attribution{}, false
}

// before is the attribution that a repeats.
func before(v *view.View, a *Attribution) (b Attribution, ok bool) {
	at := lastAt(v.Text[:a.Text])
	if at <= 0 || parenthesisBefore(v.Text, at) < 0 {
		return b, false
	}
	b, ok = At(v, at, Context{Known: true})
	return b, ok && b.End >= a.End
}

// lastAt is the place of the last @ of s; -1 if there is none.
func lastAt(s string) int { return strings.LastIndexAny(s, "@＠") }

// Linked reads a dash and a handle without parentheses, "— @janeroe". The handle must be
// a link to a tweet of its own user. Its @ is at byte at.
func Linked(v *view.View, at, from int) (a Attribution, ok bool) {
	s, end := v.Text, at+1
	for end < len(s) && archive.IsHandleByte(s[end]) {
		end++
	}
	i := at
	for n := char.BlankBefore(s, i); n > 0 && i > from; n = char.BlankBefore(s, i) {
		i -= n
	}
	n, m := dashBefore(s, i, from, i)
	if m != EmDash && m != DoubleHyphen {
		return a, false
	}
	a = Attribution{Handle: s[at+1 : end], Text: i - n, Name: at, Open: at, Close: end, End: end, Mark: m}
	for _, l := range v.Touching(at, end) {
		if st, is := archive.FindStatus(l.Target); is && strings.EqualFold(st.Handle, a.Handle) {
			a.ID, a.End, ok = st.ID, max(a.End, l.End), true
		}
	}
	return a, ok
}

// bare reads "— Name @handle" or "— @handle" on the last line.
func bare(v *view.View) (a Attribution, ok bool) {
	s := v.Text
	line := strings.LastIndexByte(s, '\n') + 1
	if line == 0 || len(s)-line > maxNameLine+maxRest || !a.leadingDash(s, line, len(s)) {
		return Attribution{}, false
	}
	for at := a.Name; ; at++ {
		n := strings.IndexByte(s[at:], '@')
		if n < 0 {
			return Attribution{}, false
		}
		at += n
		end := at + 1
		for end < len(s) && archive.IsHandleByte(s[end]) {
			end++
		}
		after := strings.TrimLeft(s[end:], ",:")
		if (at == a.Name || char.BlankBefore(s, at) > 0) && archive.IsHandle(s[at+1:end]) && (after == "" || char.Blank(after, 0) > 0) {
			a.Handle, a.Open, a.Close = s[at+1:end], at, len(s)-len(after)
			a.Author = displayName(s[a.Name:at])
			a.End = a.Close
			a.dayAt(v, a.skipToDate(v.Text, true))
			if !a.Dated && a.ID == "" {
				a.readBetween(v, true)
			}
			return a, true
		}
	}
}

// First reads "Name (@handle)", alone on the first line of a tweet. It returns where the
// line ends.
func First(v *view.View) (a Attribution, end int, ok bool) {
	end = strings.IndexByte(v.Text, '\n')
	if end < 0 || end > maxNameLine {
		return a, 0, false
	}
	line := *v
	line.Text = v.Text[:end]
	a, ok = At(&line, strings.LastIndexByte(line.Text, '@'), Context{Known: true})
	if !ok || a.Open == 0 || char.Trim(line.Text[a.Close:]) != "" || a.HasDash() && a.Text == 0 {
		return Attribution{}, 0, false
	}
	a.Author = displayName(line.Text[:a.Open])
	return a, end, true
}
