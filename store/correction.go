package store

import (
	"cmp"
	"database/sql"
	"strconv"

	"example.org/tweetarc/archive"
)

// A correction is what a person says are the words of an embed, also if these are the
// words found. It is the best evidence for the words of the tweet. The words found stay
// in the embed's row.
type correction struct{ words, by string }

// forRow is the value of the column words.
func (c correction) forRow() sql.NullString {
	return sql.NullString{String: c.words, Valid: c.by != ""}
}

// correct gives a variant the words that a person said.
func (v *variant) correct(said correction) {
	if said.by == "" {
		return
	}
	v.found, v.by = archive.Normalize(v.Text), said.by
	v.Text, v.Confidence, v.before = said.words, 1, shown{}
	v.hash = hash(said.by, said.words, strconv.FormatInt(v.hash, 16))
}

// corrections are those of the embeds of the article with a key, by anchor. If coders
// disagree, the words of most of them count, and in a tie the latest.
func (b *batch) corrections(key []byte) (map[int]correction, error) {
	if !b.verdicts {
		return nil, nil
	}
	said, err := corrections(b.query, key)
	return said[string(key)], err
}

// corrections reads the corrections of the embeds of one article or, without a key, of
// all.
func corrections(ask asker, key []byte) (map[string]map[int]correction, error) {
	type saying struct {
		correction
		coders int
		at     int64
	}
	best := map[string]map[int]saying{}
	err := ask(func(r *sql.Rows) error {
		var article []byte
		var anchor int
		var s saying
		if err := r.Scan(&article, &anchor, &s.words, &s.by, &s.coders, &s.at); err != nil {
			return err
		}
		of := best[string(article)]
		if of == nil {
			of = map[int]saying{}
			best[string(article)] = of
		}
		old, known := of[anchor]
		if !known || cmp.Or(cmp.Compare(s.coders, old.coders), cmp.Compare(s.at, old.at), cmp.Compare(s.words, old.words)) > 0 {
			of[anchor] = s
		}
		return nil
	}, `SELECT article, anchor, words, min(coder), count(*), max(at) FROM verdicts
		WHERE words <> '' AND verdict IN ('right', 'begins', 'ends', 'both', 'person') AND (article = ?1 OR ?1 IS NULL) GROUP BY article, anchor, words`, key)
	all := map[string]map[int]correction{}
	for article, of := range best {
		all[article] = map[int]correction{}
		for anchor, s := range of {
			all[article][anchor] = s.correction
		}
	}
	return all, err
}

// judged updates what follows from verdicts on embeds of the articles with these keys.
func (b *batch) judged(keys []string) error {
	b.verdicts = true
	if err := b.lookUpAll(keys); err != nil {
		return err
	}
	for _, key := range keys {
		if row := b.known[key].row; row != 0 {
			if err := b.anew(row, false); err != nil {
				return err
			}
		}
	}
	return b.identify()
}
