package corpus

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"example.org/tweetarc/archive"
)

// WARC, ISO 28500:2017 (1.1) and :2009 (1.0):
//
//	WARC/1.1 CRLF
//	Name: value CRLF ...
//	CRLF
//	block, as long as Content-Length says
//	CRLF CRLF
//
// Records of the types response, resource and conversion (the text in a WET file) can
// be articles; all others are skipped. Crawlers also write line feeds alone, a wrong
// length or none, and other bytes between records. If a record does not end as it
// should, the next line that begins with WARC/ begins the next record.

// maxHeader is the limit, in bytes, for the header of a record, and for the HTTP header
// in it.
const maxHeader = 64 << 10

var warcFile = &format{
	name: "WARC", exts: []string{".warc", ".wet"},
	recognise: func(b []byte, name string) bool {
		return bytes.HasPrefix(b, warcMark) || hasExt(name, ".warc", ".wet") // there may be other bytes before the first record
	},
	read: (*source).warc,
}

var (
	errLength  = errors.New("the WARC record has no valid length")
	errWrong   = errors.New("the WARC record does not end where its length says")
	errHeader  = errors.New("the WARC header has no end")
	errGarbage = errors.New("bytes that are not part of a WARC record")
	errHTTP    = errors.New("the HTTP header has no end")
)

var (
	warcMark   = []byte("WARC/")
	nextRecord = []byte("\nWARC/")
)

// warc reads the records of a WARC or WET file.
func (s *source) warc(w *window) articles {
	return func(yield func(*archive.Article, error) bool) {
		for n, on := 1, true; on; n++ {
			for c := w.peek(1); len(c) > 0 && (c[0] == '\r' || c[0] == '\n'); c = w.peek(1) {
				w.skip(1)
			}
			if len(w.peek(1)) == 0 && w.failure() == nil {
				if n == 1 {
					s.unread(errEmpty)(yield)
				}
				return
			}
			a, then, err := s.warcRecord(n, w)
			if !yield(s.record(n, a, err)) {
				return
			}
			switch then {
			case lostTrack:
				toNextRecord(w)
			case brokeOff:
				on = mended(w)
			}
		}
	}
}

// where says where the next record begins.
type where int

const (
	here      where = iota
	lostTrack       // at the next mark
	brokeOff        // nowhere: the input broke off
)

// toNextRecord goes to the next mark, or to the end.
func toNextRecord(w *window) {
	for {
		d := w.data()
		if i := bytes.Index(d, nextRecord); i >= 0 {
			w.skip(i + 1)
			return
		}
		w.skip(max(0, len(d)-len(nextRecord)))
		if !w.more() {
			w.skip(len(w.data()))
			return
		}
	}
}

// mended says whether an input that broke off goes on, as gzip does with the next member
// after a broken one.
func mended(w *window) bool {
	w.skip(len(w.data()))
	if u, ok := w.src.(*unpacker); !ok || !u.resync() {
		return false
	}
	w.err = nil
	return true
}

// warcRecord reads record n, which begins w, and says where the next one begins.
func (s *source) warcRecord(n int, w *window) (*archive.Article, where, error) {
	cut := func(then where, err error) (*archive.Article, where, error) { // is the input cut, or only the record?
		if failure := w.failure(); failure != nil {
			return nil, brokeOff, failure
		}
		return nil, then, err
	}
	if mark := w.peek(len(warcMark)); !bytes.Equal(mark, warcMark) {
		if len(mark) < len(warcMark) {
			return cut(lostTrack, errGarbage)
		}
		return nil, lostTrack, errGarbage
	}
	head, err := header(w)
	if err != nil {
		w.skip(len(warcMark))
		return cut(lostTrack, errHeader)
	}
	var f warcFields
	f.parse(head)
	w.skip(len(head))
	if f.length < 0 {
		if f.length = unsaid(w, s.max); f.length < 0 {
			return nil, lostTrack, errLength
		}
	}
	if skip := s.notRead(f); skip != nil || n <= s.after {
		if f.typ == "revisit" {
			skip = cmp.Or(f.revisit(w.peek(int(min(f.length, maxHeader)))), skip)
		}
		if !discard(w, f.length) {
			return cut(here, errTruncated)
		}
		return nil, here, cmp.Or(skip, error(skipRead))
	}
	if len(w.peek(int(f.length))) < int(f.length) {
		return cut(lostTrack, errTruncated) // if the length is wrong, records may follow
	}
	if !ends(w, int(f.length)) {
		return nil, lostTrack, errWrong
	}
	defer w.skip(int(f.length))
	a, err := s.warcBlock(f, w.peek(int(f.length)))
	return a, here, err
}

// notRead is why a record is not read, nil if it is read.
func (s *source) notRead(f warcFields) error {
	switch {
	case f.typ != "response" && f.typ != "resource" && f.typ != "conversion":
		return skipType(f.typ)
	case f.length > s.max:
		return tooLong(s.max)
	}
	return nil
}

// revisited carries a revisit of what may be an article.
type revisited struct{ archive.Revisit }

func (*revisited) Error() string { return "WARC revisit record" }

// revisit is the revisit in a record. It is nil if the record does not say of what, or if
// the HTTP header in it says that it is not a page: most revisits are of images.
func (f *warcFields) revisit(block []byte) error {
	if f.payload == "" || f.uri == "" {
		return nil
	}
	if end := headerEnd(block); end > 0 {
		mime := ""
		eachField(block[:end], func(name, value []byte) {
			if is(name, "Content-Type") {
				mime = string(value)
			}
		})
		if _, err := isPage(mime, nil); err != nil && mime != "" {
			return nil
		}
	}
	r := archive.Revisit{URL: utf8Text([]byte(f.uri)), Of: utf8Text([]byte(f.of)), Captured: moment(f.date), RecordID: f.id, Payload: f.payload}
	if r.Of == r.URL {
		r.Of = ""
	}
	return &revisited{r}
}

// skipRead is for a record that was read before. No user sees it.
const skipRead = archive.Skipped("read before")

// header gives the lines up to the first blank one, with that.
func header(w *window) ([]byte, error) {
	for n := 512; ; n *= 2 {
		b := w.peek(n)
		end := headerEnd(b)
		if end > 0 {
			return b[:end], nil
		}
		if end < 0 || len(b) < n || n > maxHeader {
			return nil, errHeader
		}
	}
}

// headerEnd is where the blank line after a header ends. It is 0 if there is none, and
// negative if another record begins before it.
func headerEnd(b []byte) int {
	for i := 0; ; {
		j := bytes.IndexByte(b[i:], '\n')
		if j < 0 {
			return 0
		}
		i += j + 1
		rest := b[i:]
		if len(rest) > 0 && rest[0] == '\n' {
			return i + 1
		}
		if len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			return i + 2
		}
		if bytes.HasPrefix(rest, warcMark) {
			return -1
		}
	}
}

// unsaid is the length of a block if the header does not say it: up to the next record,
// or the end. It is -1 if the block is longer than max.
func unsaid(w *window, max int64) int64 {
	for seen := 0; ; {
		d := w.data()
		i := bytes.Index(d[seen:], nextRecord)
		if i < 0 && int64(len(d)) > max {
			return -1
		}
		if i < 0 && len(w.peek(len(d)+1)) > len(d) {
			seen = len(d) - min(len(d), len(nextRecord))
			continue
		}
		if i >= 0 {
			d = d[:seen+i]
		} else {
			d = w.data()
		}
		return int64(len(bytes.TrimRight(d, "\r\n")))
	}
}

// ends says whether a record ends after n bytes: there are the right line ends, or the
// end of the input, or another record after fewer or more line ends.
func ends(w *window, n int) bool {
	b := w.peek(n + 16)[n:]
	if bytes.HasPrefix(b, []byte("\r\n\r\n")) {
		return true
	}
	b = bytes.TrimLeft(b, "\r\n")
	return len(b) == 0 || bytes.HasPrefix(b, warcMark) || bytes.HasPrefix(warcMark, b)
}

// discard skips n bytes. It is false if the input ends before.
func discard(w *window, n int64) bool {
	for n > 0 {
		d := int64(len(w.data()))
		if d == 0 {
			if !w.more() {
				return false
			}
			continue
		}
		d = min(d, n)
		w.skip(int(d))
		n -= d
	}
	return true
}

// warcFields are the named fields that are used here.
type warcFields struct {
	typ, uri, date, mime string
	id, payload          string
	of                   string // what a revisit refers to
	length               int64  // -1 if there is none
}

// parse reads the fields in the header of a record.
func (f *warcFields) parse(head []byte) {
	f.length = -1
	eachField(head, func(name, value []byte) {
		switch {
		case is(name, "WARC-Type"):
			f.typ = "unknown"
			for _, typ := range warcTypes {
				if is(value, typ) {
					f.typ = typ
				}
			}
		case is(name, "WARC-Target-URI"):
			f.uri = unbracketed(value) // Wget wrote brackets, as in the grammar of 1.0
		case is(name, "WARC-Refers-To-Target-URI"):
			f.of = unbracketed(value)
		case is(name, "WARC-Record-ID"):
			f.id = oneLine(utf8Text(bytes.Clone([]byte(unbracketed(value)))))
		case is(name, "WARC-Payload-Digest"):
			f.payload = oneLine(utf8Text(bytes.Clone(value)))
		case is(name, "WARC-Date"):
			f.date = string(value)
		case is(name, "Content-Type"):
			f.mime = string(value)
		case is(name, "Content-Length"):
			if n, err := strconv.ParseInt(string(value), 10, 64); err == nil && n >= 0 {
				f.length = n
			}
		}
	})
}

// unbracketed is a value without < and > around it.
func unbracketed(value []byte) string {
	return strings.TrimSuffix(strings.TrimPrefix(string(value), "<"), ">")
}

// warcTypes are the types of records, section 6 of the standard.
var warcTypes = [...]string{"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"}

// is says whether a name is the wanted one, in upper or lower case.
func is(name []byte, want string) bool {
	return len(name) == len(want) && strings.EqualFold(string(name), want)
}

// eachField calls do for the fields after the first line of a header. A line that begins
// with white space continues the line before.
func eachField(head []byte, do func(name, value []byte)) {
	_, head, _ = bytes.Cut(head, lf)
	for len(head) > 0 {
		var line []byte
		line, head, _ = bytes.Cut(head, lf)
		for len(head) > 0 && (head[0] == ' ' || head[0] == '\t') {
			var more []byte
			more, head, _ = bytes.Cut(head, lf)
			line = append(append(bytes.TrimSpace(line[:len(line):len(line)]), ' '), bytes.TrimSpace(more)...)
		}
		if name, value, ok := bytes.Cut(line, []byte{':'}); ok {
			do(bytes.TrimSpace(name), bytes.TrimSpace(value))
		}
	}
}

// skipType is the reason for a type of record that is not an article.
func skipType(typ string) archive.Skipped {
	if typ == "" {
		typ = "untyped"
	}
	return archive.Skipped("WARC " + typ + " record")
}

// warcBlock reads the article in the block of a record.
func (s *source) warcBlock(f warcFields, block []byte) (*archive.Article, error) {
	page, mime, err := s.content(f, block)
	if err != nil {
		return nil, err
	}
	isHTML, err := isPage(mime, page)
	if err != nil {
		return nil, err
	}
	if u := fromUTF16(page, bytes.NewReader(page)); u != nil {
		if page, err = io.ReadAll(io.LimitReader(u, s.max)); err != nil {
			return nil, err
		}
	}
	if !s.holds(page) {
		return s.dropped()
	}
	s.a = archive.Article{URL: utf8Text([]byte(f.uri)), Captured: moment(f.date), RecordID: f.id, Payload: f.payload, Body: htmlText(page, mime), HTML: isHTML}
	if isHTML {
		m := pageMeta(s.a.Body)
		s.a.Title, s.a.Date, s.a.Outlet = m.title.value, m.date.value, m.outlet.value
	} else if first, _, _ := strings.Cut(s.a.Body[:min(len(s.a.Body), 1024)], "\n"); f.typ == "conversion" && len(first) <= 200 {
		s.a.Title = oneLine(first) // a WET record begins with the page's title
	}
	return &s.a, nil
}

// content is what was fetched, and its Content-Type.
func (s *source) content(f warcFields, block []byte) (page []byte, mime string, err error) {
	switch {
	case f.typ != "response":
		return block, f.mime, nil
	case strings.HasPrefix(strings.ToLower(f.mime), "application/http"), bytes.HasPrefix(block, []byte("HTTP/")):
		return s.httpBody(block)
	}
	return nil, "", skipMIME(mediaType(f.mime))
}

// isPage says whether content is HTML. If it is not text either, that is an error.
func isPage(mime string, page []byte) (bool, error) {
	switch media := mediaType(mime); {
	case media == "" && !isBinary(page):
		return beginsHTML(page), nil
	case media == "text/html", media == "application/xhtml+xml":
		return true, nil
	case media != "text/plain" && media != "text/markdown":
		return false, skipMIME(media)
	}
	return false, nil
}

// httpBody is the decoded body of an HTTP response (RFC 9112), and its Content-Type.
func (s *source) httpBody(b []byte) (body []byte, mime string, err error) {
	end := headerEnd(b[:min(len(b), maxHeader)])
	if end <= 0 {
		return nil, "", errHTTP
	}
	status, _, _ := bytes.Cut(b[:end], lf)
	words := bytes.Fields(status)
	if len(words) > 1 && len(words[1]) == 3 && words[1][0] != '2' && '1' <= words[1][0] && words[1][0] <= '5' {
		return nil, "", archive.Skipped(fmt.Sprintf("HTTP status %cxx", words[1][0]))
	}
	chunked, coding := false, ""
	eachField(b[:end], func(name, value []byte) {
		switch {
		case is(name, "Content-Type"):
			mime = string(value)
		case is(name, "Content-Encoding"):
			coding = strings.ToLower(string(value))
		case is(name, "Transfer-Encoding"):
			chunked = strings.Contains(strings.ToLower(string(value)), "chunked")
		}
	})
	body = b[end:]
	switch media := mediaType(mime); media { // an image need not be unpacked
	case "", "text/html", "application/xhtml+xml", "text/plain", "text/markdown": // as isPage has it
	default:
		return nil, "", skipMIME(media)
	}
	if chunked {
		body = unchunk(body)
	}
	for coding != "" { // the last was applied last
		i := strings.LastIndexByte(coding, ',') + 1
		if body, err = s.uncode(strings.TrimSpace(coding[i:]), body); err != nil {
			return nil, "", err
		}
		coding = coding[:max(0, i-1)]
	}
	if bytes.HasPrefix(body, []byte(gzipMark)) { // compressed twice, or the header does not say it
		body, err = s.uncode("gzip", body)
	}
	return body, mime, err
}

// unchunk undoes the chunked coding, RFC 9112 section 7.1. What is not chunked stays as
// it is: some crawlers undo the coding but keep the header.
func unchunk(b []byte) []byte {
	var out []byte
	for rest := b; ; {
		line, after, ok := bytes.Cut(rest, lf)
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 31)
		if !ok || err != nil {
			if len(rest) == len(b) {
				return b
			}
			return out // the body was cut
		}
		if n == 0 {
			return out
		}
		if int(n) >= len(after) {
			return append(out, after...)
		}
		out = append(out, after[:n]...)
		rest = bytes.TrimPrefix(bytes.TrimPrefix(after[n:], []byte("\r")), lf)
	}
}

const skipCoding = archive.Skipped("unknown content coding")

// uncode undoes a content coding, RFC 9110 section 8.4.1.
func (s *source) uncode(coding string, b []byte) ([]byte, error) {
	if bytes.HasPrefix(b, []byte(gzipMark)) && coding != "" && coding != "identity" {
		coding = "gzip" // whatever it says
	}
	r, err := decoder(coding, b)
	switch {
	case err == skipCoding:
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("cannot unpack the HTTP body, which is %s: %w", coding, err)
	case r == nil:
		return b, nil
	}
	defer r.Close()
	out, err := io.ReadAll(io.LimitReader(r, s.max+1))
	switch {
	case int64(len(out)) > s.max:
		return nil, tooLong(s.max)
	case errors.Is(err, io.ErrUnexpectedEOF) && len(out) > 0:
		return out, nil // crawlers cut long pages, but the beginning can be used
	case err != nil:
		return nil, fmt.Errorf("cannot unpack the HTTP body, which is %s: %w", coding, err)
	}
	return out, nil
}

// decoder undoes a content coding. It is nil if b stays as it is because it does not begin
// as the coding should: some crawlers undo the coding but keep the header.
func decoder(coding string, b []byte) (io.ReadCloser, error) {
	in := bytes.NewReader(b)
	switch coding {
	case "gzip", "x-gzip":
		if bytes.HasPrefix(b, []byte(gzipMark)) {
			return gzip.NewReader(in)
		}
	case "deflate": // zlib, or without its header, as some servers send it
		if len(b) > 1 && b[0]&0x0f == 8 && (int(b[0])<<8|int(b[1]))%31 == 0 {
			return zlib.NewReader(in)
		}
		if !beginsHTML(bytes.TrimPrefix(b, bom)) {
			return flate.NewReader(in), nil
		}
	case "br":
		if !beginsHTML(bytes.TrimPrefix(b, bom)) {
			return io.NopCloser(brotli.NewReader(in)), nil
		}
	case "zstd":
		if bytes.HasPrefix(b, []byte(zstdMark)) {
			return newZstd(in)
		}
	case "", "identity", "none", "utf-8":
	default: // servers also write text/html, binary and the like
		if isBinary(b) {
			return nil, skipCoding
		}
	}
	return nil, nil
}

// mediaType is a Content-Type without its parameters.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.ToLower(strings.TrimSpace(s))
}

// skipMIME is the reason for content that is not an article. There are only a few
// reasons, whatever servers write.
func skipMIME(media string) archive.Skipped {
	for _, t := range [...]struct{ part, reason string }{
		{"image/", "image"},
		{"video/", "video"},
		{"audio/", "audio"},
		{"font", "font"},
		{"pdf", "PDF"},
		{"javascript", "script"},
		{"css", "style sheet"},
		{"json", "JSON in a WARC"},
		{"xml", "XML in a WARC"},
		{"dns", "DNS lookup"},
	} {
		if strings.Contains(media, t.part) {
			return archive.Skipped(t.reason)
		}
	}
	return "other content type"
}
