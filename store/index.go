package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"sync"
)

// A MATCH hands over row by row what it finds, some half a microsecond each. A
// digest wants all rows at once, and reads them from the index as FTS4 wrote it:
// in tens of nanoseconds each. The format is told at the head of SQLite's fts3.c
// and fts3_write.c:
//
//   - The index is segments, each a tree of nodes; a segment that was written
//     later (of lower level, then of higher idx) holds good against an older one.
//   - An interior node is its height, the block of its first child, and the words
//     that part its children; a leaf is 0, and words with their doclists. Of a
//     word stands how much it shares with the one before, and the rest.
//   - A doclist is rows, the last first: the row (then the difference to the one
//     before) and its positions, up to a 0. A row without positions has the word
//     no longer.
//   - Positions are differences plus 2; a 1 begins another column, whose number
//     follows.
//
// All numbers are varints. All words of a row are written to one segment, for the
// store does not merge in part (automerge; hence errPartly), so that phrases stand
// in one, too.
type index struct {
	rows    int       // of the digest
	stat    [3]uint64 // tweets, and words of each column
	phrases map[*node][]*indexPhrase
}

// An indexPhrase is tokens that stand one behind the other, with their doclists
// by segment and token: of a token that may go on, several.
type indexPhrase struct {
	tokens []indexToken
	lists  [][][][]byte
}

type indexToken struct {
	text   string
	prefix bool // it may go on
}

// What bounds a hostile index, and what is read of any, in bytes.
const (
	maxHeight = 16
	maxRead   = 256 << 20
)

var errIndex = &Error{errors.New("the index of words is damaged"), "see tweetarc verify, or archive again into a new file"}
var errPartly = &Error{errors.New("the index of words is merged in part, by another program"), "INSERT INTO tweets_fts(tweets_fts) VALUES ('optimize') ends it"}
var errMuch = &Error{errors.New("too many tweets have words that this asks for"), "ask for rarer words, and write more of those that end in a star"}

// openIndex reads from the index what it has of the words of nodes.
func openIndex(ctx context.Context, tx *sql.Tx, nodes []*node, n int) (*index, error) {
	x := &index{rows: n, phrases: map[*node][]*indexPhrase{}}
	var stat, root []byte
	err := each(ctx, tx, `SELECT value FROM tweets_fts_stat WHERE id = 0`, []any{&stat}, func() { x.stat = numbers(stat) })
	if err != nil {
		return nil, err
	}
	var roots [][]byte        // of the segments, the latest first
	var partly, partlies bool // a segment that is still being merged has a negative size
	err = each(ctx, tx, `SELECT root, end_block LIKE '% -%' FROM tweets_fts_segdir WHERE level < 1024 ORDER BY level, idx DESC`, []any{&root, &partly}, func() {
		roots = append(roots, bytes.Clone(root))
		partlies = partlies || partly
	})
	switch {
	case err != nil:
		return nil, err
	case partlies:
		return nil, errPartly
	}
	// From all roots at once to all leaves.
	type step struct {
		phrase         *indexPhrase
		token, segment int
		block          int64
		node           []byte
	}
	var now, next []step
	for _, of := range nodes {
		for i := range of.term.phrases {
			tokens, err := tokenize(ctx, of.term.quoted(i))
			if err != nil {
				return nil, err
			}
			phrase := &indexPhrase{tokens: tokens, lists: make([][][][]byte, len(roots))}
			x.phrases[of] = append(x.phrases[of], phrase)
			for s, root := range roots {
				phrase.lists[s] = make([][][]byte, len(tokens))
				for t := range tokens {
					now = append(now, step{phrase, t, s, 0, root})
				}
			}
		}
	}
	for height := uint64(maxHeight); len(now) > 0; now, next = next, now[:0] {
		below := uint64(0)
		var blocks []int64
		for _, at := range now {
			token := at.phrase.tokens[at.token]
			h, n := binary.Uvarint(at.node)
			switch {
			case n <= 0 || h >= height:
				return nil, errIndex
			case h == 0:
				lists := &at.phrase.lists[at.segment][at.token]
				if *lists, err = leafLists(*lists, at.node[n:], token); err != nil {
					return nil, err
				}
				continue
			}
			below = max(below, h)
			first, last, err := children(at.node[n:], token)
			if err != nil {
				return nil, err
			}
			for b := first; b <= last; b++ {
				at.block = b
				next = append(next, at)
				blocks = append(blocks, b)
			}
		}
		height = below
		if len(next) == 0 {
			continue
		}
		nodes, err := readBlocks(ctx, tx, blocks)
		if err != nil {
			return nil, err
		}
		for i := range next {
			next[i].node = nodes[next[i].block]
		}
	}
	return x, nil
}

func readBlocks(ctx context.Context, tx *sql.Tx, ids []int64) (map[int64][]byte, error) {
	blocks := make(map[int64][]byte, len(ids))
	var id int64
	var block []byte
	if len(ids) > maxRead/1024 { // they have some 4 KB, at times less
		return nil, errMuch
	}
	read := 0
	err := each(ctx, tx, `SELECT blockid, block FROM tweets_fts_segments WHERE blockid IN (SELECT value FROM json_each(?))`, []any{&id, &block}, func() {
		if read += len(block); read <= maxRead {
			blocks[id], block = block, nil
		}
	}, list(ids))
	if err == nil && read > maxRead {
		err = errMuch
	}
	return blocks, err
}

// A wordReader reads the words of a node.
type wordReader struct {
	rest []byte
	word []byte
	ok   bool
}

func (r *wordReader) number() int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > uint64(len(r.rest)) {
		r.ok = false
		return 0
	}
	r.rest = r.rest[n:]
	return int(v)
}

func (r *wordReader) take(n int) []byte {
	if n > len(r.rest) {
		r.ok, n = false, len(r.rest)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// next reads a word; first has nothing before it to share.
func (r *wordReader) next(first bool) {
	shared := 0
	if !first {
		shared = r.number()
	}
	if shared > len(r.word) {
		r.ok, shared = false, 0
	}
	r.word = append(r.word[:shared], r.take(r.number())...)
}

// children are the blocks below an interior node that have the token.
func children(node []byte, token indexToken) (first, last int64, err error) {
	block, n := binary.Uvarint(node)
	if n <= 0 || block > math.MaxInt64/2 {
		return 0, 0, errIndex
	}
	r := wordReader{rest: node[n:], ok: true}
	first, last = int64(block), int64(block)
	for begin := true; len(r.rest) > 0; begin = false {
		r.next(begin)
		if !r.ok {
			return 0, 0, errIndex
		}
		if block++; string(r.word) <= token.text {
			first, last = int64(block), int64(block)
		} else if token.prefix && bytes.HasPrefix(r.word, []byte(token.text)) {
			last = int64(block)
		} else {
			break
		}
	}
	return first, last, nil
}

// leafLists adds the doclists that a leaf has of the token.
func leafLists(all [][]byte, node []byte, token indexToken) ([][]byte, error) {
	r := wordReader{rest: node, ok: true}
	for begin := true; len(r.rest) > 0; begin = false {
		r.next(begin)
		list := r.take(r.number())
		if !r.ok {
			return nil, errIndex
		}
		if string(r.word) == token.text || token.prefix && bytes.HasPrefix(r.word, []byte(token.text)) {
			all = append(all, list)
		} else if string(r.word) > token.text {
			break
		}
	}
	return all, nil
}

// A doclist is read from its beginning, the last row.
type doclist struct {
	rest  []byte
	begun bool
	row   int64
	pos   []byte
}

// next goes to the next row. What is damaged ends the list.
func (l *doclist) next() bool {
	if len(l.rest) == 0 {
		return false
	}
	delta, n := uint64(l.rest[0]), 1
	if delta >= 0x80 {
		if delta, n = binary.Uvarint(l.rest); n <= 0 {
			return false
		}
	}
	end := n // a 0 stands nowhere in a number but as the number 0
	for end < len(l.rest) && l.rest[end] != 0 {
		end++
	}
	if end == len(l.rest) {
		return false
	}
	if l.row -= int64(delta); !l.begun {
		l.row, l.begun = int64(delta), true
	}
	l.pos, l.rest = l.rest[n:end], l.rest[end+1:]
	return l.row >= 0
}

// to goes on to a row, and tells whether the list has it.
func (l *doclist) to(row int64) bool {
	for !l.begun || l.row > row {
		if !l.next() {
			l.row, l.begun = -1, true
			return false
		}
	}
	return l.row == row
}

// A position is a column, and a place in it.
type position struct{ column, at uint64 }

// positions are those of a row.
func positions(all []position, pos []byte) []position {
	var p position
	for len(pos) > 0 {
		v, n := binary.Uvarint(pos)
		if n <= 0 {
			break
		}
		if pos = pos[n:]; v == 1 {
			p = position{}
			p.column, n = binary.Uvarint(pos)
			pos = pos[max(n, 0):]
			continue
		}
		p.at += v - 2
		all = append(all, p)
	}
	return all
}

// appendPositions writes positions, which are sorted.
func appendPositions(b []byte, all []position) []byte {
	var last position
	for _, p := range all {
		if p.column != last.column {
			b = binary.AppendUvarint(append(b, 1), p.column)
			last = position{column: p.column}
		}
		b = binary.AppendUvarint(b, p.at-last.at+2)
		last = p
	}
	return b
}

// union is the doclist of several.
func union(lists [][]byte) []byte {
	type entry struct {
		row int64
		pos []byte
	}
	var all []entry
	for _, list := range lists {
		for l := (doclist{rest: list}); l.next(); {
			all = append(all, entry{l.row, l.pos})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return -cmp.Compare(a.row, b.row) })
	var b []byte
	var at []position
	last := int64(0)
	for i := 0; i < len(all); {
		row := all[i].row
		for at = at[:0]; i < len(all) && all[i].row == row; i++ {
			at = positions(at, all[i].pos)
		}
		slices.SortFunc(at, func(a, b position) int { return cmp.Or(cmp.Compare(a.column, b.column), cmp.Compare(a.at, b.at)) })
		delta := last - row
		if len(b) == 0 {
			delta = row
		}
		b = append(appendPositions(binary.AppendUvarint(b, uint64(delta)), at), 0)
		last = row
	}
	return b
}

// each calls f with the rows that have the phrase, of those from floor on, and
// where its last token stands; with the same row several times where that may go
// on.
func (x *index) each(p *indexPhrase, floor int64, f func(row int32, pos []byte)) {
	done := newRows(x.rows) // told by a later segment
	fresh := func(row int64) bool { return row < int64(x.rows) && !done.has(int32(row)) }
	var last, here, both []position
	var joined []byte
	for segment, lists := range p.lists {
		if len(lists) == 0 || len(lists[0]) == 0 {
			continue
		}
		if len(lists) == 1 {
			for _, list := range lists[0] {
				for l := (doclist{rest: list}); l.next() && l.row >= floor; {
					if !fresh(l.row) {
						continue
					}
					if len(lists[0]) == 1 {
						done.add(int32(l.row))
					}
					if len(l.pos) > 0 {
						f(int32(l.row), l.pos)
					}
				}
			}
			if len(lists[0]) > 1 && segment < len(p.lists)-1 { // then a row may stand in several
				for _, list := range lists[0] {
					for l := (doclist{rest: list}); l.next() && l.row >= floor; {
						if fresh(l.row) {
							done.add(int32(l.row))
						}
					}
				}
			}
			continue
		}
		tokens := make([]doclist, len(lists))
		for i, of := range lists {
			switch len(of) {
			case 0:
			case 1:
				tokens[i].rest = of[0]
			default:
				tokens[i].rest = union(of)
			}
		}
		for first := &tokens[0]; first.next() && first.row >= floor; {
			if !fresh(first.row) {
				continue
			}
			done.add(int32(first.row))
			missing := false
			for i := 1; i < len(tokens) && !missing; i++ {
				missing = !tokens[i].to(first.row)
			}
			if missing {
				continue
			}
			last = positions(last[:0], first.pos)
			for i := 1; i < len(tokens) && len(last) > 0; i++ {
				here, both = positions(here[:0], tokens[i].pos), both[:0]
				at := 0
				for _, p := range last {
					p.at++
					for at < len(here) && (here[at].column < p.column || here[at].column == p.column && here[at].at < p.at) {
						at++
					}
					if at < len(here) && here[at] == p {
						both = append(both, p)
					}
				}
				last, both = both, last
			}
			if len(last) > 0 {
				joined = appendPositions(joined[:0], last)
				f(int32(first.row), joined)
			}
		}
	}
}

// find is the set of what words find, of the rows from floor on.
func (x *index) find(n *node, floor int64) rows {
	set := newRows(x.rows)
	switch n.op {
	case 0:
		for i, p := range x.phrases[n] {
			of := set
			if i > 0 {
				of = newRows(x.rows)
			}
			x.each(p, floor, func(row int32, _ []byte) { of.add(row) })
			for w := range set {
				set[w] &= of[w]
			}
		}
	case '|':
		for _, k := range n.kids {
			for w, bits := range x.find(k, floor) {
				set[w] |= bits
			}
		}
	case '&':
		for i := range set {
			set[i] = math.MaxUint64
		}
		for _, k := range n.kids {
			if k.op == '-' {
				for w, bits := range x.find(k.kids[0], floor) {
					set[w] &^= bits
				}
				continue
			}
			for w, bits := range x.find(k, floor) {
				set[w] &= bits
			}
		}
	}
	return set
}

// ranks is how good the rows of a set are as answers to the words of nodes, in
// the order of rows: see relevance.
func (x *index) ranks(nodes []*node, set rows, length [2][]uint16) (ids []int32, scores []float64) {
	at := map[int32]int{}
	set.each(func(i int32) {
		at[i] = len(ids)
		ids = append(ids, i)
	})
	hits := make([][2]int, len(ids))
	scores = make([]float64, len(ids))
	all := max(1, x.stat[0])
	var where []position
	for _, of := range nodes {
		for _, p := range x.phrases[of] {
			clear(hits)
			with := [2]rows{newRows(x.rows), newRows(x.rows)}
			x.each(p, 0, func(row int32, pos []byte) {
				if pos[0] != 1 {
					with[0].add(row)
				}
				if hasColumn(pos) {
					with[1].add(row)
				}
				if set.has(row) {
					where = positions(where[:0], pos)
					for _, p := range where {
						hits[at[row]][p.column&1]++
					}
				}
			})
			for column := range 2 {
				n := with[column].count()
				average := (x.stat[1+column] + all/2) / all
				for i, id := range ids {
					if h := hits[i][column]; h > 0 {
						scores[i] += relevance(column, float64(all), float64(n), float64(h), float64(average), float64(length[column][id]))
					}
				}
			}
		}
	}
	return ids, scores
}

// hasColumn tells whether positions go on in another column than the first.
func hasColumn(pos []byte) bool {
	for i, c := range pos {
		if c == 1 && (i == 0 || pos[i-1] < 0x80) {
			return true
		}
	}
	return false
}

// numbers are the first varints of a blob.
func numbers(b []byte) (all [3]uint64) {
	for i := range all {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			break
		}
		all[i], b = v, b[n:]
	}
	return all
}

// tokenizer is FTS4's, as the table tweets_fts has it, in an empty database.
var tokenizer = sync.OnceValues(func() (*sql.Stmt, error) {
	db, err := sql.Open(driver, "file:tokenizer?mode=memory")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE VIRTUAL TABLE tokens USING fts3tokenize(unicode61, "remove_diacritics=2")`); err != nil {
		return nil, err
	}
	return db.Prepare(`SELECT token, substr(CAST(input AS BLOB), "end" + 1, 1) = x'2a' FROM tokens WHERE input = ? ORDER BY position`)
})

// tokenize cuts what stands in the quotes of a MATCH.
func tokenize(ctx context.Context, phrase string) (all []indexToken, err error) {
	cut, err := tokenizer()
	if err != nil {
		return nil, err
	}
	rows, err := cut.QueryContext(ctx, phrase)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t indexToken
		if err := rows.Scan(&t.text, &t.prefix); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
