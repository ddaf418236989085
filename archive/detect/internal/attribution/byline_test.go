package attribution

import (
	"strings"
	"testing"

	"example.org/tweetarc/archive/detect/internal/view"
)

// Texts that end with a byline or a credit, one on each line.
const bylines = `
By Ada Mole (@ada_mole) May 4, 2019
BY ADA MOLE (@ADA_MOLE) MAY 4, 2019
By: Ada Mole (@ada_mole) May 4, 2019
By Dr. Ada Mole (@ada_mole) May 4, 2019
The mill is gone By Ada Mole (@ada_mole) May 4, 2019
The Mill Is Gone By Ada Mole (@ada_mole) May 4, 2019
*By Ada Mole (@ada_mole) May 4, 2019*
_By [Ada Mole](https://dale.example/ada) (@ada_mole) May 4, 2019_
By Ada Mole, who runs the night desk in Dale (@ada_mole) May 4, 2019
By Rio Tan and Ada Mole (@ada_mole) May 4, 2019
By Rio Tan (@rio_tan) and Ada Mole (@ada_mole) May 4, 2019
By Rio Tan (@rio_tan), Bo Lind (@bolind) & Ada Mole (@ada_mole) May 4, 2019
Written by Ada Mole (@ada_mole) May 4, 2019
The mill is gone. Photo by Ada Mole (@ada_mole) May 4, 2019
The mill is gone. (Photo by Ada Mole (@ada_mole) May 4, 2019
The mill is gone | By Ada Mole (@ada_mole) May 4, 2019
A post shared by Ada Mole (@ada_mole) May 4, 2019
Ein Beitrag geteilt von Ada Mole (@ada_mole) 4. Mai 2019
Una publicación compartida de Ada Mole (@ada_mole) 4 de mayo de 2019
Von Ada Mole (@ada_mole) 4. Mai 2019
Die Mühle ist weg Von Ada Mole (@ada_mole) 4. Mai 2019
Por Ada Mole (@ada_mole) 4 de mayo de 2019
Par Ada Mole (@ada_mole) 4 mai 2019
di Ada Mole (@ada_mole) 4 maggio 2019
Foto di Ada Mole (@ada_mole) 4 maggio 2019
Door Ada van der Mole (@adamole) 4 mei 2019
Przez Ada Mole (@ada_mole) 4 maja 2019
Автор: Ада Моль (@ada_mole) 4 мая 2019
文：山田太郎 (@yamadat) 2019年5月4日
Photo: Ada Mole (@ada_mole) May 4, 2019
The mill is gone. Photo: Ada Mole (@ada_mole) May 4, 2019
Text und Fotos: Ada Mole (@ada_mole) 4. Mai 2019
Auteur : Ada Mole (@ada_mole) 4 mai 2019
Write to the author: Ada Mole (@ada_mole) May 4, 2019
By Ada Mole (@ada_mole)
- By Ada Mole (@ada_mole) May 4, 2019
Photo courtesy of Ada Mole (@ada_mole) May 4, 2019
Ten mills to see, Ada Mole (@ada_mole) May 4, 2019
Text: Rio Tan (@rio_tan) / Bild: Ada Mole (@ada_mole) 4. Mai 2019
Scritto da Ada Mole (@ada_mole) 4 maggio 2019
© Ada Mole (@ada_mole) May 4, 2019
`

// ... and that is a tweet's.
const tweets = `
By Sunday it is gone — Ada Mole (@ada_mole) May 4, 2019
Photo: me — Ada Mole (@ada_mole) May 4, 2019
A photo by nobody -- Ada Mole (@ada_mole) May 4, 2019
Gone. — By The Mill (@millside) May 4, 2019
- Ada Mole (@ada_mole) May 4, 2019
Gone.  By The Mill (@bythemill) May 4, 2019
Gone. Van Mole (@vanmole) May 4, 2019
Gone. Rio van Mole (@rvm) May 4, 2019
Gone. Rio De La Mole (@rdlm) May 4, 2019
Von Mole (@mole_v) 4. Mai 2019
It will be gone by May. Ada Mole (@ada_mole) May 4, 2019
It was built by my uncle, and now. Ada Mole (@ada_mole) May 4, 2019
It was built of stone by the people of Dale and of the hills. Ada Mole (@ada_mole) May 4, 2019
Look: the mill is gone. Ada Mole (@ada_mole) May 4, 2019
Look: the mill is gone Ada Mole (@ada_mole) May 4, 2019
Note this: it is gone.  Ada Mole (@ada_mole) May 4, 2019
The mill stands by  Ada Mole (@ada_mole) May 4, 2019
`

func TestIsByline(t *testing.T) {
	for _, test := range []struct {
		texts string
		want  bool
	}{{bylines, true}, {tweets, false}} {
		for in := range strings.SplitSeq(strings.TrimSpace(test.texts), "\n") {
			v := view.OfText(in)
			at := strings.LastIndexByte(v.Text, '@')
			a, ok := At(v, at, Context{From: strings.LastIndexByte(v.Text[:at-1], ')') + 1})
			if !ok {
				t.Fatalf("%q: no attribution", in)
			}
			if a.IsByline(v.Text) != test.want {
				t.Errorf("%q: a byline is %v", in, !test.want)
			}
		}
	}
}
