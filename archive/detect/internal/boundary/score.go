package boundary

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Model says how likely it is that a text begins at each candidate. A candidate's score
// is the sum of the values of its features, each times its weight. Its likelihood is e to
// the power of the score, divided by the sum of that over all candidates.
type Model struct {
	Weights      [layouts][]float64 // by feature; see Features
	Temperatures [layouts]float64   // scores are divided by these, so that a confidence of 0.9 is right in nine of ten
}

// columns are the columns of the file of the weights, and the layouts they are for. Texts
// with line breaks share one.
var columns = [...]struct {
	name    string
	layouts []Layout
}{
	{"breaks", []Layout{Paragraphs, Lines}},
	{"one-line", []Layout{OneLine}},
	{"glued", []Layout{Glued}},
}

//go:embed weights.txt
var weightsFile string

// Trained is the model that comes with the program.
func Trained() *Model { return trained }

var trained = func() *Model {
	m, err := parseModel(weightsFile)
	if err != nil {
		panic(err)
	}
	return m
}()

// Features are the names and meanings of the features, in the order of the weights.
func Features() (names, meanings []string) {
	for _, f := range features {
		names, meanings = append(names, f.name), append(meanings, f.meaning)
	}
	for _, f := range second {
		names, meanings = append(names, f.name), append(meanings, f.meaning)
	}
	for _, f := range restFeatures {
		names, meanings = append(names, f.name), append(meanings, f.meaning)
	}
	return names, meanings
}

// NewModel is a model in which all weights are 0.
func NewModel() *Model {
	m := &Model{}
	for l := range layouts {
		m.Weights[l], m.Temperatures[l] = make([]float64, len(features)+len(second)+len(restFeatures)), 1
	}
	return m
}

// parseModel reads a file of weights. A feature that is not in the file has the weight 0,
// until the model is trained again. A name that is no feature is ignored.
func parseModel(file string) (*Model, error) {
	names, _ := Features()
	rows := map[string][]float64{}
	for line := range strings.Lines(file) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) < 1+len(columns) || rows[fields[0]] != nil {
			return nil, fmt.Errorf("%q has too few columns, or a second row", fields[0])
		}
		row := make([]float64, len(columns))
		for i := range row {
			var err error
			if row[i], err = strconv.ParseFloat(fields[1+i], 64); err != nil {
				return nil, fmt.Errorf("%s: %w", fields[0], err)
			}
		}
		rows[fields[0]] = row
	}
	m := NewModel()
	for i, c := range columns {
		for _, l := range c.layouts {
			for k, name := range names {
				if row := rows[name]; row != nil {
					m.Weights[l][k] = row[i]
				}
			}
			if row := rows["temperature"]; row != nil {
				m.Temperatures[l] = row[i]
			}
		}
	}
	return m, nil
}

// most is the greatest weight, positive or negative.
const most = 1000

// ReadModel is parseModel for a file from elsewhere: it must have every feature and no
// others.
func ReadModel(file string) (*Model, error) {
	m, err := parseModel(file)
	if err != nil {
		return nil, err
	}
	names, _ := Features()
	given := map[string]bool{}
	for line := range strings.Lines(file) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] != "#" {
			given[fields[0]] = true
		}
	}
	for _, name := range append(names, "temperature") {
		if !given[name] {
			return nil, fmt.Errorf("%s is missing", name)
		}
		delete(given, name)
	}
	for name := range given {
		return nil, fmt.Errorf("%q is no feature", name)
	}
	for l, ws := range m.Weights {
		for i, w := range ws {
			if !(w >= -most && w <= most) {
				return nil, fmt.Errorf("the weight of %s is %v, and not between -%v and %v", names[i], w, most, most)
			}
		}
		if t := m.Temperatures[l]; !(t >= 0.1 && t <= 10) {
			return nil, fmt.Errorf("a temperature is %v, and not between 0.1 and 10", t)
		}
	}
	return m, nil
}

// String is the file of the weights.
func (m *Model) String() string {
	var b strings.Builder
	b.WriteString("# What each feature adds to the score of a candidate, by the layout of the text.\n# Written by archive/detect/train.\n#\n")
	row := func(name, meaning string, values func(l Layout) string) {
		fmt.Fprintf(&b, "%-20s", name)
		for _, c := range columns {
			fmt.Fprintf(&b, " %8s", values(c.layouts[0]))
		}
		fmt.Fprintf(&b, "  %s\n", meaning)
	}
	fmt.Fprintf(&b, "# %-18s", "feature")
	for _, c := range columns {
		fmt.Fprintf(&b, " %8s", c.name)
	}
	b.WriteString("  meaning\n")
	row("temperature", "the scores are divided by it", func(l Layout) string { return fmt.Sprintf("%.2f", m.Temperatures[l]) })
	names, meanings := Features()
	for i, name := range names {
		row(name, meanings[i], func(l Layout) string { return fmt.Sprintf("%.2f", m.Weights[l][i]) })
	}
	return b.String()
}

// score is the sum of the values, each times its weight.
func score(weights, values []float64) (sum float64) {
	for i, v := range values {
		sum += weights[i] * v
	}
	return sum
}

// likelihoods turns scores into likelihoods, in place (a softmax), and returns the index
// of the greatest. A temperature above 1 makes them more alike.
func likelihoods(scores []float64, temperature float64) (best int) {
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	top, sum := scores[best], 0.0
	for i, s := range scores {
		scores[i] = math.Exp((s - top) / temperature)
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
	return best
}
