package attribution

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/tweetarc/archive/detect/internal/char"
)

const (
	maxByline = 200 // the most bytes that are read before the handle
	maxWords  = 24  // ... and words
	maxLabel  = 5   // words of a label
	maxCredit = 3   // words before "by"
	maxPerson = 3   // capitalised words of a name
	maxRole   = 8   // words after a name and a comma
)

// byWords are "by" in the languages of dates. No name has one of them.
var byWords = char.Words("by via © par por door av az przez per oleh ni bởi от від autor autora author автор писал написал написала tekst írta szerző " +
	"kirjoittanut yazan yazar penulis του της מאת بقلم كتب نوشته توسط तरफ़ द्वारा โดย 作者 文 記者 记者 글 기자")

// particles are "by" or "of", and may also be parts of names.
var particles = char.Words("of von van vom de di da do del della dos du des af od z")

// credits are names for pictures, texts and films that come before such a particle.
var credits = char.Words("courtesy photo photos photographie foto fotos fotó fotografia fotografie fotografía imagen image images imagem " +
	"immagine bild bilder video vidéo vídeo text texte texto testo tekst story artikel article artículo artigo articolo " +
	"bericht beitrag gastbeitrag gastkommentar kommentar interview escrito scritto écrit scris analyse análisis análise analisi crédit crédito credit grafik illustration ilustración")

// IsByline reports whether it is a byline: it says who wrote, took or shared something.
// Examples are "By Jane Roe (@janeroe) May 4, 2019" and "Photo: Jane Roe (@janeroe)". If
// a dash is before the name it is a tweet's, whatever the words are.
func (a *Attribution) IsByline(s string) bool {
	if a.HasDash() && !a.isListMark(s) {
		return false
	}
	words, whole := a.wordsOfName(s)
	if whole && isRole(words) {
		return true
	}
	for i, word := range words {
		name := personIn(words[i+1:])
		switch {
		case name == 0:
		case whole && i < maxLabel && isLabel(words[:i+1]):
			return true
		case name > 1 && strings.HasSuffix(word, ",") && slices.ContainsFunc(words[:i+1], isProse):
			return true // in a list, or in prose
		case a.isBy(words[:i], word, whole, name):
			return true
		}
	}
	return false
}

// wordsOfName are the words of the sentence or line that ends with the name. whole is
// false if it has more words before them.
func (a *Attribution) wordsOfName(s string) (words []string, whole bool) {
	end := a.Open
	for n := char.BlankBefore(s, end); n > 0 && end > a.Name; n = char.BlankBefore(s, end) {
		end -= n
	}
	from, whole := sentenceBefore(s, end)
	words = strings.Fields(wideMarks.Replace(s[from:end]))
	if cut := len(words) - maxWords; cut > 0 {
		words, whole = words[cut:], false
	}
	return words, whole
}

// isRole reports whether words are a name, a comma and the person's role: Jane Roe, Staff
// Writer.
func isRole(words []string) bool {
	hasComma := func(w string) bool { return strings.ContainsRune(w, ',') }
	return len(words) > 2 && personIn(words) > 1 && roles[strings.ToLower(bareWord(words[len(words)-1]))] && slices.ContainsFunc(words, hasComma)
}

// wideMarks are between a label and a name in languages without blanks between words.
var wideMarks = strings.NewReplacer("：", ": ", "・", ": ", "／", ": ")

// isListMark reports whether the dash is only a hyphen at the beginning of a line.
func (a *Attribution) isListMark(s string) bool {
	return a.Mark == Hyphen && (a.Text == 0 || s[a.Text-1] == '\n')
}

// isBy reports whether a word is "by", and not part of the name or of a sentence. before
// are the words before it in its line, name is how many words of a name follow it.
func (a *Attribution) isBy(before []string, word string, whole bool, name int) bool {
	word = strings.TrimSuffix(bareWord(word), ":")
	by := strings.ToLower(word)
	particle := particles[by]
	if !particle && !byWords[by] || strings.HasPrefix(strings.ToLower(a.Handle), by) {
		return false // @bydesign is By Design
	}
	if len(before) == 0 {
		return whole && (name > 1 || !particle)
	}
	last := bareWord(before[len(before)-1])
	if particle && !credits[strings.ToLower(last)] && !isLower(last) {
		return false // Ann van Roe
	}
	if !isLower(word) {
		return name > 1 // after a headline
	}
	return whole && len(before) <= maxCredit && !isLower(bareWord(before[0]))
}

// isLabel reports whether words are a label: they end with a colon and have no other.
func isLabel(words []string) bool {
	for i, w := range words {
		if strings.HasSuffix(w, ":") != (i == len(words)-1) {
			return false
		}
	}
	return true
}

// personIn is how many capitalised words a name has, if the words are one; else 0. A
// comma and the person's role may follow, and other names with their handles.
func personIn(words []string) int {
	first, capitals := 0, 0
	for i, w := range words {
		w = bareWord(w)
		switch {
		case joiners[strings.ToLower(w)] || strings.HasPrefix(w, "@"):
			if first == 0 {
				first = capitals
			}
			capitals = 0
			continue
		case !isLower(w):
			capitals++
		case i == 0 || isProse(w):
			return 0
		}
		if capitals > maxPerson {
			return 0
		}
		if strings.HasSuffix(w, ",") {
			if len(words)-1-i > maxRole {
				return 0
			}
			break
		}
	}
	return max(first, capitals)
}

// maxParticle is the greatest length of a small word in a name, in bytes.
const maxParticle = 3

// joiners are words between two names.
var joiners = char.Words("and & with und mit et avec y con e com en met och med og i и с ve dan ja và")

// roles are what a writer is called, after name and comma.
var roles = char.Words("staff writer reporter editor correspondent contributor columnist journalist photographer redakteur redakteurin " +
	"korrespondent reporterin journaliste rédacteur rédactrice correspondant redactor redactora corresponsal periodista giornalista " +
	"corrispondente redacteur verslaggever jornalista repórter reporterka dziennikarz журналист корреспондент")

// isProse reports whether a word is in lower case and not part of a name.
func isProse(word string) bool { return isLower(word) && len(word) > maxParticle }

// isLower reports whether a word begins in lower case.
func isLower(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLower(r)
}

// bareWord is a word without the marks of emphasis, quotation and brackets around it.
func bareWord(word string) string { return strings.Trim(word, "*_`#<>-()[]“”\"'‘’") }

// sentenceBefore is where the sentence or line begins that ends at end. whole is false if
// its beginning is too far away.
func sentenceBefore(s string, end int) (from int, whole bool) {
	lo := max(0, end-maxByline)
	for i := end; i > lo; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		switch {
		case r == '\n', strings.ContainsRune("|•·/", r) && i < end && s[i] == ' ':
			return i, true
		case char.IsBlank(r) && i < end && endsSentence(s[lo:i-size]):
			return i, true
		case r == ' ' && i > 1 && s[i-2] == ' ':
			return i, true // where a dash was
		}
		i -= size
	}
	return lo, lo == 0
}

// endsSentence reports whether s ends with a sentence, and not with an abbreviation
// ("Dr.", "J.").
func endsSentence(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	if !char.EndsSentence(r) {
		return false
	}
	word := s[strings.LastIndexByte(s, ' ')+1 : len(s)-size]
	return r != '.' || len(word) > maxParticle
}
