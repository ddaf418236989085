package archive

import (
	"net/url"
	"slices"
	"strings"
)

// WithoutSecrets is a URL as it may be shown. It lacks the user name and password,
// the parameters of the query that give access (a signature, a token, a key, and
// what belongs to them), and the fragment, which no server sees. Other text stays
// as it is.
//
// This is the name of an input in an archive, in messages and in recorded
// commands. So an input keeps its name when its signature is renewed.
func WithoutSecrets(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || !isScheme(scheme) {
		return address
	}
	for n := userinfo(rest); n > 0; n = userinfo(rest) {
		rest = rest[n:]
	}
	if !strings.EqualFold(scheme, "s3") { // its keys may hold a #
		rest, _, _ = strings.Cut(rest, "#")
	}
	place, query, ok := strings.Cut(rest, "?")
	if ok {
		rest = place
		if query = publicQuery(query); query != "" {
			rest += "?" + query
		}
	}
	return scheme + "://" + rest
}

// isScheme says whether s can be a URL's scheme (RFC 3986 section 3.1).
func isScheme(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") == ""
}

// userinfo is the length of the user name and password, with the @ after them. A
// password may hold a slash that should have been escaped. One sees it because
// what looks like the host's port is then not a number.
func userinfo(rest string) int {
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		return i + 1
	}
	i := strings.LastIndexByte(host, ':')
	if i >= 0 && !strings.HasSuffix(host, "]") && strings.Trim(host[i+1:], "0123456789") != "" {
		return strings.LastIndexByte(rest, '@') + 1
	}
	return 0
}

// publicQuery is a query without its secret parameters.
func publicQuery(query string) string {
	parameters := strings.Split(query, "&")
	names := make([]string, len(parameters))
	for i, p := range parameters {
		name, _, _ := strings.Cut(p, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		names[i] = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
	}
	azure := slices.Contains(names, "sig")
	var public []string
	for i, p := range parameters {
		if !isSecret(names[i]) && !(azure && slices.Contains(azureNames, names[i])) {
			public = append(public, p)
		}
	}
	return strings.Join(public, "&")
}

// The secret parameters, in lower case and without - and _.
var (
	secretNames    = strings.Fields(`key apikey accesskey sig auth authorization pass passwd pwd jwt expires policy keypairid awsaccesskeyid googleaccessid ossaccesskeyid`)
	secretPrefixes = strings.Fields(`xamz xgoog xoss`) // the signatures of Amazon, Google and Alibaba
	secretEndings  = strings.Fields(`token secret password signature credential credentials apikey`)

	// pageTokens end like a secret, but only say which page of a list is wanted.
	pageTokens = strings.Fields(`resumptiontoken pagetoken nextpagetoken nexttoken continuationtoken`)

	// azureNames belong to a shared access signature of Azure, together with sig.
	azureNames = strings.Fields(`se sp sv sr st ss srt spr sip sdd ses skoid sktid skt ske sks skv saoid suoid scid`)
)

func isSecret(name string) bool {
	begins := func(p string) bool { return strings.HasPrefix(name, p) }
	ends := func(p string) bool { return strings.HasSuffix(name, p) }
	return slices.Contains(secretNames, name) || slices.ContainsFunc(secretPrefixes, begins) ||
		slices.ContainsFunc(secretEndings, ends) && !slices.Contains(pageTokens, name)
}

// TextWithoutSecrets applies WithoutSecrets to all URLs in a text, for instance in
// the text of an error. A URL ends at a space or a quote.
func TextWithoutSecrets(text string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, "://")
		if i < 0 {
			break
		}
		from := i
		for from > 0 && isScheme(text[from-1:from]) {
			from--
		}
		end := strings.IndexAny(text[i:], " \t\r\n\"'`<>")
		if end < 0 {
			end = len(text) - i
		}
		b.WriteString(text[:from])
		b.WriteString(WithoutSecrets(text[from : i+end]))
		text = text[i+end:]
	}
	b.WriteString(text)
	return b.String()
}
