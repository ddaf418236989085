package store

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive"
)

func TestFurniture(t *testing.T) {
	words := "The mill is gone, and nobody asked us."
	for _, c := range []struct{ author, text, raw, want string }{
		{"Ada Mole", words, "", ""},
		{"", words, "", ""},
		{"Ada Mole", "", "", ""},
		{"By Design", words, words + " — By Design (@bydesign) May 4, 2019", ""},
		{"Ada Mole", "Follow the money", "", ""},
		{"Ada Mole", "Boats: 0\nCars: 112", "", ""},
		{"Ada Mole", "112", "", ""},
		{"Ada Mole", "I <3 this mill (@adasmill is its name)", "", ""},
		{"Ada Mole", "Ask @bo_farrow\n@ada_mole_fan knows", "", ""},

		{words + " said Ada Mole of Quillby", words, "", "the author is longer than a name can be"},
		{"Contact the reporter:", words, "", "the author ends in a colon"},
		{"記者：", words, "", "the author ends in a colon"},
		{"https://t.co/AbCdEfGhIj", words, "", "the author holds an address"},
		{"Bo Farrow (@bo_farrow) and Ada Mole", words, "", "the author holds a handle in parentheses"},
		{"<b>Ada Mole</b>", words, "", "the author holds markup"},
		{"Replying to @bo_farrow", words, "", "the author is a control of the page"},
		{"· Follow", words, "", "the author is a control of the page"},
		{"By Ada Mole", "Mill to close", "Mill to close\nBy Ada Mole (@ada_mole) May 4, 2019", "the author begins like a byline"},
		{"Ada Mole", words + " — Bo Farrow (@bo_farrow) May 3, 2019 It is.", "", "the words hold an attribution"},
		{"Ada Mole", "Ada Mole\n@Ada_Mole\n" + words, "", "the words hold the author's own handle as a line"},
		{"Ada Mole", words + "\n1,204", "", "the words end in a count"},
		{"Ada Mole", words + "\n40.5K", "", "the words end in a count"},
		{"Ada Mole", words + "\nRead 12 replies", "", "the words begin or end in a control of the page"},
		{"Ada Mole", "Verified account\n" + words, "", "the words begin or end in a control of the page"},
		{"Ada Mole", "Look [here](https://t.co/AbCdEfGhIj)", "", "the words hold markup"},
		{"Ada Mole", "Look <https://t.co/AbCdEfGhIj>", "", "the words hold markup"},
		{"Ada Mole", "Mill to close", "", "the words are the article's title"},
	} {
		p := Place{Article: archive.Article{Title: "Mill to close"}}
		p.Author, p.Handle, p.Text, p.Raw = c.author, "ada_mole", c.text, c.raw
		if got, _, _ := strings.Cut(furniture(&p, ""), ": \""); got != c.want {
			t.Errorf("author %q, text %q: got %q, want %q", c.author, c.text, got, c.want)
		}
	}
}
