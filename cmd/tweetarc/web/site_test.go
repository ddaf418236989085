package web

import (
	"strings"
	"testing"
)

func TestPager(t *testing.T) {
	for _, x := range []struct {
		number, total int
		want          string
	}{
		{1, 0, "1-0:"},
		{1, 10, "1-10:"},
		{1, 11, "1-10: [1] 2 >"},
		{2, 30, "11-20:< 1 [2] 3 >"},
		{50, 1000, "491-500:< 1 … 49 [50] 51 … 100 >"},
		{100, 1000, "991-1000:< 1 … 99 [100]"},
		{999, 1000, "991-1000:< 1 … 99 [100]"},
		{-5, 30, "1-10: [1] 2 3 >"},
	} {
		p, _ := newPager(x.number, 10, x.total, func(n int) string { return "/" + grouped(n) })
		var b strings.Builder
		b.WriteString(grouped(p.From) + "-" + strings.ReplaceAll(grouped(p.To), ",", "") + ":")
		if p.Back != "" {
			b.WriteString("<")
		}
		for _, c := range p.Pages {
			switch {
			case c.Label == "":
				b.WriteString(" …")
			case c.Now:
				b.WriteString(" [" + c.Label + "]")
			default:
				b.WriteString(" " + c.Label)
			}
		}
		if p.On != "" {
			b.WriteString(" >")
		}
		if b.String() != x.want {
			t.Errorf("page %d of %d: %s, want %s", x.number, x.total, b.String(), x.want)
		}
	}
}
