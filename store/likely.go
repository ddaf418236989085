package store

import "strings"

// Likely are the names of which a word is a slip of the finger, or which it begins; nil
// if there are none, or so many that the word says nothing. A wrong guess is worse than
// none: only what a slip makes of a name counts as that name.
func Likely(word string, names []string) []string {
	var near []string
	least := 3
	for _, name := range names {
		n := slips(word, name)
		if isSlip(word, name, n) && n <= least {
			if n < least {
				near, least = nil, n
			}
			near = append(near, name)
		}
	}
	if near == nil {
		for _, name := range names {
			if len(word) >= 3 && name[0] == word[0] && consonants(name) == word {
				near = append(near, name)
			}
		}
	}
	if near == nil {
		for _, name := range names {
			if begins(word, name) {
				near = append(near, name)
			}
		}
	}
	if len(near) > 3 {
		return nil
	}
	return near
}

// isSlip says whether so many slips may lie between a word and a name: one in three
// letters or more, two in six that begin alike.
func isSlip(word, name string, slips int) bool {
	n := min(len(word), len(name))
	return slips <= 1 && n >= 3 || slips == 2 && n >= 6 && word[0] == name[0]
}

// consonants are the letters of a word without its vowels; people shorten words so (srch).
func consonants(word string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("aeiou", r) {
			return -1
		}
		return r
	}, word)
}

// begins says whether a word is the beginning of a name, or the name the better half of
// the word.
func begins(word, name string) bool {
	return len(word) >= 2 && strings.HasPrefix(name, word) || len(name) >= 3 && 2*len(name) >= len(word) && strings.HasPrefix(word, name)
}

// slips counts the slips of the finger between two words: a letter too many, one that is
// missing or wrong, and two that have changed places.
func slips(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := range len(a) {
		for j := range len(b) {
			wrong := 1
			if a[i] == b[j] {
				wrong = 0
			}
			n := min(rows[i][j]+wrong, rows[i][j+1]+1, rows[i+1][j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				n = min(n, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = n
		}
	}
	return rows[len(a)][len(b)]
}
