package store

import (
	"database/sql"
	"maps"
	"slices"
)

// neighbourhood is what a batch must know of the archive to tell which tweets
// its sightings are of.
type neighbourhood struct {
	*batch
	blocks map[int64][]*variant // all variants of a block; of an exact one, some
	known  map[place]*variant
	exact  map[int64]bool // blocks in which only equal words join
}

type place struct{ block, hash int64 }

// put adds a variant, or returns the one that is there.
func (n *neighbourhood) put(v *variant) *variant {
	at := place{v.block, v.hash}
	if old := n.known[at]; old != nil {
		before := v.before
		switch {
		case old.current == v.current:
			before = old.before.with(v.before)
		case old.current:
			before = old.before
		}
		if old.tweet != v.tweet && (before != old.before || before != v.before) { // one of them is added
			n.touched[max(old.tweet, v.tweet)] = true
		}
		old.before = before
		if old.tweet == 0 { // added before it was read
			old.tweet = v.tweet
		}
		old.current = old.current || v.current
		return old
	}
	n.known[at] = v
	n.blocks[v.block] = append(n.blocks[v.block], v)
	return v
}

// gather loads the blocks of the added sightings and of those that were taken
// away, and returns the blocks in which variants have come or may have gone.
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
		old := n.known[place{a.v.block, a.v.hash}]
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

// load reads one sighting of each variant of the blocks, unless they are exact.
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

// clusters divides the changed blocks, and with them those that share a code of
// pic.twitter.com, into tweets.
func (n *neighbourhood) clusters(changed map[int64]bool) ([]*cluster, error) {
	codes := maps.Clone(n.media)
	for block := range changed {
		for _, v := range n.blocks[block] {
			if v.media != "" {
				codes[v.media] = true
			}
		}
	}
	sharing := map[string]map[int64]bool{} // the blocks that have a code
	if len(codes) > 0 {
		further := map[int64]bool{}
		share := func(code string, block int64) {
			if sharing[code] == nil {
				sharing[code] = map[int64]bool{}
			}
			sharing[code][block] = true
		}
		asked := list(slices.Sorted(maps.Keys(codes)))
		err := n.query(func(r *sql.Rows) error {
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
			if len(blocks) <= popular { // else as before
				maps.Copy(further, blocks)
			}
		}
		maps.DeleteFunc(further, func(block int64, _ bool) bool {
			_, loaded := n.blocks[block]
			return loaded && !n.exact[block]
		})
		blocks := slices.Sorted(maps.Keys(further))
		if err := n.load(blocks); err != nil {
			return nil, err
		}
		var exact []int64
		for _, block := range blocks {
			if n.exact[block] {
				exact = append(exact, block)
			}
		}
		if len(exact) > 0 {
			err := n.read(`WHERE id IN (SELECT min(id) FROM embeds INDEXED BY embeds_media WHERE media IN (SELECT value FROM json_each(?)) AND media <> '' AND block IN (SELECT value FROM json_each(?)) GROUP BY block, variant, current)`, asked, list(exact))
			if err != nil {
				return nil, err
			}
		}
		for block := range changed {
			for _, v := range n.blocks[block] {
				if v.media != "" && v.current {
					share(v.media, block)
				}
			}
		}
	}
	var all []*cluster
	groups := map[string][]*cluster{}
	for _, block := range slices.Sorted(maps.Keys(n.blocks)) {
		if len(n.blocks[block]) == 0 {
			continue
		}
		if !changed[block] && !slices.ContainsFunc(n.blocks[block], func(v *variant) bool { return codes[v.media] }) {
			continue
		}
		var current, superseded []*variant
		for _, v := range n.blocks[block] {
			if v.current {
				current = append(current, v)
			} else {
				superseded = append(superseded, v)
			}
		}
		for _, c := range withSuperseded(clusters(current, n.exact[block]), superseded, n.exact[block]) {
			switch {
			case c.media != "" && codes[c.media]:
				if len(sharing[c.media]) > 1 && len(sharing[c.media]) <= popular {
					groups[c.media] = append(groups[c.media], c)
				}
				all = append(all, c)
			case changed[block]:
				all = append(all, c)
			}
		}
	}
	for _, group := range groups {
		rename(group)
	}
	return all, nil
}

// withSuperseded adds to tweets the superseded sightings of their block. These decide
// nothing: they go to the tweet that they are of, or are of hidden ones.
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
		c.media = "" // joins nothing
		tweets = append(tweets, c)
	}
	return tweets
}

// isCrowded tells whether a block has so many current variants that only equal words
// join.
func isCrowded(block []*variant) bool {
	n := 0
	for _, v := range block {
		if v.current {
			n++
		}
	}
	return n > crowded
}
