package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.org/tweetarc/archive"
	"example.org/tweetarc/fixtures/slow"
)

// A case of TestClusters is a list of embeds, "tweet handle day id text". Those with the
// same letter are of one tweet, whatever the order is. The form is blockquote with an ID,
// and text without one, unless it is given: "id:form".
var clusterCases = []struct{ name, embeds string }{
	{"same words", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"damaged words", `
		a ada 2020-05-01 - The loom weaves “flowers” and leaves https://t.co/abcdefghij
		a ADA 2020-05-01 - The loom weaves  flowers  and leaves`},
	{"the id comes from elsewhere", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves`},
	{"another day", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-02 - The loom weaves flowers and leaves`},
	{"another author", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b bob 2020-05-01 - The loom weaves flowers and leaves`},
	{"other words", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-01 - My horse came in second today, alas`},
	{"different ids stay apart", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves`},
	{"which of two ids nobody knows", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves
		c ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"equal words are better than alike ones", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves, and so does the engine
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"prose before the tweet", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 - She said that it was new to her. The loom weaves flowers and leaves
		a ada 2020-05-01 - Others in the hall heard it otherwise and asked again and again. The loom weaves flowers and leaves`},
	{"two tweets and one text that holds both", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-01 - My horse came in second today, alas
		b ada 2020-05-01 - The loom weaves flowers and leaves My horse came in second today, alas`},
	{"first sentence alone", `
		a ada 2020-05-01 - The loom weaves flowers and leaves. The engine weaves numbers, and nobody has seen the like of it
		b ada 2020-05-01 - The loom weaves flowers and leaves.`},
	{"first line alone", `
		a ada 2020-05-01 - The loom weaves flowers and leaves.\nThe engine weaves numbers, and nobody has seen the like of it
		a ada 2020-05-01 - The loom weaves flowers and leaves.`},
	{"first line alone, after prose", `
		a ada 2020-05-01 - She had said that it was new to her, and to all who stood there with her. The loom weaves flowers
		a ada 2020-05-01 - The loom weaves flowers\nThe engine weaves numbers\nNobody has seen the like of it, or will see it in our time
		a ada 2020-05-01 - Others in the hall heard it otherwise, and they asked again. The loom weaves flowers`},
	{"first line alone, the rest alone, and the whole", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 - The engine weaves numbers
		a ada 2020-05-01 - The loom weaves flowers and leaves\nThe engine weaves numbers`},
	{"a word of the first line proves nothing", `
		a ada 2020-05-01 - She had said that it was a new loom
		b ada 2020-05-01 - loom\nThe engine weaves numbers, and nobody has seen the like of it`},
	{"prose before a short text of a script without spaces", `
		a ada 2020-05-01 - 織機は花と葉を織る
		a ada 2020-05-01 - 機関は数を織る、と彼女は言った。そろそろ終わりにする。織機は花と葉を織る`},
	{"a bot that counts", `
		a ada 2020-05-01 - Mill number 100 has turned its wheel, and all is well in the valley
		b ada 2020-05-01 - Mill number 101 has turned its wheel, and all is well in the valley
		a ada 2020-05-01 - Mill number 100 has turned its wheel, and all is well in the valley pic.twitter.com/aaaaaaaaaa
		b ada 2020-05-01 - She said. Mill number 101 has turned its wheel, and all is well in the valley`},
	{"a bot that counts, with ids", `
		a ada 2020-05-01 1256100000000000001 Mill number 100 has turned its wheel, and all is well in the valley
		b ada 2020-05-01 - Mill number 101 has turned its wheel, and all is well in the valley
		a ada 2020-05-01 - Mill number 100 has turned its wheel  and all is well in the valley`},
	{"a bot that counts, with one link", `
		a ada 2020-05-01 - Mill number 100 has turned its wheel https://t.co/abcdefghij
		b ada 2020-05-01 - Mill number 101 has turned its wheel https://t.co/abcdefghij`},
	{"a thread that says the same", `
		a ada 2020-05-01 - 1/3 The loom weaves flowers and leaves
		b ada 2020-05-01 - 2/3 The loom weaves flowers and leaves
		c ada 2020-05-01 - 3/3 The loom weaves flowers and leaves`},
	{"scores", `
		a ada 2020-05-01 - The mill leads the loom by 2-1 at half time
		b ada 2020-05-01 - The mill leads the loom by 3-1 at half time
		b ada 2020-05-01 - The mill leads the loom by 3–1 at half time`},
	{"a number that was cut off", `
		a ada 2020-05-01 - 1/3 The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"a number of the prose before", `
		a ada 2020-05-01 - In 1843 she said: 1/3 The loom weaves flowers and leaves
		a ada 2020-05-01 - 1/3 The loom weaves flowers and leaves`},
	{"a cut text joins no two that contradict each other", `
		a ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley
		a ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley 100
		b ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley 101`},
	{"a renamed account that counts", `
		a ada 2020-05-01 - The mill has turned its wheel 100 times pic.twitter.com/abcdefghij
		b countess 2020-05-01 1256100000000000001 The mill has turned its wheel 101 times pic.twitter.com/abcdefghij`},
	{"short words only if equal", `
		a ada 2020-05-01 - Not again
		a ada 2020-05-01 - Not again!
		b ada 2020-05-01 - Not again, no`},
	{"links alone by their code", `
		a ada 2020-05-01 - pic.twitter.com/abcdefghij
		a ada 2020-05-01 - https://t.co/abcdefghij
		b ada 2020-05-01 - https://t.co/bbbbbbbbbb`},
	{"the same words over different pictures", `
		a ada 2020-05-01 - A picture of the loom, once more pic.twitter.com/aaaaaaaaaa
		b ada 2020-05-01 - A picture of the loom, once more pic.twitter.com/bbbbbbbbbb`},
	{"prose of two articles before words with one code", `
		a ada 2020-05-01 - She had said that it was new to her, and to all who stood there. The loom weaves flowers https://t.co/abcdefghij
		a ada 2020-05-01 - Others in the hall heard it otherwise, and asked again and again. The loom weaves flowers https://t.co/abcdefghij`},
	{"prose of two articles before the same words", `
		a ada 2020-05-01 - She had said that it was new to her, and to all who stood there. The loom weaves flowers
		b ada 2020-05-01 - Others in the hall heard it otherwise, and asked again and again. The loom weaves flowers`},
	{"a tag and a code at the end of two", `
		a ada 2020-05-01 - The mill in the valley has turned its wheel #ockham https://t.co/abcdefghij
		b ada 2020-05-01 - My horse came in second today, alas #ockham https://t.co/abcdefghij`},
	{"a code under other words is another tweet", `
		a ada 2020-05-01 - The loom weaves flowers and leaves https://t.co/abcdefghij
		b ada 2020-05-01 - My horse came in second today, alas https://t.co/abcdefghij`},
	{"lost text is of its own", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-01 -
		b ada 2020-05-01 -`},
	{"a renamed account", `
		a ada 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		a countess 2020-05-01 1256100000000000001 The loom weaves flowers and leaves pic.twitter.com/abcdefghij`},
	{"a renamed account without ids", `
		a ada 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		a countess 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		b countess 2020-05-02 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		c bob 2020-05-01 - My horse came in second today, alas pic.twitter.com/abcdefghij`},
	{"no day, but the code", `
		a ada - - The loom weaves flowers and leaves pic.twitter.com/abcdefghij
		a ada 2020-05-01 - The loom weaves flowers and leaves pic.twitter.com/abcdefghij`},
	{"no day", `
		a ada - - The loom weaves flowers and leaves
		a ada - - The loom weaves  flowers and leaves
		b ada 2020-05-01 - The loom weaves flowers and leaves`},
	{"prose before exact words", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves.
		a ada 2020-05-01 - Heard in the hall\nThe loom weaves flowers and leaves.
		a ada 2020-05-01 - What people say: * The loom weaves flowers and leaves.
		a ada 2020-05-01 - She had said that it was new to her, and to all who stood there with her. The loom weaves flowers and leaves.
		a ada 2020-05-01 - The loom weaves flowers\nand leaves.`},
	{"the end of exact words", `
		a ada 2020-05-01 1256100000000000001 The loom is new. It weaves flowers and leaves, as I have seen.
		a ada 2020-05-01 - It weaves flowers and leaves, as I have seen.`},
	{"a name before the end of exact words", `
		a ada 2020-05-01 1256100000000000001 The loom is new. It weaves flowers and leaves, as I have seen.
		b ada 2020-05-01 -:header It weaves flowers and leaves, as I have seen.`},
	{"exact words that end like others", `
		a ada 2020-05-01 1256100000000000001 The loom is new. It weaves flowers and leaves, as I have seen.
		b ada 2020-05-01 -:markup It weaves flowers and leaves, as I have seen.`},
	{"exact words that go on", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham!
		b ada 2020-05-01 - Good evening, Ockham! The loom is open until six, bring a thread.`},
	{"exact words that go on in the middle of a sentence", `
		a ada 2020-05-01 1256100000000000001 Good evening to the weavers
		b ada 2020-05-01 - Good evening to the weavers of Ockham and to all who came with them`},
	{"a short word more after many", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves, the engine weaves numbers, and nobody has seen the like of it.
		b ada 2020-05-01 - The loom weaves flowers and leaves, the engine weaves numbers, and nobody has seen the like of it. Nobody!`},
	{"the beginning of exact words", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham! The loom is open until six, bring a thread.
		b ada 2020-05-01 - Good evening, Ockham!`},
	{"a beginning that was cut", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham! The loom is open until six, bring a thread.
		a ada 2020-05-01 - Good evening, Ockham! The loom is open…
		a ada 2020-05-01 - Good evening, Ockham! The loom is... https://t.co/abcdefghij
		a ada 2020-05-01 - Good evening, Ockham! The loom is https://t.co/bbbbbbbbbb`},
	{"an address after a sentence cuts nothing", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham! The loom is open until six, bring a thread.
		b ada 2020-05-01 - Good evening, Ockham! https://t.co/abcdefghij`},
	{"a cut copy of two that begin alike", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham! The loom is open until six, bring a thread.
		b ada 2020-05-01 1256100000000000002 Good evening, Ockham! The loom is open until ten, bring a friend.
		c ada 2020-05-01 - Good evening, Ockham! The loom is open…`},
	{"three of a day of which each begins the next", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham!
		b ada 2020-05-01 - Good evening, Ockham! Bring a thread and a friend.
		b ada 2020-05-01 - In the hall. Good evening, Ockham! Bring a thread and a friend.
		c ada 2020-05-01 1256100000000000002 Good evening, Ockham! Bring a thread and a friend. The loom is open until six.
		a ada 2020-05-01 - Good evening, Ockham!
		c ada 2020-05-01 - Good evening, Ockham! Bring a thread and a friend. The loom is open until six.`},
	{"three flattened ones of which each begins the next", `
		a ada 2020-05-01 - Good evening, Ockham!
		b ada 2020-05-01 - Good evening, Ockham! Bring a thread and a friend.
		c ada 2020-05-01 - Good evening, Ockham! Bring a thread and a friend. The loom is open until six.`},
	{"in the middle of a sentence flattened words were cut", `
		a ada 2020-05-01 - The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves and numbers without end`},
	{"first lines of exact words", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham!\nThe loom is open until six.\nBring a thread and a friend.
		a ada 2020-05-01 - Good evening, Ockham!
		a ada 2020-05-01 - Good evening, Ockham! The loom is open until six.`},
	{"exact words are nobody's first line", `
		a ada 2020-05-01 1256100000000000001 Good evening, Ockham!
		b ada 2020-05-01 - Good evening, Ockham!\nThe loom is open until six.`},
	{"a line of the page after the words", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves.
		a ada 2020-05-01 -:widget The loom weaves flowers and leaves.\nShow this thread
		a ada 2020-05-01 -:header The loom weaves flowers and leaves.\nIt was the last that she said on that day, and nobody asked her for more.
		b ada 2020-05-01 -:header The loom weaves flowers and leaves. So does the engine, and it does not ask for bread.`},
	{"a line of the page after few words", `
		a ada 2020-05-01 1256100000000000001 Not again
		a ada 2020-05-01 -:widget Not again\nShow this thread
		a ada 2020-05-01 - HEARD IN THE HALL\nNot again
		b ada 2020-05-01 - She said: Not again
		c ada 2020-05-01 - Not again\nNot ever again`},
	{"few words after a line whose beginning is sure", `
		a ada 2020-05-01 1256100000000000001 Not again
		b ada 2020-05-01 -:header Ockham has burnt\nNot again`},
	{"few flattened words after a line", `
		a ada 2020-05-01 - Not again
		b ada 2020-05-01 - Ockham has burnt\nNot again`},
	{"few words are no first line", `
		a ada 2020-05-01 1256100000000000001 Wow!\nThe loom is open until six.
		b ada 2020-05-01 - Wow!`},
	{"tags that were lost", `
		a ada 2020-05-01 1256100000000000001 The loom is open! #loomsandleaves #weaving @ockham pic.twitter.com/abcdefghij
		a ada 2020-05-01 - The loom is open!`},
	{"tags that exact words do not have", `
		a ada 2020-05-01 1256100000000000001 The loom is open today!
		b ada 2020-05-01 - The loom is open today! #loomsandleaves #weaving`},
	{"emoji make no other words", `
		a ada 2020-05-01 1256100000000000001 The loom is open today! 🧵🌸
		a ada 2020-05-01 - 🧵 The loom is open today!
		b ada 2020-05-01 - The loom is open today! 🧵 Come and see it before the evening.`},
	{"a text that goes on, of a script without spaces", `
		a ada 2020-05-01 1256100000000000001 織機は花と葉を織る。
		a ada 2020-05-01 - 織機は花と葉を織る。
		a ada 2020-05-01 - 工場の話\n織機は花と葉を織る。
		b ada 2020-05-01 - 織機は花と葉を織る。機関は数を織ると彼女は言った。`},
	{"other languages", `
		a ada 2020-05-01 1256100000000000001 Der Webstuhl webt Blätter, die Maschine webt Zahlen.
		a ada 2020-05-01 - Stimmen aus der Halle: Der Webstuhl webt Blätter, die Maschine webt Zahlen.
		b ada 2020-05-01 - Der Webstuhl webt Blätter, die Maschine webt Zahlen. Und wer webt den Rest?
		c ada 2020-05-01 1256100000000000002 Ткацкий станок ткёт цветы и листья.
		c ada 2020-05-01 - Голоса: Ткацкий станок ткёт цветы и листья.
		d ada 2020-05-01 - Ткацкий станок ткёт цветы и листья. А машина ткёт числа без конца.`},
	{"a greeting every day", `
		a ada 2020-05-01 1256100000000000001 Good morning, weavers of Ockham!
		a ada 2020-05-01 - Good morning, weavers of Ockham!
		b ada 2020-05-02 - Good morning, weavers of Ockham!
		b ada 2020-05-02 - A new day. Good morning, weavers of Ockham!`},
	{"replies", `
		a ada 2020-05-01 1256100000000000001 @bob @cy The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 @bob My horse came in second today, alas`},
	{"what is repeated", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b bob 2020-05-01 1256100000000000002 RT @ada: The loom weaves flowers and leaves
		b bob 2020-05-01 - RT @ada: The loom weaves flowers and leaves`},
	{"one id, two texts", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		a ada 2020-05-01 1256100000000000001 My horse came in second today, alas
		a ada 2020-05-01 - My horse came in second today, alas`},
	{"two ids, one text", `
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves`},
	{"deleted and posted again without the mistake", `
		a ada 2020-05-01 1256100000000000001 The loom waeves flowers and leaves, and nobody has seen it
		b ada 2020-05-01 1256100000000000002 The loom weaves flowers and leaves, and nobody has seen it
		a ada 2020-05-01 - The loom waeves flowers and leaves, and nobody has seen it
		b ada 2020-05-01 - The loom weaves flowers and leaves, and nobody has seen it`},
	{"what has the words of no one else joins neither", `
		a ada 2020-05-01 1256100000000000001:text The mill has turned its wheel, and all is well in the valley
		b ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley 100
		c ada 2020-05-01 - The mill has turned its wheel, and all is well in the valley 101`},
	{"no handle", `
		a - 2020-05-01 1256100000000000001
		a ada 2020-05-01 1256100000000000001 The loom weaves flowers and leaves
		a ada 2020-05-01 - The loom weaves flowers and leaves`},
}

// embedsFrom reads a case: the embeds, and the letter of each.
func embedsFrom(t testing.TB, s string) (embeds []archive.Embed, letters []string) {
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		f := strings.SplitN(strings.TrimSpace(line), " ", 5)
		if len(f) < 4 {
			t.Fatalf("case line %q", line)
		}
		for i := range f {
			if f[i] == "-" {
				f[i] = ""
			}
		}
		f = append(f, "")
		id, form, _ := strings.Cut(f[3], ":")
		e := say(f[1], f[2], strings.TrimPrefix(id, "-"), strings.ReplaceAll(f[4], `\n`, "\n"))
		e.Form = cmp.Or(archive.Form(form), e.Form)
		embeds, letters = append(embeds, e), append(letters, f[0])
	}
	return embeds, letters
}

func TestClusters(t *testing.T) {
	for _, c := range clusterCases {
		t.Run(c.name, func(t *testing.T) {
			embeds, letters := embedsFrom(t, c.embeds)
			for seed := range slow.Or(1, 6) {
				order := rand.New(rand.NewPCG(uint64(seed), 0)).Perm(len(embeds))
				db := openTest(t)
				w := writer(t, db)
				for at, i := range order {
					found := article(fmt.Sprintf("%02d", i), 1, "2020-05-02", embeds[i])
					addPart(t, w, part([]archive.Found{found}))
					if at%(seed+1) == seed { // transactions of one, two, three ...
						w.Flush()
					}
				}
				flush(t, w)
				got := partition(t, db, len(embeds))
				for i := range embeds {
					for j := range embeds {
						if (letters[i] == letters[j]) != (got[i] == got[j]) {
							t.Fatalf("order %v: embeds %d and %d are of one tweet: %v\n%s", order, i+1, j+1, got[i] == got[j], export(t, db, Tweets))
						}
					}
				}
			}
		})
	}
}

// A case of TestWords is the embeds of one tweet, "confidence form text"; the words of the
// first are the tweet's.
var wordCases = []struct {
	name       string
	confidence float64
	embeds     string
}{
	{"markup before a longer copy", 1, `
		1 blockquote The loom weaves flowers and leaves.
		1 text Heard in the hall: The loom weaves flowers and leaves.
		0.9 widget The loom weaves flowers and leaves.\nShow this thread`},
	{"markup that is less sure than a copy", 0.8, `
		0.8 markup The loom weaves flowers and leaves.
		1 text Heard in the hall: The loom weaves flowers and leaves.`},
	{"the most complete markup", 0.9, `
		0.9 json The loom weaves flowers and leaves, the engine numbers.
		1 blockquote The loom weaves flowers and leaves.
		0.9 text Heard in the hall: The loom weaves flowers and leaves, the engine numbers.`},
	{"whole markup before cut markup", 0.9, `
		0.9 markup The loom weaves flowers.
		1 blockquote The loom weaves flowers and leaves, the engine…`},
	{"markup that was cut before a guess", 1, `
		1 blockquote The loom weaves flowers and leaves, the…
		0.9 text The loom weaves flowers and leaves, the engine numbers.`},
	{"the surest copy, not the longest", 0.9, `
		0.9 text The loom weaves flowers and leaves.
		0.8 text Heard in the hall: The loom weaves flowers and leaves.
		0.7 text Heard in the hall: The loom weaves flowers and leaves.
		0.8 text Much else was heard. Heard in the hall: The loom weaves flowers and leaves.`},
	{"of equally sure ones what several have", 0.94, `
		0.8 text The loom weaves flowers and leaves.
		0.7 text The loom weaves flowers and leaves.
		0.8 text Heard in the hall: The loom weaves flowers and leaves.`},
	{"both ends", 1, `
		0.8 header The loom weaves flowers and leaves.
		0.7 text The loom weaves flowers and leaves.
		0.9 text Heard in the hall: The loom weaves flowers and leaves.`},
	{"a space that was lost", 0.99, `
		0.9 text The loom weaves flowers\nand leaves.
		0.9 text The loom weaves flowersand leaves.`},
	{"first lines are not all", 0.7, `
		0.7 text The loom weaves flowers.\nThe engine weaves numbers.
		1 text The loom weaves flowers.`},
	{"lines of the page are no words", 0.7, `
		0.7 text The loom weaves flowers.
		0.6 widget The loom weaves flowers.\nShow this thread`},
	{"too long for a tweet", 0.5, `
		0.5 text The loom weaves flowers and leaves.
		0.9 text ` + strings.Repeat("Much else was heard in the hall. ", 12) + `The loom weaves flowers and leaves.`},
	{"not too long in a script without spaces", 0.9, `
		0.9 text ` + strings.Repeat("織機は花と葉を織る", 14) + `
		0.5 text 花と葉を織る`},
	{"lost words", 0, `
		1 blockquote`},
	{"words before lost ones", 0.2, `
		0.2 text The loom weaves flowers and leaves.
		1 blockquote`},
}

func TestWords(t *testing.T) {
	for _, c := range wordCases {
		var variants []*variant
		for i, line := range strings.Split(strings.TrimSpace(c.embeds), "\n") {
			f := append(strings.SplitN(strings.TrimSpace(line), " ", 3), "")
			e := say("ada", "2020-05-01", "", strings.ReplaceAll(f[2], `\n`, "\n"))
			if c.name == "not too long in a script without spaces" {
				e.Date = "2015-05-01"
			}
			fmt.Sscan(f[0], &e.Confidence)
			e.Form = archive.Form(f[1])
			variants = append(variants, &variant{Embed: e, hash: int64(i)})
		}
		want := variants[0].Text
		for range 10 {
			rand.Shuffle(len(variants), func(i, j int) { variants[i], variants[j] = variants[j], variants[i] })
			for _, v := range variants {
				v.words, v.overlong = "", false
			}
			if got, confidence, _ := merge(variants); got.Text != want || confidence != c.confidence {
				t.Errorf("%s: %q, %v; want %q, %v", c.name, got.Text, confidence, want, c.confidence)
				break
			}
		}
	}
}

// A case of TestBeginning is what articles have of one tweet, "confidence passage | text",
// in any order.
func TestBeginning(t *testing.T) {
	const hall = "It was late in the hall of the weavers, and the lamps had been lit. "
	const road = "Nobody on the road to the mill knew what the engine would do next. "
	const mill = "The mill has had no wheel for years, they say, and the river runs past it. "
	const yard = "Four horses were in the yard, and the smith was not to be found. "
	for _, c := range []struct {
		name, want string
		confidence float64
		articles   []string
	}{
		{"a copy with prose before it", "The loom weaves flowers.", .96, []string{
			".6 " + road + "| The loom weaves flowers.",
			".8 " + hall + "| She spoke. The loom weaves flowers.",
		}},
		{"a copy that begins too late", "Look here! The loom weaves flowers.", .96, []string{
			".6 " + road + "| Look here! The loom weaves flowers.",
			".8 " + hall + "Look here! | The loom weaves flowers.",
		}},
		{"prose before both", "The loom weaves flowers.", .98, []string{
			".6 " + road + "| They asked her. The loom weaves flowers.",
			".8 " + hall + "| She spoke. The loom weaves flowers.",
		}},
		{"no place to begin where they part", "She spoke and the loom weaves flowers.", .2, []string{
			".6 " + road + "| They asked if the loom weaves flowers.",
			".8 " + hall + "| She spoke and the loom weaves flowers.",
		}},
		{"both begin too late, or are introduced alike", "The loom weaves flowers.", .31, []string{
			".6 " + road + "So she spoke to them: | The loom weaves flowers.",
			".8 " + hall + "So she spoke to them: | The loom weaves flowers.",
		}},
		{"copies of one article", "She spoke. The loom weaves flowers.", .8, []string{
			".6 " + hall + "She spoke. | The loom weaves flowers.",
			".8 " + hall + "| She spoke. The loom weaves flowers.",
		}},
		{"copies of one article, and another", "The loom weaves flowers.", .94, []string{
			".7 " + hall + "| She spoke. The loom weaves flowers.",
			".8 " + hall + "| She spoke. The loom weaves flowers.",
			".4 " + road + "| The loom weaves flowers.",
		}},
		{"one damaged copy of three", "Look here! The loom weaves flowers.", .98, []string{
			".6 " + road + "| Look here! The loom weaves flowers.",
			".6 " + hall + "| Look here! The loom weaves flowers.",
			".7 " + yard + "here! | The loom weaves flowers.",
		}},
		{"nothing overrules what is certain", "She spoke. The loom weaves flowers.", .97, []string{
			".6 " + road + "| The loom weaves flowers.",
			".97 " + hall + "| She spoke. The loom weaves flowers.",
		}},
		{"tags in passages are no words", "Look here! The loom weaves flowers.", .96, []string{
			".6 <p>" + road + "</p><p>| Look here! The loom weaves flowers.",
			".8 <p>" + hall + "<p>Look here!<br/> | The loom weaves flowers.",
		}},
		{"of two articles that show it whole another shows but the end", "The loom stays closed. Sorry to all who weave.", 1, []string{
			".93 " + road + "| The loom stays closed. Sorry to all who weave.",
			".94 " + hall + "| The loom stays closed. Sorry to all who weave.",
			".97 " + mill + "| Sorry to all who weave.",
		}},
		{"a script without spaces", "織機は花を織る", .96, []string{
			".6 " + road + "| 織機は花を織る",
			".8 " + hall + "| 彼女は言った。織機は花を織る",
		}},
	} {
		for seed := range uint64(6) {
			var variants []*variant
			for i, a := range c.articles {
				confidence, a, _ := strings.Cut(a, " ")
				before, text, _ := strings.Cut(a, "| ")
				e := say("ada", "2020-05-01", "", text)
				fmt.Sscan(confidence, &e.Confidence)
				variants = append(variants, &variant{Embed: e, hash: int64(i), before: shown{before, before}})
			}
			rand.New(rand.NewPCG(seed, 2)).Shuffle(len(variants), func(i, j int) { variants[i], variants[j] = variants[j], variants[i] })
			if got, confidence, _ := merge(variants); got.Text != c.want || confidence != c.confidence {
				t.Errorf("%s: %q, %v; want %q, %v", c.name, got.Text, confidence, c.want, c.confidence)
				break
			}
		}
	}
}

// Of embeds that differ only in their passage the same one decides, whichever came first.
func TestPassagesInAnyOrder(t *testing.T) {
	const text = "The loom weaves flowers."
	told := func(file, prose, text string, confidence float64) archive.Found {
		e := say("ada", "2020-05-01", "", text)
		e.Confidence = confidence
		f := article(file, 1, "2020-05-02", e)
		f.Article.Body = prose + f.Article.Body
		f.Embeds[0].Start += len(prose)
		f.Embeds[0].End += len(prose)
		return f
	}
	const yard = "Four horses were in the yard, and the smith was not to be found, for he was at the mill. "
	articles := []archive.Found{
		told("00", "Nobody on the road knew what the engine would do next, or who had made it. ", text, .6),
		told("01", "In all of "+yard, "She spoke. "+text, .8),
		told("02", "Again "+yard, text, .6),
	}
	want := ""
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		db := openTest(t)
		w := writer(t, db)
		for _, i := range order {
			addPart(t, w, part(articles[i:i+1]))
			flush(t, w)
		}
		if got := export(t, db, Tweets); want == "" {
			want = got
		} else if got != want {
			t.Fatalf("order %v:\n%s", order, diff(want, got))
		}
	}
}

// partition lists the tweets of the embeds in the files 00, 01, ...
func partition(t testing.TB, db *DB, n int) []int {
	t.Helper()
	rows, err := db.sql.Query(`SELECT f.name, e.tweet FROM files f JOIN articles a ON a.file = f.id JOIN embeds e ON e.article = a.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := make([]int, n)
	for rows.Next() {
		var path string
		var i, tweet int
		if err := rows.Scan(&path, &tweet); err != nil {
			t.Fatal(err)
		}
		fmt.Sscanf(path, "%d", &i)
		got[i] = tweet
	}
	return got
}

var forms = []archive.Form{archive.FormText, archive.FormHeader, archive.FormWidget, archive.FormFrame, archive.FormLink, archive.FormBlockquote, archive.FormMarkup, archive.FormJSON}

// The same corpus gives the same tweets in whatever order and transactions it is archived,
// and whatever was archived before and replaced since.
func TestOrderDoesNotMatter(t *testing.T) {
	var pool []archive.Embed
	for _, c := range clusterCases {
		embeds, _ := embedsFrom(t, c.embeds)
		pool = append(pool, embeds...)
	}
	for seed := range uint64(slow.Or(2, 20)) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var files [][]archive.Found
		for i := range 40 {
			var found []archive.Found
			for record := range 1 + rnd.IntN(3) {
				var embeds []archive.Embed
				for range 1 + rnd.IntN(3) {
					e := pool[rnd.IntN(len(pool))]
					e.Confidence = float64(rnd.IntN(5)) / 4
					if rnd.IntN(3) == 0 {
						e.Form = forms[rnd.IntN(len(forms))]
					}
					embeds = append(embeds, e)
				}
				found = append(found, article(fmt.Sprintf("%02d", i), record+1, fmt.Sprintf("2020-05-%02d", 2+rnd.IntN(20)), embeds...))
			}
			files = append(files, found)
		}
		once := openTest(t)
		keep(t, once, files...)
		pieces := openTest(t)
		before, w := writer(t, pieces), writer(t, pieces) // two runs
		add := func(w *Writer, size int64, found []archive.Found) {
			p := part(found)
			p.File.Size = size
			addPart(t, w, p)
			if rnd.IntN(4) == 0 {
				w.Flush()
			}
		}
		for _, i := range rnd.Perm(len(files)) {
			if rnd.IntN(3) == 0 { // first as something else
				other := slices.Clone(files[rnd.IntN(len(files))])
				for j := range other {
					a := *other[j].Article
					a.File = files[i][0].Article.File
					other[j].Article = &a
				}
				add(before, int64(i), other)
			}
			if rnd.IntN(3) == 0 {
				add(w, 100, files[rnd.IntN(len(files))])
			}
		}
		before.Flush()
		for _, i := range rnd.Perm(len(files)) {
			add(w, 100, files[i])
		}
		flush(t, w)
		for _, of := range []What{Embeds, Tweets} {
			if a, b := export(t, once, of), export(t, pieces, of); a != b {
				t.Fatalf("seed %d: %s differ:\n%s", seed, of, diff(a, b))
			}
		}
	}
}

func writer(t testing.TB, db *DB) *Writer {
	t.Helper()
	w := must(db.Writer(Run{Command: "test", Version: "0", Detector: 1}))
	t.Cleanup(func() { w.Close() })
	return w
}

// closed closes a writer, addPart and flush are its Add and Flush.
func closed(t testing.TB, w *Writer) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func addPart(t testing.TB, w *Writer, p archive.Part) {
	t.Helper()
	if err := w.Add(p); err != nil {
		t.Fatal(err)
	}
}

func flush(t testing.TB, w *Writer) {
	t.Helper()
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// part is a whole file, given as its articles.
func part(found []archive.Found) archive.Part {
	last := found[len(found)-1].Article
	return archive.Part{File: file(last.File), Found: slices.Clone(found), Records: last.Record, Record: last.Record, Last: true}
}

// copied is a part that a writer may have, and p stays.
func copied(p archive.Part) archive.Part {
	p.Found = slices.Clone(p.Found)
	return p
}

func diff(a, b string) string {
	var d strings.Builder
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range as {
		if !slices.Contains(bs, l) {
			fmt.Fprintln(&d, "-", l)
		}
	}
	for _, l := range bs {
		if !slices.Contains(as, l) {
			fmt.Fprintln(&d, "+", l)
		}
	}
	return d.String()
}
