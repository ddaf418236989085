package store

import (
	"database/sql"
	"maps"
	"slices"
)

// Tested in identity_test.go.

// A neighbourhood is what a batch reads from the archive to find out which tweets its embeds
// are of.
type neighbourhood struct {
	*batch
	blocks map[int64][]*variant // all variants of each block; of exact blocks only some
	known  map[variantKey]*variant
	exact  map[int64]bool // blocks in which only embeds with equal words are one tweet
}

type variantKey struct{ block, hash int64 }

// put adds a variant, or joins it to the one that is there; it returns that one.
func (n *neighbourhood) put(v *variant) *variant {
	at := variantKey{v.block, v.hash}
	if old := n.known[at]; old != nil {
		before := v.before
		switch {
		case old.current == v.current:
			before = old.before.with(v.before)
		case old.current:
			before = old.before
		}
		if old.tweet != v.tweet && (before != old.before || before != v.before) { // one of them is new
			n.touched[max(old.tweet, v.tweet)] = true
		}
		old.before = before
		if old.tweet == 0 { // it was added before the archive was read
			old.tweet = v.tweet
		}
		old.current = old.current || v.current
		return old
	}
	n.known[at] = v
	n.blocks[v.block] = append(n.blocks[v.block], v)
	return v
}

// gather loads the blocks of added and removed embeds, and returns the blocks in which
// variants are new or may be gone.
func (n *neighbourhood) gather() (changed map[int64]bool, err error) {
	ask := map[int64]bool{}
	for _, a := range n.added {
		ask[a.v.block] = true
	}
	maps.Copy(ask, n.dirty)
	if err := n.load(slices.Sorted(maps.Keys(ask))); err != nil {
		return nil, err
	}
	changed = maps.Clone(n.dirty)
	for _, a := range n.added {
		old := n.known[variantKey{a.v.block, a.v.hash}]
		if old != nil && a.v.current && !old.current { // no longer superseded
			changed[old.block] = true
			n.touched[old.tweet] = true
		}
		v := n.put(a.v)
		a.own = v == a.v
		if a.own {
			changed[v.block] = true
		}
		a.v = v
	}
	for block := range ask {
		if isCrowded(n.blocks[block]) {
			n.exact[block] = true
		}
	}
	return changed, nil
}

// load reads one embed of each variant of the blocks, except of exact blocks.
func (n *neighbourhood) load(blocks []int64) error {
	var ask []int64
	for _, block := range blocks {
		switch {
		case !paired(block), n.Writer.crowded[block] && !n.dirty[block]:
			n.exact[block] = true
		default:
			ask = append(ask, block)
		}
	}
	err := n.read(`WHERE id IN (SELECT min(id) FROM embeds WHERE block IN (SELECT value FROM json_each(?)) GROUP BY block, variant, current)`, list(ask))
	if err != nil {
		return err
	}
	for _, block := range ask {
		if isCrowded(n.blocks[block]) {
			n.Writer.crowded[block], n.exact[block] = true, true
		} else {
			delete(n.Writer.crowded, block)
		}
	}
	return nil
}

func (n *neighbourhood) read(where string, args ...any) error {
	return n.query(func(r *sql.Rows) error {
		v, err := scanVariant(r)
		if err == nil {
			n.put(v)
		}
		return err
	}, `SELECT `+variantColumns+` FROM embeds `+where+` ORDER BY id`, args...)
}

// clusters divides the changed blocks, and the blocks that share a code of pic.twitter.com
// with them, into tweets.
func (n *neighbourhood) clusters(changed map[int64]bool) ([]*cluster, error) {
	codes := maps.Clone(n.media)
	for block := range changed {
		for _, v := range n.blocks[block] {
			if v.media != "" {
				codes[v.media] = true
			}
		}
	}
	sharing, err := n.loadSharing(codes, changed)
	if err != nil {
		return nil, err
	}
	var all []*cluster
	groups := map[string][]*cluster{}
	for _, block := range slices.Sorted(maps.Keys(n.blocks)) {
		if !changed[block] && !slices.ContainsFunc(n.blocks[block], func(v *variant) bool { return codes[v.media] }) {
			continue
		}
		for _, c := range n.divide(block) {
			if !changed[block] && (c.media == "" || !codes[c.media]) {
				continue
			}
			all = append(all, c)
			if c.media != "" && len(sharing[c.media]) > 1 && len(sharing[c.media]) <= popular {
				groups[c.media] = append(groups[c.media], c)
			}
		}
	}
	for _, group := range groups {
		rename(group)
	}
	return all, nil
}

// loadSharing loads the blocks that have one of the codes, and returns which blocks have
// which code in current embeds.
func (n *neighbourhood) loadSharing(codes map[string]bool, changed map[int64]bool) (sharing map[string]map[int64]bool, err error) {
	sharing = map[string]map[int64]bool{}
	if len(codes) == 0 {
		return sharing, nil
	}
	share := func(code string, block int64) {
		if sharing[code] == nil {
			sharing[code] = map[int64]bool{}
		}
		sharing[code][block] = true
	}
	further := map[int64]bool{} // blocks to load
	asked := list(slices.Sorted(maps.Keys(codes)))
	err = n.query(func(r *sql.Rows) error {
		var code string
		var block int64
		var current bool
		err := r.Scan(&code, &block, &current)
		if current {
			share(code, block)
		} else {
			further[block] = true
		}
		return err
	}, `SELECT DISTINCT media, block, current FROM embeds WHERE media IN (SELECT value FROM json_each(?)) AND media <> ''`, asked)
	if err != nil {
		return nil, err
	}
	for _, blocks := range sharing {
		if len(blocks) <= popular {
			maps.Copy(further, blocks)
		}
	}
	if err := n.loadFurther(further, asked); err != nil {
		return nil, err
	}
	for block := range changed {
		for _, v := range n.blocks[block] {
			if v.media != "" && v.current {
				share(v.media, block)
			}
		}
	}
	return sharing, nil
}

// loadFurther loads blocks that are not loaded yet; of exact ones only the variants with
// one of the codes.
func (n *neighbourhood) loadFurther(further map[int64]bool, codes string) error {
	maps.DeleteFunc(further, func(block int64, _ bool) bool {
		_, loaded := n.blocks[block]
		return loaded && !n.exact[block]
	})
	blocks := slices.Sorted(maps.Keys(further))
	if err := n.load(blocks); err != nil {
		return err
	}
	exact := slices.DeleteFunc(blocks, func(block int64) bool { return !n.exact[block] })
	if len(exact) == 0 {
		return nil
	}
	return n.read(`WHERE id IN (SELECT min(id) FROM embeds INDEXED BY embeds_media WHERE media IN (SELECT value FROM json_each(?)) AND media <> '' AND block IN (SELECT value FROM json_each(?)) GROUP BY block, variant, current)`, codes, list(exact))
}

// divide divides a block into tweets.
func (n *neighbourhood) divide(block int64) []*cluster {
	var current, superseded []*variant
	for _, v := range n.blocks[block] {
		if v.current {
			current = append(current, v)
		} else {
			superseded = append(superseded, v)
		}
	}
	return withSuperseded(clusters(current, n.exact[block]), superseded, n.exact[block])
}

// withSuperseded adds to tweets the superseded variants of their block. These decide
// nothing: they go to the tweet that they fit, or become tweets of their own, which are
// hidden.
func withSuperseded(tweets []*cluster, superseded []*variant, exact bool) []*cluster {
	current := len(tweets)
	exact = exact || len(superseded) > crowded
	for _, c := range clusters(superseded, exact) {
		same := slices.IndexFunc(tweets[:current], func(k *cluster) bool { return k.key == c.key })
		if same < 0 && c.id == "" && !exact {
			if k, _ := c.best(tweets[:current]); k != nil {
				same = slices.Index(tweets, k)
			}
		}
		if same >= 0 {
			c.key = tweets[same].key
		}
		c.media = "" // so that it joins nothing in other blocks
		tweets = append(tweets, c)
	}
	return tweets
}

// isCrowded says whether a block has so many current variants that it becomes exact.
func isCrowded(block []*variant) bool {
	n := 0
	for _, v := range block {
		if v.current {
			n++
		}
	}
	return n > crowded
}
