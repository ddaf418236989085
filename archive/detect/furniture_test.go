package detect

import "testing"

func TestFurniture(t *testing.T) {
	for line, want := range map[string]furniture{
		"567": otherFurniture, "1,204": otherFurniture, "40.5K": otherFurniture, "1.2 mil": otherFurniture, "3,4 Mio.": otherFurniture, "1.2万": otherFurniture,
		"0:12 / 1:05": otherFurniture, "GIF": otherFurniture, "·": otherFurniture, "1,234 votes · Final results": otherFurniture,
		"16,738 16,738 Retweets   53,680 53,680 likes": otherFurniture, "23.2K people are talking about this": otherFurniture,
		"Reply (BUTTON)": otherFurniture, "Lire 12 réponses": otherFurniture, "1.234 Reproducciones": otherFurniture, "From mill.example": otherFurniture,
		"Follow": followFurniture, "· Seguir": followFurniture, "Verified account": verifiedFurniture, "Zitat": quoteFurniture, "Readers added context": noteFurniture,
		"": noFurniture, "They came to 567": noFurniture, "Follow the flour": noFurniture, "GIF or jif?": noFurniture, "From mill to mill.": noFurniture, "5 mills": noFurniture,
	} {
		if got := furnitureAt(line); got != want {
			t.Errorf("%q is %d, not %d", line, got, want)
		}
	}
}

func TestReplyLine(t *testing.T) {
	for _, test := range []struct {
		line, first string
		bare, ok    bool
	}{
		{"Replying to @janeroe", "janeroe", false, true},
		{"Replying to @janeroe, @rio_tan and 12 others", "janeroe", false, true},
		{"返信先: @janeroeさん、@rio_tanさん", "janeroe", false, true},
		{"@janeroe 님에게 보내는 답글", "janeroe", false, true},
		{"В ответ @janeroe", "janeroe", false, true},
		{"@janeroe @rio_tan", "janeroe", true, true},
		{"@janeroe who asked us?", "janeroe", false, false},
		{"Replying to letters", "", false, false},
		{"Replying to @janeroe would take me all day if I had one", "janeroe", false, false},
		{"Replying to jane@example.org", "", false, false},
	} {
		first, bare, ok := replyLine(test.line)
		if ok != test.ok || bare != test.bare || ok && first != test.first {
			t.Errorf("%q: %q, %v, %v", test.line, first, bare, ok)
		}
	}
}
