package date

import (
	"strings"
	"testing"
)

// Time and day of the same tweet as the service's page prints them, a language a line.
const footers = `
9:07 PM · Mar 21, 2018
Mar 21, 2018 · 9:07 PM
Mar 21, 2018 · 9:07 PM UTC
9:07 PM - 21 Mar 2018
21:07 · 21/03/2018
午後9:07 · 2018年3月21日
2018年3月21日 · 午後9:07
오후 9:07 · 2018년 3월 21일
下午9:07 · 2018年3月21日
晚上9:07 · 2018年3月21日
9:07 p. m. · 21 mar. 2018
9:07 p. m. · 21 de mar. de 2018
9:07 PM · 21 mars 2018
21:07 · 21 mars 2018
9:07 nachm. · 21. März 2018
21:07 Uhr · 21. Mrz. 2018
9:07 PM · 21 de mar de 2018
9:07 da tarde · 21 de mar. de 2018
9:07 PM · 21 mar 2018
9:07 p.m. · 21 mrt. 2018
9:07 PM · 21 мар. 2018 г.
9:07 пп · 21 бер. 2018 р.
ÖS 9:07 · 21 Mar 2018
٩:٠٧ م · ٢١ مارس ٢٠١٨
9:07 م · 21 مارس، 2018
۹:۰۷ ب.ظ. · ۲۱ مارس ۲۰۱۸
9:07 אחה״צ · 21 במרץ 2018
9:07 אחה"צ · 21 במרץ 2018
9:07 अपराह्न · 21 मार्च 2018
9:07 pm · 21 मार्च 2018
9:07 หลังเที่ยง · 21 มี.ค. 2018
9:07 CH · 21 thg 3, 2018
21:07 · 21 Tháng 3, 2018
9.07 PM · 21 Mar 2018
9:07 PM · 21 mar 2018
9:07 odp. · 21. 3. 2018
9:07 odp. · 21. bře 2018
9:07 PM · 21. 3. 2018
du. 9:07 · 2018. márc. 21.
9.07 ip. · 21. maalisk. 2018
9:07 em · 21 mars 2018
9.07 PM · 21. mar. 2018
9:07 p.m. · 21. mars 2018
9:07 μ.μ. · 21 Μαρ 2018
9:07 p.m. · 21 mar. 2018
9:07 сл.об. · 21.03.2018 г.
9:07 сл. об. · 21 март 2018 г.
9:07 PM · 21. ožu 2018.
9:07 по подне · 21. мар 2018.
9:07 p. m. · 21 de març 2018
2018(e)ko mar. 21(a) · 21:07
৯:০৭ PM · ২১ মার্চ, ২০১৮
பிற்பகல் 9:07 · 21 மார்., 2018
९:०७ म.उ. · २१ मार्च, २०१८
9:07 PM · 21 માર્ચ, 2018
9:07 ಅಪರಾಹ್ನ · ಮಾರ್ಚ್ 21, 2018
9:07 PTG · 21 Mac 2018
9:07 PM · Mar 21, 2018
9:07 PM · 21 مارچ، 2018
9:07 i.n. · 21 Márta 2018
`

func TestFooters(t *testing.T) {
	for in := range strings.SplitSeq(strings.TrimSpace(footers), "\n") {
		d, n := At(in)
		if d.Day != "2018-03-21" || !d.Timed || d.Clock == strings.HasSuffix(in, "UTC") || strings.Trim(in[n:], ".") != "" {
			t.Errorf("%q is %+v with %d of %d bytes", in, d, n, len(in))
		}
	}
}
