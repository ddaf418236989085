package corpus

import (
	"fmt"

	"example.org/tweetarc/archive"
)

// Inspection says how a file is understood.
type Inspection struct {
	File      string
	Layers    []string // what it is, from the outside in: zip, gzip, JSON lines
	Delimiter string   // of CSV
	Quote     string   // of CSV
	Header    bool     // of CSV: the first row is the header
	Names     []string // the fields of the first record, or the columns
	Fields    Fields   // those of them that hold the parts of an article
	Why       string   // why Fields.Text is the text, if several fields may be
	Articles  []archive.Article
	Errors    []*archive.ReadError // for the records that are not articles
}

// Inspect recognises a file, or the first file in a folder or container, and reads
// its first n records.
func (r *Reader) Inspect(path string, n int) *Inspection {
	in := &Inspection{}
	one := Reader{Fields: r.Fields, MaxRecord: r.MaxRecord, Include: r.Include, Exclude: r.Exclude, Stdin: r.Stdin, Done: r.Done, Open: r.Open, inspect: in, inspectHolds: r.MayHold}
	for b := range one.Articles(path) {
		if in.File != "" && in.File != b.File.Path {
			break
		}
		in.File = b.File.Path
		around := len(in.Layers)
		for a, err := range b.Articles {
			if err != nil {
				in.Errors = append(in.Errors, err.(*archive.ReadError))
			} else {
				in.Articles = append(in.Articles, *a)
			}
			if len(in.Articles)+len(in.Errors) >= n {
				return in
			}
		}
		if onlySkipped(in) {
			in.File = "" // look at the next file
			in.Layers = in.Layers[:around]
		}
	}
	return in
}

// onlySkipped says whether the whole file was skipped, as a hidden file is.
func onlySkipped(in *Inspection) bool {
	for _, e := range in.Errors {
		if _, ok := e.Err.(archive.Skipped); !ok || e.Record > 0 {
			return false
		}
	}
	return len(in.Articles) == 0 && len(in.Errors) > 0
}

// recognised notes the format of a layer.
func (r *Reader) recognised(f *format) {
	if r.inspect != nil {
		r.inspect.Layers = append(r.inspect.Layers, f.name)
	}
}

// tableTaken notes how a CSV file is written, and its columns.
func (r *Reader) tableTaken(t *table) {
	if r.inspect == nil {
		return
	}
	r.inspect.Delimiter, r.inspect.Quote, r.inspect.Header = string(t.comma), string(t.quote), t.header
	var taken [parts]string
	for part, i := range t.columns {
		if i >= 0 && i < len(t.names) {
			taken[part] = t.names[i]
		}
	}
	r.fieldsTaken(t.names, taken)
}

// textTaken notes from which of several fields a record takes its text.
func (r *Reader) textTaken(taken string, fields []string) {
	if r.inspect != nil && r.inspect.Why == "" {
		r.inspect.Fields.Text, r.inspect.Why = taken, whyText(taken, fields)
	}
}

// otherTaken notes that a record takes its text from a field whose name means nothing.
func (r *Reader) otherTaken(field string) {
	if r.inspect != nil && (r.inspect.Why == "" || r.inspect.Fields.Text != field) {
		r.inspect.Why = fmt.Sprintf("%s cannot hold a tweet, but the longer %s can, and is taken", r.inspect.Fields.Text, field)
		r.inspect.Fields.Text = field
	}
}

// fieldsTaken notes all names, and which of them hold which part.
func (r *Reader) fieldsTaken(names []string, taken [parts]string) {
	if r.inspect != nil && r.inspect.Names == nil {
		r.inspect.Names = append([]string(nil), names...)
		r.inspect.Fields = Fields{Text: taken[partText], URL: taken[partURL], Title: taken[partTitle], Date: taken[partDate], Captured: taken[partCaptured], Outlet: taken[partOutlet]}
	}
}
