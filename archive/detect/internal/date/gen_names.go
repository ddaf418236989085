//go:build ignore

// This program writes names.go: the names of the months and of the days of the week in
// the languages of Twitter's widgets. Run it with go generate. Its libraries are in
// gen_names.mod, so that tweetarc itself does not need them.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/bg"
	"github.com/go-playground/locales/bn"
	"github.com/go-playground/locales/ca"
	"github.com/go-playground/locales/cs"
	"github.com/go-playground/locales/da"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/de_AT"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/en_AU"
	"github.com/go-playground/locales/en_CA"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/es_MX"
	"github.com/go-playground/locales/eu"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fi"
	"github.com/go-playground/locales/fil"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/fr_CA"
	"github.com/go-playground/locales/ga"
	"github.com/go-playground/locales/gl"
	"github.com/go-playground/locales/gu"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hi"
	"github.com/go-playground/locales/hr"
	"github.com/go-playground/locales/hu"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/kn"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/mr"
	"github.com/go-playground/locales/ms"
	"github.com/go-playground/locales/nb"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/nn"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/pt_PT"
	"github.com/go-playground/locales/ro"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/sk"
	"github.com/go-playground/locales/sr"
	"github.com/go-playground/locales/sv"
	"github.com/go-playground/locales/ta"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/ur"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"
	"github.com/go-playground/locales/zh_Hant_TW"
	"golang.org/x/text/unicode/norm"
)

// Tested in date_test.go.

// cldr is the data's version, as the README of locales v0.14.2 says.
const cldr = "36.0.1"

// The languages of the widgets. Japanese, Chinese, Korean and Vietnamese are not among
// them, as their months are numbers. Nor are languages in which Twitter had no pages,
// such as Lithuanian: they would add names that mean something else elsewhere.
var languages = []locales.Translator{
	ar.New(), bg.New(), bn.New(), ca.New(), cs.New(), da.New(), de.New(), de_AT.New(), el.New(), en.New(), en_AU.New(), en_CA.New(),
	en_GB.New(), es.New(), es_MX.New(), eu.New(), fa.New(), fi.New(), fil.New(), fr.New(), fr_CA.New(), ga.New(), gl.New(), gu.New(), he.New(),
	hi.New(), hr.New(), hu.New(), id.New(), it.New(), kn.New(), mr.New(), ms.New(), nb.New(), nl.New(), nn.New(), pl.New(), pt.New(),
	pt_PT.New(), ro.New(), ru.New(), sk.New(), sr.New(), sv.New(), ta.New(), th.New(), tr.New(), uk.New(), ur.New(),
}

// besides holds what the library lacks, January first: the forms without a day where
// they differ, what later versions of CLDR have (looked up in 47), and a few
// spellings that people use.
var besides = map[string]string{
	"bn":    "|||এপ্রি|||জুল|আগ|সেপ|অক্টো|নভে|ডিসে",
	"cs":    "leden|únor|březen|duben|květen|červen|červenec|srpen||říjen|listopad|prosinec",
	"de":    "||Mär Mrz Maerz|||Jun|Jul||Sep|||",
	"de_AT": "Januar|Feber||||||||||",
	"el":    "Ιανουάριος|Φεβρουάριος|Μάρτιος Μάρ|Απρίλιος|Μάιος Μάι|Ιούνιος Ιούν|Ιούλιος Ιούλ|Αύγουστος Αύγ|Σεπτέμβριος|Οκτώβριος|Νοέμβριος Νοέ|Δεκέμβριος",
	"en":    "||||||||Sept|||",
	"es":    "||||||||setiembre set sep|||",
	"fa":    "ژانویه|فوریه|||مه می||ژوئیه|||||",
	"fi":    "tammikuu|helmikuu|maaliskuu|huhtikuu|toukokuu|kesäkuu|heinäkuu|elokuu|syyskuu|lokakuu|marraskuu|joulukuu",
	"fr_CA": "||||||juil|||||",
	"hi":    "||||||||सितम्बर|अक्टूबर अक्टू|नवम्बर|दिसम्बर",
	"hr":    "siječanj sij|veljača velj|ožujak ožu|travanj tra|svibanj svi|lipanj|srpanj|kolovoz kol|rujan ruj||studeni stu|prosinac",
	"kn":    "ಜನ|ಫೆಬ್ರ||||||||||",
	"nb":    "||mar|||jun|jul|||||",
	"pl":    "styczeń|luty|marzec|kwiecień||czerwiec|lipiec|sierpień|wrzesień|październik|listopad|grudzień",
	"ru":    "январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь",
	"sk":    "január|február|marec|apríl||||august|september|október|november|december",
	"uk":    "січень|лютий|березень|квітень|травень|червень|липень|серпень|вересень|жовтень|листопад|грудень",
}

// weekdaysBesides are the names of days of the week that the library lacks: in another
// case ("on Wednesday"), without the word for day, and short ones that people use.
var weekdaysBesides = strings.Fields(`
	sun mon tue tues wed weds thu thur thurs fri sat mo di mi do fr sa so
	среду пятницу субботу середу п’ятницу суботу
	środę sobotę niedzielę středu sobotu neděli stredu nedeľu
	วันพุธที่ วันจันทร์ที่ วันอังคารที่ วันพฤหัสบดีที่ วันศุกร์ที่ วันเสาร์ที่ วันอาทิตย์ที่ วันพฤหัสที่
	周一 周二 周三 周四 周五 周六 周日 週一 週二 週三 週四 週五 週六 週日
	月曜 火曜 水曜 木曜 金曜 土曜 日曜 יום`)

func main() {
	log.SetFlags(0)
	src, err := format.Source(source(monthNames(), weekdayNames()))
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("names.go", src, 0o666); err != nil {
		log.Fatal(err)
	}
}

// monthNames is the month that each name means.
func monthNames() map[string]time.Month {
	months := map[string]time.Month{}
	for _, l := range languages {
		for m := time.January; m <= time.December; m++ {
			for _, name := range namesOf(l, m) {
				for _, key := range keys(name) {
					if old := months[key]; old != 0 && old != m {
						log.Fatalf("%s: %s is %v, elsewhere %v", l.Locale(), name, m, old)
					}
					months[key] = m
				}
			}
		}
	}
	return months
}

// namesOf are the names of a month in a language.
func namesOf(l locales.Translator, m time.Month) []string {
	names := strings.Fields(strings.Split(besides[l.Locale()]+strings.Repeat("|", 12), "|")[m-1])
	names = append(names, l.MonthWide(m))
	switch l.Locale() {
	case "hr":
		// listopada is October in Croatian and November in Polish: see scanner.month.
		// The short forms lip, srp and lis are months in Polish and Czech too,
		// always one later.
		if m == time.October {
			return nil
		}
	case "he":
		names = append(names, l.MonthAbbreviated(m))
		for _, name := range names {
			names = append(names, "ב"+name) // in
		}
	case "eu":
		names = append(names, l.MonthAbbreviated(m), l.MonthWide(m)+"ren") // of
	default:
		names = append(names, l.MonthAbbreviated(m))
	}
	return names
}

// weekdayNames are the words of the names of all days of the week.
func weekdayNames() map[string]bool {
	var names []string
	for _, l := range append(languages, ja.New(), ko.New(), vi.New(), zh.New(), zh_Hant_TW.New()) {
		for d := time.Sunday; d <= time.Saturday; d++ {
			names = append(names, l.WeekdayWide(d), l.WeekdayAbbreviated(d))
		}
	}
	isJoint := func(r rune) bool { return strings.ContainsRune(" -'’ʼ\u200c", r) } // יום רביעי, quarta-feira
	words := map[string]bool{}
	for _, name := range append(names, weekdaysBesides...) {
		for word := range strings.FieldsFuncSeq(name, isJoint) {
			for _, key := range keys(word) {
				if key != "on" && key != "to" { // English prose has them before a date
					words[key] = true
				}
			}
		}
	}
	return words
}

// source is the text of names.go.
func source(months map[string]time.Month, weekdays map[string]bool) []byte {
	longest := 0
	for name := range months {
		longest = max(longest, len(name))
	}
	for name := range weekdays {
		longest = max(longest, len(name))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `// Code generated by gen_names.go from CLDR %s. DO NOT EDIT.

package date

// Tested in date_test.go.

// longestName is the length in bytes of the longest name below.
const longestName = %d

// monthNamed is the month that a name means, 0 if none. The names are those of %d
// locales, wide and abbreviated, with and without a day, in lower case and without
// dots. Accents may be composed, decomposed or lost. No name means two months, or this
// would not compile.
func monthNamed(name string) int {
	switch name {
`, cldr, longest, len(languages))
	for m := time.January; m <= time.December; m++ {
		var names []string
		for name, of := range months {
			if of == m {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		writeCase(&b, names)
		fmt.Fprintf(&b, "return %d\n", m)
	}
	fmt.Fprint(&b, `}
return 0
}

// isWeekday reports whether name is a day of the week in one of those languages, or
// a word of its name.
func isWeekday(name string) bool {
	switch name {
`)
	writeCase(&b, slices.Sorted(maps.Keys(weekdays)))
	fmt.Fprint(&b, "return true\n}\nreturn false\n}\n")
	return b.Bytes()
}

// writeCase writes the case of names, in lines that are not too long.
func writeCase(b *bytes.Buffer, names []string) {
	fmt.Fprint(b, "case ")
	width := 0
	for i, name := range names {
		if i > 0 {
			fmt.Fprint(b, ", ")
		}
		if width > 120 {
			fmt.Fprintln(b)
			width = 0
		}
		quoted := strconv.Quote(name)
		if !norm.NFC.IsNormalString(name) {
			quoted = strconv.QuoteToASCII(name) // or it would look like the composed one
		}
		n, _ := fmt.Fprint(b, quoted)
		width += n
	}
	fmt.Fprint(b, ":\n")
}

// keys are the forms under which a name is looked up; none for a name that
// holds a number.
func keys(name string) []string {
	name = strings.ToLower(name)
	for _, of := range [...]string{"de ", "d’"} { // Catalan
		name = strings.TrimPrefix(name, of)
	}
	name = strings.NewReplacer(".", "", "॰", "", "׳", "").Replace(name)
	if strings.ContainsAny(name, " 0123456789") {
		return nil
	}
	return []string{norm.NFC.String(name), norm.NFD.String(name), norm.NFC.String(bare(name))}
}

// bare takes off the accents, hamzas and nuktas, which writers leave out, but
// not the vowel signs of India and Thailand.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 0x300 <= r && r <= 0x36F, 0x653 <= r && r <= 0x655, r == 0x93C, r == 0x9BC:
			return -1
		case r == 'ı':
			return 'i'
		}
		return r
	}, norm.NFD.String(name))
}
