package boundary

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tested in boundary_test.go and features_test.go.

// traits are the traits of a word, a set.
type traits uint64

const (
	tI          traits = 1 << iota // I, we, my
	tHe                            // he, she, they
	tSaid                          // said, told, according
	tTweets                        // tweeted, wrote, posted
	tTwitter                       // Twitter
	tDay                           // Monday
	tPast                          // was, made; words in -ed
	tFunction                      // the, of, to: the frequent words of English
	tThe                           // the, a, an
	tConnective                    // but, and, however
	tFurniture                     // words of the page that are left of a tweet's frame
	tShort                         // words and marks that save characters: & w/ u lol, emoji
	tHangs                         // words that cannot end a sentence or a heading
	tPoints                        // here, this, watch: they point to what follows

	tWord     // every word
	tMention  // @name
	tHashtag  // #name
	tAddress  // an address
	tLink     // a link that leads elsewhere than to the service begins in it
	tHeading  // the mark of a heading: ##
	tShout    // in capitals
	tName     // capitalised within a sentence
	tAuthor   // a part of the author's name
	tComma    // has a comma
	tQuestion // has a question mark
	tOpens    // has an opening quotation mark
	tCloses   // has a closing one
	tStraight // has a straight apostrophe or quotation mark
	tCurly    // has a curly one
	tSentence // ends a sentence
	tPolite   // ends like polite Japanese
	tPlain    // ends in kana, but not like polite Japanese
	tBreak    // a line break follows
	tBreaks   // two or more follow

	traitCount = iota
)

// vocabulary lists the known words of each trait. They are English; in other languages
// the other traits decide.
var vocabulary = map[traits]string{
	tI:          "i i'm i've i'll i'd me my mine we we're we've we'll us our ours myself im",
	tHe:         "he she they his her their him them he's she's they're",
	tSaid:       "said says told according reported reports added explained noted argued claimed stated announced insisted continued called asked spokesman spokeswoman statement interview replied concluded declared warned",
	tTweets:     "tweeted tweet tweets tweeting wrote posted responded retweeted shared",
	tTwitter:    "twitter",
	tDay:        "monday tuesday wednesday thursday friday saturday sunday",
	tPast:       "was were had did began made took went got came gave found left became saw kept held led brought sent built lost spoke met ran fell won felt grew drew sat knew",
	tFunction:   "the a an this that these those here there it its it's i i'm we we're he she they you if so in on at of for from to with without after before between as and but or not no what why how when where who is are was were be been do does did have has had can will would should just now today my our your all every some more most anyone everyone nothing thank thanks congratulations great good let please folks people watch look about over under during while because",
	tThe:        "the a an",
	tConnective: "but and so also then however because or yet still meanwhile while although as",
	tFurniture:  "advertisement ad ads x advertising",
	tShort:      "& w/ w/o b/c bc u ur r im dont cant lol omg wtf pls plz ppl gov't govt thx tho thru tonite vs rt dm idk tbh imo smh lmao potus flotus gop dems via w re",
	tHangs:      "the a an of at to from with for by and or but nor on in as than into that which who whose whom their his her its our your my is was were are be been has have had will would can could should may might must very this these those if because while when where",
	tPoints:     "here here's this these watch now from see look below following examples example oh and meanwhile also read listen",
}

// known is the traits of each word of the vocabulary.
var known = func() map[string]traits {
	m := map[string]traits{}
	for t, words := range vocabulary {
		for w := range strings.FieldsSeq(words) {
			m[w] |= t
		}
	}
	return m
}()

// longest is more than the length of the longest word in the vocabulary.
const longest = 32

// traitsOf is the traits of a word in the vocabulary, in upper or lower case.
func traitsOf(w string) traits {
	if len(w) > longest {
		return 0
	}
	var buf [longest]byte
	return known[string(lowered(w, buf[:0]))]
}

// polite are the endings of sentences in polite Japanese.
var polite = strings.Fields("です ます でした ました ません ましょう でしょう ですね ますね ですが ますが ですよ ますよ ください")

// politeness is the trait that a word gets from its last letters.
func politeness(w string) traits {
	w = strings.TrimRightFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
	if r, _ := utf8.DecodeLastRuneInString(w); !unicode.Is(unicode.Hiragana, r) {
		return 0
	}
	for _, p := range polite {
		if strings.HasSuffix(w, p) {
			return tPolite
		}
	}
	return tPlain
}

// abbreviations are words whose full stop ends no sentence.
var abbreviations = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`Mr. Mrs. Ms. Dr. Sen. Rep. Gov. Gen. Maj. Adm. Brig. Capt. Cmdr. Lt. Col. Sgt. Cpl. Rev. Hon. Pres. Supt. St. Jr. Sr. Prof. Sens. Reps. Govs. Atty. Exec.
		vs. No. Jan. Feb. Aug. Sept. Oct. Nov. Dec. a.m. p.m. U.S. U.N. U.K. E.U. D.C. N.Y. L.A. N.C. S.C. Ft. Mt. Inc. Corp. Co. Ltd. Dept. Ave. etc. i.e. e.g. z.B. ET. EST.`) {
		m[w] = true
	}
	return m
}()

// isAbbreviation reports whether the full stop at the end of a word belongs to it.
func isAbbreviation(word string) bool {
	if !strings.HasSuffix(word, ".") {
		return false
	}
	if len(word) == 2 && 'A' <= word[0] && word[0] <= 'Z' && word[0] != 'I' {
		return true // an initial
	}
	return abbreviations[strings.TrimLeft(word, "(“\"")]
}
