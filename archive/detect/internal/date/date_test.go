package date

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/tweetarc/archive"
)

// Printed dates. A bar shows where the date ends, if that is not the end. want is the
// day, followed by "clock"; or "masked"; or "" for no date.
var dateTests = []struct{ in, want string }{
	// What the widgets print, one language on each line.
	{"March 21, 2018", "2018-03-21"},
	{"26 November 2018", "2018-11-26"},
	{"7 Oct 2016", "2016-10-07"},
	{"4 de abril de 2018", "2018-04-04"},
	{"13 de septiembre de 2017", "2017-09-13"},
	{"4 de março de 2019", "2019-03-04"},
	{"16 de novembre de 2018", "2018-11-16"},
	{"1 d’abril de 2016", "2016-04-01"},
	{"25 d'agost de 2017", "2017-08-25"},
	{"5 d’octubre del 2018", "2018-10-05"},
	{"4 décembre 2014", "2014-12-04"},
	{"1er janvier 2018", "2018-01-01"},
	{"19 gennaio 2018", "2018-01-19"},
	{"24 maart 2016", "2016-03-24"},
	{"18. März 2018", "2018-03-18"},
	{"3. Jänner 2019", "2019-01-03"},
	{"23. marts 2016", "2016-03-23"},
	{"27. oktober 2018", "2018-10-27"},
	{"8 augusti 2018", "2018-08-08"},
	{"19. lokakuuta 2016", "2016-10-19"},
	{"12. listopadu 2014", "2014-11-12"},
	{"10 kwietnia 2019", "2019-04-10"},
	{"12 listopada 2014", "2014-11-12"},
	{"12. listopada 2014|.", "2014-10-12"}, // Croatian
	{"5. srpnja 2018|.", "2018-07-05"},
	{"2014. május 5.", "2014-05-05"},
	{"7 января 2018 г.", "2018-01-07"},
	{"22 октября 2013", "2013-10-22"},
	{"21 лютого 2018 р.", "2018-02-21"},
	{"21 март 2018 г.", "2018-03-21"},
	{"1. јануар 2018|.", "2018-01-01"},
	{"14. februára 2018", "2018-02-14"},
	{"10 Ağustos 2018", "2018-08-10"},
	{"13 KASIM 2016", "2016-11-13"},
	{"22 Maret 2019", "2019-03-22"},
	{"1 tháng 4, 2019", "2019-04-01"},
	{"1 thg 12, 2019", "2019-12-01"},
	{"6 Φεβρουαρίου 2018", "2018-02-06"},
	{"17 בפברואר 2014", "2014-02-17"},
	{"9 פבר׳ 2018", "2018-02-09"},
	{"٢٥ مارس ٢٠٢٠", "2020-03-25"},
	{"٢٥ مارس، ٢٠٢٠", "2020-03-25"},
	{"٥ ابريل ٢٠١٨", "2018-04-05"},
	{"2016年6月21日", "2016-06-21"},
	{"2014, 5月 22", "2014-05-22"},
	{"2018 年 8 月 4 日", "2018-08-04"},
	{"２０１８年８月４日", "2018-08-04"},
	{"2019년 12월 1일", "2019-12-01"},
	{"२१ मार्च २०१८", "2018-03-21"},
	{"5 फ़रवरी 2018", "2018-02-05"},
	{"21 เมษายน ค.ศ. 2018", "2018-04-21"},
	{"๒๑ มี.ค. ๒๕๖๑", "2018-03-21"},
	{"9 ก.พ. 2561", "2018-02-09"},
	{"۵ آوریل ۲۰۱۸", "2018-04-05"},
	{"۲۱ ژانویهٔ ۲۰۱۸", "2018-01-21"},
	{"5 اپریل، 2018", "2018-04-05"},
	{"Hulyo 4, 2018", "2018-07-04"},
	{"31 Ogos 2018", "2018-08-31"},
	{"5 iulie 2018", "2018-07-05"},
	{"9 de xullo de 2018", "2018-07-09"},
	{"2018(e)ko martxoaren 21(a)", "2018-03-21"},
	{"৫ এপ্রিল, ২০১৮", "2018-04-05"},
	{"5 જૂન, 2018", "2018-06-05"},
	{"ಏಪ್ರಿಲ್ 5, 2018", "2018-04-05"},
	{"५ ऑगस्ट, २०१८", "2018-08-05"},
	{"5 மார்ச், 2018", "2018-03-05"},

	// By hand.
	{"Feb 26, 2018", "2018-02-26"},
	{"Sept. 5, 2018", "2018-09-05"},
	{"March 07, 2013", "2013-03-07"},
	{"may 5 2013", "2013-05-05"},
	{"DEC 28TH, 2010", "2010-12-28"},
	{"1st of May 2013", "2013-05-01"},
	{"1º de maio de 2013", "2013-05-01"},
	{"9 janv. 2018", "2018-01-09"},
	{"28 de dez. de 2016", "2016-12-28"},
	{"23 fevrier 2018", "2018-02-23"},
	{"2026-09-09", "2026-09-09"},
	{"2016/12/28", "2016-12-28"},
	{"2018-04-08T20:34:06.000Z", "2018-04-08"},
	{"2018-04-08T20:34:06", "2018-04-08 clock"},

	// A time beside it.
	{"9:07 AM - 28 Dec 2016", "2016-12-28 clock"},
	{"05:38 PM - 07 Jun 2019|\nReply", "2019-06-07 clock"},
	{"8:07 PM · Jan 2, 2018", "2018-01-02 clock"},
	{"2:36 PM · Mar 23, 2026| · 839K Views", "2026-03-23 clock"},
	{"2:36 PM\n·\nMar 23, 2026", "2026-03-23 clock"},
	{"21:07 - 28 déc. 2016", "2016-12-28 clock"},
	{"21.07 - 28 Des 2016", "2016-12-28 clock"},
	{"9:07 a. m. · 28 dic. 2016", "2016-12-28 clock"},
	{"午前9:07 · 2016年12月28日", "2016-12-28 clock"},
	{"9:07 - 2016年12月28日", "2016-12-28 clock"},
	{"오후 9:07 · 2016년 12월 28일", "2016-12-28 clock"},
	{"June 1, 2018 at 7:14 PM", "2018-06-01 clock"},
	{"Mar 25, 2017 at 7:14am PDT|, Souza", "2017-03-25 clock"},
	{"June 1, 2018, 19:14:05 EST", "2018-06-01 clock"},
	{"1. Juni 2018 um 19:14 Uhr", "2018-06-01 clock"},
	{"June 1, 2018, 19:14 UTC", "2018-06-01"},
	{"June 1, 2018| 7:14 p.m. The next entry", "2018-06-01"},
	{"June 1, 2018|\n7:14 PM - 2 Jun 2018", "2018-06-01"},
	{"June 1, 2018|, at noon", "2018-06-01"},

	// With the day of the week.
	{"Wednesday, March 21, 2018", "2018-03-21"},
	{"Wed, 21 Mar 2018|", "2018-03-21"},
	{"Wed Mar 21 2018", "2018-03-21"},
	{"Tues. March 20, 2018", "2018-03-20"},
	{"Wed Mar 21 21:07:00 +0000 2018", "2018-03-21"},
	{"Wed Mar 21 21:07:00 UTC 2018", "2018-03-21"},
	{"Wed, 21 Mar 2018, 21:07 +0200", "2018-03-21 clock"},
	{"Mittwoch, 21. März 2018", "2018-03-21"},
	{"Mittwoch, den 21. März 2018", "2018-03-21"},
	{"Mi., 21. März 2018", "2018-03-21"},
	{"mercredi 21 mars 2018", "2018-03-21"},
	{"mar. 20 mars 2018", "2018-03-20"},
	{"mar 20 mar 2018", "2018-03-20"},
	{"mar 20, 2018", "2018-03-20"},
	{"miércoles, 21 de marzo de 2018", "2018-03-21"},
	{"quarta-feira, 21 de março de 2018", "2018-03-21"},
	{"mercoledì 21 marzo 2018", "2018-03-21"},
	{"woensdag 21 maart 2018", "2018-03-21"},
	{"onsdag den 21. marts 2018", "2018-03-21"},
	{"keskiviikkona 21. maaliskuuta 2018", "2018-03-21"},
	{"środa, 21 marca 2018", "2018-03-21"},
	{"среда, 21 марта 2018 года", "2018-03-21"},
	{"п’ятниця, 23 березня 2018 р.", "2018-03-23"},
	{"Τετάρτη, 21 Μαρτίου 2018", "2018-03-21"},
	{"21 Mart 2018 Çarşamba", "2018-03-21"},
	{"الأربعاء، 21 مارس 2018", "2018-03-21"},
	{"יום רביעי, 21 במרץ 2018", "2018-03-21"},
	{"बुधवार, 21 मार्च 2018", "2018-03-21"},
	{"วันพุธที่ 21 มีนาคม 2561", "2018-03-21"},
	{"Thứ Tư, 21 tháng 3, 2018", "2018-03-21"},
	{"Rabu, 21 Maret 2018", "2018-03-21"},
	{"2018年3月21日(水)", "2018-03-21"},
	{"2018年3月21日（水）", "2018-03-21"},
	{"2018年3月21日 星期三", "2018-03-21"},
	{"2018년 3월 21일 수요일", "2018-03-21"},
	{"2018. március 21., szerda", "2018-03-21"},
	{"March 21, 2018| Wednesday it rained", "2018-03-21"},

	// In numbers.
	{"21/03/2018", "2018-03-21"},
	{"03/21/2018", "2018-03-21"},
	{"3/21/18", "2018-03-21"},
	{"21/3/18", "2018-03-21"},
	{"21-03-2018", "2018-03-21"},
	{"21.03.2018", "2018-03-21"},
	{"4.3.2018", "2018-03-04"},
	{"21. 3. 2018", "2018-03-21"},
	{`21\.03\.2018`, "2018-03-21"},
	{"21.03.18", "2018-03-21"},
	{"04/04/2018", "2018-04-04"},
	{"2018/3/21", "2018-03-21"},
	{"2018-3-21", "2018-03-21"},
	{"2018.3.21", "2018-03-21"},
	{"2018. 3. 21.", "2018-03-21"},
	{"٢١/٣/٢٠١٨", "2018-03-21"},
	{"12/28/2016| people", "2016-12-28"},
	{"21.03.2018, 21:07", "2018-03-21 clock"},
	{"21.03.2018 21:07| Uhrwerk", "2018-03-21 clock"},
	{"21:07 21/03/2018", "2018-03-21 clock"},
	{"2018-03-21 21:07:05", "2018-03-21 clock"},
	{"2018-03-21T21:07:05+00:00", "2018-03-21"},
	{"2018-03-21T21:07:05+0900", "2018-03-21 clock"},
	{"21-Mar-2018", "2018-03-21"},
	{"21/Mar/2018", "2018-03-21"},
	{"10 Mar 16", "2016-03-10"},
	{"10 Mar '16", "2016-03-10"},
	{"Mar 10, ’16", "2016-03-10"},
	{"1 Feb 16|I", "2016-02-01"},
	{"1521666420", "2018-03-21"},
	{"1521666420000", "2018-03-21"},

	// What follows it.
	{"December 2, 2022|,", "2022-12-02"},
	{"August 15, 2017|Trump", "2017-08-15"},
	{"July 7, 2017|2. In", "2017-07-07"},
	{"November 4, 2017|#Tag", "2017-11-04"},
	{"7 июля 2016| Господин", "2016-07-07"},
	{"2014, 5月 22|人", "2014-05-22"},

	// What extractors make of it.
	{"29\nd’abril de 2018", "2018-04-29"},
	{"7 июля 2016\nг.", "2016-07-07"},
	{"7\u00a0июля 2016\u202fг.", "2016-07-07"},
	{"November\n> 16, 2019", "2019-11-16"},
	{"November\r\n>> 16, 2019", "2019-11-16"},
	{"November\n                      16, 2019", "2019-11-16"},
	{`18\. März 2018`, "2018-03-18"},
	{`2014\. május 5\.`, "2014-05-05"},
	{"18.\u00a0März\u202f2018", "2018-03-18"},
	{"18. Ma\u0308rz 2018", "2018-03-18"},
	{"4 de marc\u0327o de 2019", "2019-03-04"},
	{"6 Φεβρουαρι\u0301ου 2018", "2018-02-06"},
	{"2019\u1102\u1167\u11ab 12\u110b\u116f\u11af 1\u110b\u1175\u11af", "2019-12-01"},
	{"\u0662\u0665\u200f \u0645\u0627\u0631\u0633\u200f \u0662\u0660\u0662\u0660", "2020-03-25"},
	{"October *NUMBER*, *NUMBER*", "masked"},
	{"*NUMBER* de abril de *NUMBER*", "masked"},

	// No dates.
	{"", ""},
	{"May", ""},
	{"May 2018", ""},
	{"March 21", ""},
	{"March 21, 18", ""},
	{"March 21,\n\n2018", ""},
	{"March 212018", ""},
	{"March 0, 2018", ""},
	{"Marchers 21, 2018", ""},
	{"on March 21, 2018", ""},
	{"31 February 2018", ""},
	{"February 29, 2017", ""},
	{"April 31, 2017", ""},
	{"2018-13-01", ""},
	{"2018-04-081", ""},
	{"21/13/2018", ""},
	{"13/13/2018", ""},
	{"0/5/2018", ""},
	{"21/03", ""},
	{"21/03-2018", ""},
	{"15216664201", ""},
	{"152166642", ""},
	{"9521666420", ""},
	{"March 10, 16", ""},
	{"Friday", ""},
	{"Sun 5", ""},
	{"21 tháng 13, 2019", ""},
	{"March 20, 2006", ""},
	{"June 18, 2561", ""},
	{"June 18, 3018", ""},
	{"1234567 May 2018", ""},
	{"9:07 AM", ""},
	{"9:07 AM - yesterday", ""},
	{"25:07 - 28 Dec 2016", ""},
	{"2 hours ago", ""},
	{"NUMBER", ""},
	{"de de de de 5, 2018", ""},
	{"5 \xff 2018", ""},
}

func TestAt(t *testing.T) {
	for _, test := range dateTests {
		in, end, _ := strings.Cut(test.in, "|")
		d, n := At(in + end)
		if got := describe(d, n); got != test.want {
			t.Errorf("%q is %q, not %q", in+end, got, test.want)
		}
		if test.want != "" && n != len(in) {
			t.Errorf("%q: the date takes %d bytes, not %d", in+end, n, len(in))
		}
	}
}

func describe(d Date, n int) string {
	s := d.Day
	if n > 0 && s == "" {
		s = "masked"
	}
	if d.Clock {
		s += " clock"
	}
	return s
}

// Dates that do not give their day: the days that they are in an article of this day with
// this order of numbers.
var doubtTests = []struct {
	in, article string
	order       Order
	want        string
}{
	{"03/04/2018", "", noOrder, ""},
	{"03/04/2018", "", dayFirst, "2018-04-03"},
	{"03/04/2018", "", monthFirst, "2018-03-04"},
	{"03/04/2018", "2018-03-10", noOrder, "2018-03-04"},
	{"04/03/2018", "2018-03-10", noOrder, "2018-03-04"},
	{"03/04/2018", "2018-05-10", noOrder, ""},
	{"9:07 PM · 3/4/18", "", dayFirst, "2018-04-03"},
	{"March 21", "", noOrder, ""},
	{"March 21", "2018-03-22", noOrder, "2018-03-21"},
	{"21 mars", "2018-06-01", noOrder, "2018-03-21"},
	{"21. März", "2018-03-21", noOrder, "2018-03-21"},
	{"21 de marzo", "2018-03-22", noOrder, "2018-03-21"},
	{"3月21日", "2018-03-22", noOrder, "2018-03-21"},
	{"3월 21일", "2018-03-22", noOrder, "2018-03-21"},
	{"Wed, Mar 21", "2018-03-22", noOrder, "2018-03-21"},
	{"Dec 30", "2019-01-02", noOrder, "2018-12-30"},
	{"Mar 21", "2018-12-01", noOrder, ""},
	{"Feb 29", "2018-03-01", noOrder, ""},
	{"Feb 29", "2016-03-01", noOrder, "2016-02-29"},
	{"10 Mar 47", "2018-03-12", noOrder, "2018-03-10"},
	{"February 30, 2018", "2018-03-01", noOrder, ""},
}

func TestDoubt(t *testing.T) {
	for _, test := range doubtTests {
		d, n := Any(test.in)
		if n == 0 || !d.Doubtful() || d.Day != "" {
			t.Errorf("%q is %+v, %d bytes", test.in, d, n)
		}
		in := d.In(test.article, test.order)
		if in.Day != test.want || in.Doubtful() != (test.want == "") {
			t.Errorf("%q in an article of %q in order %d is %q, not %q", test.in, test.article, test.order, in.Day, test.want)
		}
		if _, n := At(test.in); n > 0 {
			t.Errorf("At reads %q", test.in)
		}
	}
}

func TestOrderOf(t *testing.T) {
	for _, test := range []struct {
		in   string
		want Order
	}{
		{"", noOrder},
		{"The gate was shut on 05/06/2019 and on 07/08/2019.", noOrder},
		{"The gate was shut on 05/06/2019 and on 27/08/2019.", dayFirst},
		{"The gate was shut on 05/06/2019 and on 8/27/2019.", monthFirst},
		{"The gate was shut on 27/08/2019 and on 8/27/2019.", noOrder},
		{"Das Tor war am 05/06/2019 zu und ist auch jetzt nicht auf der Karte.", dayFirst},
		{"La porte est fermée et le pont du nord est ouvert.", dayFirst},
		{"Ворота были закрыты с утра.", dayFirst},
		{"The count: 1234567/12/2018, 123/45/678, 12/31.", noOrder},
	} {
		if got := OrderOf(test.in); got != test.want {
			t.Errorf("%q: %d, not %d", test.in, got, test.want)
		}
	}
}

// The months as the grammars of the languages print them, written by hand and not taken
// from CLDR.
var monthTests = []struct{ print, months string }{
	{"%s 9, 2018", "January February March April May June July August September October November December"},
	{"9 %s 2018", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"},
	{"9 de %s de 2018", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"},
	{"9 de %s de 2018", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"},
	{"9 de %s de 2018", "jan fev mar abr mai jun jul ago set out nov dez"},
	{"9 %s de 2018", "de-gener de-febrer de-març d’abril de-maig de-juny de-juliol d’agost de-setembre d’octubre de-novembre de-desembre"},
	{"9 %s 2018", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"},
	{"9 %s 2018", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."},
	{"9 %s 2018", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"},
	{"9 %s 2018", "gen feb mar apr mag giu lug ago set ott nov dic"},
	{"9 %s 2018", "januari februari maart april mei juni juli augustus september oktober november december"},
	{"9. %s 2018", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"},
	{"9. %s 2018", "januar februar marts april maj juni juli august september oktober november december"},
	{"9. %s 2018", "januar februar mars april mai juni juli august september oktober november desember"},
	{"9 %s 2018", "januari februari mars april maj juni juli augusti september oktober november december"},
	{"9. %s 2018", "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"},
	{"9. %s 2018", "ledna února března dubna května června července srpna září října listopadu prosince"},
	{"9 %s 2018", "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"},
	{"9. %s 2018", "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca"},
	{"2018. %s 9.", "január február március április május június július augusztus szeptember október november december"},
	{"9 %s 2018 г.", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"},
	{"9 %s 2018 р.", "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"},
	{"9 %s 2018", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"},
	{"9 %s 2018", "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"},
	{"9 %s 2018", "Januari Februari Mac April Mei Jun Julai Ogos September Oktober November Disember"},
	{"%s 9, 2018", "Enero Pebrero Marso Abril Mayo Hunyo Hulyo Agosto Setyembre Oktubre Nobyembre Disyembre"},
	{"9 %s 2018", "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου"},
	{"9 ב%s 2018", "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר"},
	{"٩ %s ٢٠١٨", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"},
	{"۹ %s ۲۰۱۸", "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر"},
	{"9 %s 2018", "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر"},
	{"9 %s 2018", "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"},
	{"9 %s 2561", "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"},
	{"9 %s 2018", "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"},
	{"9 de %s de 2018", "xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro"},
	{"2018 %s 9", "urtarrila otsaila martxoa apirila maiatza ekaina uztaila abuztua iraila urria azaroa abendua"},
	{"9 tháng %s, 2018", "1 2 3 4 5 6 7 8 9 10 11 12"},
	{"2018年%s月9日", "1 2 3 4 5 6 7 8 9 10 11 12"},
	{"2018년 %s월 9일", "1 2 3 4 5 6 7 8 9 10 11 12"},
}

func TestMonths(t *testing.T) {
	for _, test := range monthTests {
		months := strings.Fields(test.months)
		if len(months) != 12 {
			t.Fatalf("%s: %d months", test.months, len(months))
		}
		for i, month := range months {
			month = strings.ReplaceAll(month, "-", " ")
			in := fmt.Sprintf(test.print, month)
			want := fmt.Sprintf("2018-%02d-09", i+1)
			for _, in := range []string{in, strings.ToUpper(in)} {
				if d, n := At(in); d.Day != want || n != len(in) {
					t.Errorf("%q is %q with %d bytes, not %q with %d", in, d.Day, n, want, len(in))
				}
			}
		}
	}
}

func TestFuture(t *testing.T) {
	now := time.Now().UTC()
	for _, test := range []struct {
		day time.Time
		ok  bool
	}{
		{now, true},
		{now.AddDate(0, 0, 1), true},
		{now.AddDate(0, 0, 3), false},
		{now.AddDate(1, 0, 0), false},
	} {
		in := test.day.Format("2 January 2006")
		if d, n := At(in); (n > 0) != test.ok || test.ok && d.Day != test.day.Format(time.DateOnly) {
			t.Errorf("%q is %q, %d bytes", in, d.Day, n)
		}
	}
}

func TestFits(t *testing.T) {
	for _, test := range []struct {
		day, article string
		want         bool
	}{
		{"2018-03-21", "", true},
		{"2018-03-21", "2018-03-21", true},
		{"2018-03-21", "2019-01-01", true},
		{"2018-03-01", "2018-02-28", true},
		{"2018-03-02", "2018-02-28", false},
		{"", "2018-02-28", true},
		{"2018-03-21", "March 2018", true},
		{"2018-03-21", "2018", true},
	} {
		if got := (Date{Day: test.day}).Fits(test.article); got != test.want {
			t.Errorf("a tweet of %q in an article of %q: %v", test.day, test.article, got)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, test := range []struct {
		in   string // a bar shows where it ends
		want bool
	}{
		{"about 2 hours ago| via web", true},
		{"5\u00a0hours\u00a0ago", true},
		{"7hours ago", true},
		{"an hour ago|.", true},
		{"Less than a minute ago", true},
		{"half a minute ago", true},
		{"11 months\nago", true},
		{"2 hours agonising", false},
		{"2 hour", false},
		{"about", false},
		{"March 21, 2018", false},
		{"", false},
	} {
		in, end, _ := strings.Cut(test.in, "|")
		want := 0
		if test.want {
			want = len(in)
		}
		if got := Relative(in + end); got != want {
			t.Errorf("%q takes %d bytes, not %d", in+end, got, want)
		}
	}
}

func TestAllocatesTheDayOnly(t *testing.T) {
	for _, in := range []string{"March 21, 2018", "9:07 AM - 28 Dec 2016", "5 செப்டம்பர், 2018", "๒๑ กุมภาพันธ์ ๒๕๖๑"} {
		if n := testing.AllocsPerRun(100, func() { At(in) }); n > 1 {
			t.Errorf("%q: %v allocations", in, n)
		}
	}
}

// In any text a date is at the beginning, its day can be a tweet's, and it reads the same
// without what follows. Little is read, however long the text is.
func FuzzAt(f *testing.F) {
	for _, test := range dateTests {
		f.Add(strings.Replace(test.in, "|", "", 1))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := Relative(s); n < 0 || n > len(s) || n > 1000 {
			t.Errorf("relative: %d of %d bytes", n, len(s))
		}
		d, n := Any(s)
		OrderOf(s)
		if n == 0 {
			if d != (Date{}) {
				t.Errorf("%v of no bytes", d)
			}
			return
		}
		if n < 0 || n > len(s) || n > 1000 {
			t.Fatalf("%d of %d bytes", n, len(s))
		}
		if d.Day != "" {
			day, err := time.Parse(time.DateOnly, d.Day)
			if err != nil || d.Day < archive.FirstDay || day.After(time.Now().Add(24*time.Hour)) {
				t.Errorf("day %q: %v", d.Day, err)
			}
		}
		if again, m := Any(s[:n]); again != d || m != n {
			t.Errorf("%q is %v, but %v with %q behind it", s[:n], again, d, s[n:])
		}
	})
}

func BenchmarkAt(b *testing.B) {
	for _, bench := range []struct{ name, s string }{
		{"en", "March 21, 2018"},
		{"de", "18. März 2018"},
		{"ru", "7 января 2018 г."},
		{"ar", "٢٥ مارس ٢٠٢٠"},
		{"ja", "2016年6月21日"},
		{"clock", "9:07 AM - 28 Dec 2016"},
		{"prose", "said the minister on Tuesday."},
		{"letters", strings.Repeat("a", 1<<20)},
		{"marks", strings.Repeat("\u0301", 1<<20)},
		{"spaces", "May" + strings.Repeat(" ", 1<<20)},
		{"digits", strings.Repeat("1", 1<<20)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				At(bench.s)
			}
		})
	}
}

// Words beside a date, each of them: W is where they are, and a bar is where the date
// ends if they are not known.
var wordTests = []struct{ in, words, want string }{
	{"2W Dec 2016", "st nd rd th er º ª °", "2016-12-02"},
	{"W9:07 - 28 Dec 2016", "午前 午後 上午 下午 凌晨 清晨 早上 中午 晚上 오전 오후 öö ös de._ du._ முற்பகல்_ பிற்பகல்_ ಪೂರ್ವಾಹ್ನ_ ಅಪರಾಹ್ನ_ पूर्वाह्न_ अपराह्न_", "2016-12-28 clock"},
	{"9:07 W - 28 Dec 2016", "a.m. p.m. a._m. p._m. am pm vorm. nachm. f.m. e.m. fm em ap. ip. dop. odp. de. du. sa ch pg ptg uhr π.μ. μ.μ. дп пп לפנה״צ אחה״צ ص م ق.ظ. ب.ظ. पूर्वाह्न अपराह्न ก่อนเที่ยง หลังเที่ยง", "2016-12-28 clock"},
	{"9:07 PM W - 28 Dec 2016", "est edt cst cdt mst mdt pst pdt et ct pt bst cet cest jst ist", "2016-12-28 clock"},
	{"9:07 W - 28 Dec 2016", "utc (utc) gmt z +00:00 +0000 -0000", "2016-12-28"},
	{"28 Dec 2016 W 9:07", "at à às um a_las alle om kl. klo в", "2016-12-28 clock"},
	{"2018W 8月4日", "年 년", "2018-08-04"},
	{"2018年8W4日", "月 월", "2018-08-04"},
	{"2018年8月4W", "日 일", "2018-08-04"},
	{"7 января 2018 W", "г. р. года року", "2018-01-07"},
}

func TestWords(t *testing.T) {
	for _, test := range wordTests {
		for _, w := range strings.Fields(test.words) {
			w = strings.ReplaceAll(w, "_", " ")
			in := strings.Replace(test.in, "W", w, 1)
			d, n := At(in)
			if got := describe(d, n); got != test.want || n != len(in) {
				t.Errorf("%q is %q with %d of %d bytes, not %q", in, got, n, len(in), test.want)
			}
		}
	}
	for _, unit := range strings.Fields("seconds second minutes minute hours hour days day weeks week months month years year") {
		if in := "2 " + unit + " ago"; Relative(in) != len(in) {
			t.Errorf("%q is no relative date", in)
		}
	}
	for _, about := range []string{"about 2", "almost 2", "over 2", "less than 2", "half a", "an", "a"} {
		if in := about + " hours ago"; Relative(in) != len(in) {
			t.Errorf("%q is no relative date", in)
		}
	}
}

// White space is followed for 64 bytes at most.
func TestSpace(t *testing.T) {
	for n, want := range map[int]string{60: "2016-12-28", 70: ""} {
		d, size := At("28 Dec" + strings.Repeat(" ", n) + "2016")
		if got := describe(d, size); got != want {
			t.Errorf("with %d spaces it is %q, not %q", n, got, want)
		}
	}
}
