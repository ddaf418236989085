package web

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What facets and the timeline put into a query stands at its end, as operators
// of the search language: it can be read, changed and taken to the command line.

// terms cuts a query into what stands side by side in it: words, phrases,
// groups, operators with their values; either tells whether there is an OR
// between them, which binds weaker. It fits any text, also one that is no query.
func terms(q string) (all []string, either bool) {
	from, depth, quoted := -1, 0, false
	before := ' '
	for i, r := range q {
		last := before
		before = r
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '(':
			depth++
		case r == ')':
			depth--
		case unicode.IsSpace(r) && depth <= 0:
			if from >= 0 {
				all = append(all, q[from:i])
				from = -1
			}
			continue
		case depth <= 0 && strings.HasPrefix(q[i:], "OR") && endsTerm(last):
			next, _ := utf8.DecodeRuneInString(q[i+len("OR"):])
			either = either || i+len("OR") == len(q) || endsTerm(next)
		}
		if from < 0 {
			from = i
		}
	}
	if from >= 0 {
		all = append(all, q[from:])
	}
	return all, either
}

func endsTerm(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"*`, r) }

// operator is the name of a term's operator, "" of a word; "has" of -has:id.
func operator(term string) string {
	name, value, ok := strings.Cut(strings.TrimPrefix(term, "-"), ":")
	if !ok || value == "" || strings.HasPrefix(value, "//") {
		return ""
	}
	return strings.ToLower(name)
}

// narrowing are the operators that facets and timeline set; each set replaces
// what there is of it.
var narrowing = []string{"from", "since", "until", "source", "form", "has"}

// with is the query narrowed by a term. What had the same operator goes; since
// and until go together. A query with an OR is put in parentheses.
func with(q string, add ...string) string {
	gone := map[string]bool{}
	for _, term := range add {
		gone[operator(term)] = true
	}
	gone["since"] = gone["since"] || gone["until"]
	gone["until"] = gone["since"]
	all, either := terms(q)
	if either {
		q = strings.TrimSpace(q)
		if strings.Count(q, "(") != strings.Count(q, ")") {
			q += " " // a word ends in a parenthesis of its own, which would take ours
		}
		return strings.Join(append([]string{"(" + q + ")"}, add...), " ")
	}
	all = slices.DeleteFunc(all, func(term string) bool {
		op := operator(term)
		return op != "" && gone[op] && slices.Contains(narrowing, op)
	})
	return strings.Join(append(all, add...), " ")
}

// without is the query without one of its terms.
func without(q, term string) string {
	all, _ := terms(q)
	return strings.Join(slices.DeleteFunc(all, func(t string) bool { return t == term }), " ")
}

// narrowed are the terms of a query by which it is narrowed. With an OR among
// its terms none can be told apart.
func narrowed(q string) []string {
	all, either := terms(q)
	if either {
		return nil
	}
	return slices.DeleteFunc(all, func(term string) bool { return !slices.Contains(narrowing, operator(term)) })
}

// value is the value of the query's term with this operator.
func value(q, op string) string {
	for _, term := range narrowed(q) {
		if operator(term) == op {
			_, v, _ := strings.Cut(term, ":")
			return strings.Trim(v, `"`)
		}
	}
	return ""
}
