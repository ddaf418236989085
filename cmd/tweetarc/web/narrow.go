package web

import (
	"slices"
	"strings"
)

// What facets and the timeline put into a query stands at its end, as operators
// of the search language: it can be read, changed and taken to the command line.

// terms cuts a query into what stands side by side in it: words, phrases,
// groups, operators with their values. It fits any text, also one that is no
// query.
func terms(q string) []string {
	var all []string
	from, depth, quoted := -1, 0, false
	for i, r := range q {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '(':
			depth++
		case r == ')':
			depth--
		case (r == ' ' || r == '\n' || r == '\t' || r == '\u3000' || r == '\u00a0') && depth <= 0:
			if from >= 0 {
				all = append(all, q[from:i])
				from = -1
			}
			continue
		}
		if from < 0 {
			from = i
		}
	}
	if from >= 0 {
		all = append(all, q[from:])
	}
	return all
}

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
	all := terms(q)
	if slices.Contains(all, "OR") {
		return strings.Join(append([]string{"(" + strings.TrimSpace(q) + ")"}, add...), " ")
	}
	all = slices.DeleteFunc(all, func(term string) bool {
		op := operator(term)
		return op != "" && gone[op] && slices.Contains(narrowing, op)
	})
	return strings.Join(append(all, add...), " ")
}

// without is the query without one of its terms.
func without(q, term string) string {
	return strings.Join(slices.DeleteFunc(terms(q), func(t string) bool { return t == term }), " ")
}

// narrowed are the terms of a query by which it is narrowed. With an OR among
// its terms none can be told apart.
func narrowed(q string) []string {
	all := terms(q)
	if slices.Contains(all, "OR") {
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
