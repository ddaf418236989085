package page

import "golang.org/x/net/html/atom"

// Tested in page_test.go.

// elements is the stack of open elements. Formatting and paragraphs are not on it: pages
// close them in any order, and nobody asks where they end.
type elements struct {
	stack []int             // start tags
	count map[atom.Atom]int // how many of each tag are on it
}

func (e *elements) push(p *Page, i int) {
	if tag := p.Tokens[i].Tag; !loose[tag] {
		if e.count == nil {
			e.count = map[atom.Atom]int{}
		}
		e.stack = append(e.stack, i)
		e.count[tag]++
	}
}

// pop closes the last open element that the end tag i belongs to, and all elements inside
// it. Inline elements do not close blocks. Each element is passed once.
func (e *elements) pop(p *Page, i int) {
	tag := p.Tokens[i].Tag
	if e.count[tag] == 0 {
		return
	}
	for n := len(e.stack) - 1; n >= 0; n-- {
		top := &p.Tokens[e.stack[n]]
		if tag != top.Tag && Blocks[top.Tag] && !Blocks[tag] {
			return
		}
		e.stack = e.stack[:n]
		e.count[top.Tag]--
		if tag == top.Tag {
			top.Close = i
			return
		}
	}
}

// tagOf is the atom of a name. For a name that HTML does not have it makes one up.
func tagOf(name string) atom.Atom {
	var buf [32]byte
	b := append(buf[:0], name...)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	if a := atom.Lookup(b); a != 0 {
		return a
	}
	h := uint32(2166136261) // FNV-1a
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return atom.Atom(h | unknown)
}

// unknown marks atoms that were made up. The package's own are smaller.
const unknown = 1 << 31

// TagSet is the set of some tags.
func TagSet(as ...atom.Atom) map[atom.Atom]bool {
	m := make(map[atom.Atom]bool, len(as))
	for _, a := range as {
		m[a] = true
	}
	return m
}

var (
	// loose elements have no end that matters: empty elements, formatting, paragraphs.
	loose = TagSet(atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta,
		atom.Param, atom.Source, atom.Track, atom.Wbr, atom.P, atom.B, atom.I, atom.Em, atom.Strong, atom.U, atom.S,
		atom.Small, atom.Big, atom.Font, atom.Tt, atom.Code, atom.Nobr, atom.Center, atom.Html, atom.Body, atom.Head)
	// Aside are elements whose text is not the article's, or is in the page twice.
	Aside = TagSet(atom.Nav, atom.Footer, atom.Select, atom.Button, atom.Noscript)
	// Blocks are elements that break a line.
	Blocks = TagSet(atom.P, atom.Div, atom.Blockquote, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Section,
		atom.Article, atom.Header, atom.Footer, atom.Aside, atom.Nav, atom.Main, atom.Figure, atom.Figcaption, atom.Table,
		atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Pre, atom.Hr, atom.Form,
		atom.Fieldset, atom.Address, atom.Details, atom.Summary, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Body, atom.Html, atom.Head, atom.Center, atom.Iframe, atom.Noscript, atom.Template, atom.Title, atom.Script, atom.Style)
)
