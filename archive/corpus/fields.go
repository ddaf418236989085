package corpus

import "strings"

// Tested in json_test.go and csv_test.go.

// Fields says which named fields hold the parts of an article. A dot leads into an
// object: "article.body". For a part without a name here, the usual names are tried; if
// several fields hold a text, the longest that may hold a tweet is the body.
type Fields struct {
	Text, URL, Title, Date, Captured, Outlet string

	// Keep names fields whose values go into Article.Kept. A JSON value that is not
	// a string is kept as JSON.
	Keep []string
	Lack []string // those of Keep that a table may lack, because another input has them
}

// The parts of an article, as indexes.
const (
	partText = iota
	partURL
	partTitle
	partDate
	partCaptured
	partOutlet
	parts
)

// list gives the names by part.
func (f Fields) list() [parts]string {
	return [parts]string{f.Text, f.URL, f.Title, f.Date, f.Captured, f.Outlet}
}

// usual lists the names that corpora use, the surest first, in lower case and without
// _, - and spaces. They are from news-please and CC-News (maintext, date_publish),
// NELA-GT (content, published), RealNews and newspaper3k (text, publish_date), OSCAR
// (content, warc_headers.warc-target-uri), C4 (text, timestamp), the APIs of Guardian,
// New York Times, NewsAPI, Event Registry and WordPress, schema.org, and the CSV files
// of Kaggle.
//
// The time at which a crawl fetched an article (warc-date; timestamp in C4) is not the
// article's date.
var usual = [parts]string{
	partText: `text maintext articlebody articletext articlecontent content contentoriginal contenttext fulltext
		body bodytext article cleanedtext cleantext plaintext rawtext textcontent rawcontent story storytext newstext
		bodyhtml contenthtml htmlcontent articlehtml html rawhtml htmlbody pagecontent document paragraphs markdown
		contentcleaned cleanedcontent cleancontent contentclean fullcontent postcontent posttext postbody newscontent newsbody
		textbody textcleaned transcript articlehtmlcontent news texto textocompleto cuerpo contenido noticia texte textecomplet
		contenu corps artikel artikeltext volltext inhalt testo contenuto articolo conteudo corpo materia tekst inhoud treść
		tresc innehåll innehall brödtext brodtext indhold innhold metin içerik icerik текст содержание 正文 内容 本文 본문 내용`,
	partURL: `url articleurl canonicalurl weburl finalurl pageurl contenturl sourceurl originalurl link permalink
		uri warctargeturi targeturi href loc guid`,
	partTitle: `title headline articletitle webtitle newstitle titletext pagetitle titre titulo name`,
	partDate: `date published publisheddate datepublished datepublish publishdate publicationdate pubdate publishedat
		publishedon publishtime publishedtime firstpublicationdate webpublicationdate articledate articlepublishedtime
		dateline releasedate publishedutc posted postdate dategmt created createdat datecreated datetime time day
		fecha`,
	partCaptured: `warcdate crawldate crawledat crawltime crawltimestamp crawledon crawled datecrawled capturedat captured
		capturedate capturetime datedownload datedownloaded downloaddate downloadedat downloadtime downloaded fetchedat
		fetched fetchdate fetchtime fetchedon datefetched scrapedat scraped scrapedate scrapetime scrapedon datescraped
		scrapetimestamp retrievedat retrieved retrievedate retrievaldate retrievedon retrievaltime dateretrieved
		accessedat accessed accessdate accessedon dateaccessed harvestedat harvested harvestdate timestamp`,
	partOutlet: `outlet outletname newsoutlet newspaper newspapername publication publicationname publicationtitle pubtitle
		publisher publishername sitename websitename newssource sourcename sourcetitle sourcecommonname medianame mediaoutlet
		sourcehostname source journal journaltitle provider providername site website media sourcedomain hostname domain`,
}

// name is what a field's name means.
type name struct {
	part int // -1 for none
	rank int // lower is surer

	// only is for an object that is an outlet: of what is in it, only the name
	// belongs to the article: {"publisher": {"name": ..., "url": ...}}.
	only bool
}

// names has what the usual names mean.
var names = func() map[string]name {
	m := map[string]name{}
	for part, list := range usual {
		for rank, n := range strings.Fields(list) {
			m[n] = name{part: part, rank: rank}
		}
	}
	return m
}()

// nameOf says what a field's name means, if it is a known one.
func nameOf(field []byte) (name, bool) {
	var scratch [64]byte
	n, ok := names[string(plainName(&scratch, field))]
	return n, ok
}

// containers are names of objects that hold an article's fields.
var containers = set(`article articles document doc data source fields item attributes record metadata meta warcheaders
	content result page post node info extracted parsed`)

// wrappers are names of what holds the articles of a JSON document.
var wrappers = set(`articles items data results result docs documents posts news stories hits entries rows records
	response feed content value list article`)

// inner are names of the field that holds the value, if an object is in its place:
// {"headline": {"main": "..."}}.
var inner = set(`rendered main text value raw plain html content body t default original`)

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(list) {
		m[n] = true
	}
	return m
}

// plainName is a field's name as the tables above have it.
func plainName(scratch *[64]byte, name []byte) []byte {
	dst := scratch[:0]
	for _, c := range name {
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '_' || c == '-' || c == ' ' || c == '$' || c == '#' || c == '@':
			continue
		}
		if len(dst) == cap(dst) {
			return dst
		}
		dst = append(dst, c)
	}
	return dst
}
