package archive

import "testing"

func TestWithoutSecrets(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/x.gz":                                                         "https://a.example/x.gz",
		"HTTPS://a.example/x.gz?page=2#top":                                              "HTTPS://a.example/x.gz?page=2",
		"http://ada:MADEUP@a.example:8080/@bo/x":                                         "http://a.example:8080/@bo/x",
		"http://ada@a.example":                                                           "http://a.example",
		"http://ada:MADE@UP@a.example/x":                                                 "http://a.example/x",
		"http://ada:MADE/UP@a.example/x":                                                 "http://a.example/x",
		"http://ada:MADE?UP@a.example/x":                                                 "http://a.example/x",
		"http://ada:MADE#UP@a.example/x":                                                 "http://a.example/x",
		"http://ada:MADE UP@a.example/x":                                                 "http://a.example/x",
		"http://[::1]:80/@x":                                                             "http://[::1]:80/@x",
		"http://[::1]/@x":                                                                "http://[::1]/@x",
		"https://a.example/x?a=1&X-Amz-Signature=MADEUP&b=2":                             "https://a.example/x?a=1&b=2",
		"https://a.example/x?X-Amz-Date=20&X-Amz-Credential=MA":                          "https://a.example/x",
		"https://a.example/x?x%2Damz%2Dsignature=MADEUP":                                 "https://a.example/x",
		"https://a.example/x?AWSAccessKeyId=MA&Expires=1&Signature=MADEUP&v=3":           "https://a.example/x?v=3",
		"https://a.example/x?X-Goog-Signature=MADEUP&generation=5":                       "https://a.example/x?generation=5",
		"https://a.example/x?sv=2020&se=2030&sp=r&sr=b&sig=MADEUP%3D&snapshot=1":         "https://a.example/x?snapshot=1",
		"https://a.example/x?sv=2020&sp=1":                                               "https://a.example/x?sv=2020&sp=1",
		"https://a.example/x?access_token=MADEUP&api_key=MADEUP&api-key=M&key=M&token=M": "https://a.example/x",
		"https://a.example/x?password=MADEUP&user=ada&client_secret=MADEUP":              "https://a.example/x?user=ada",
		"https://a.example/x?verb=ListRecords&resumptionToken=7":                         "https://a.example/x?verb=ListRecords&resumptionToken=7",
		"s3://bucket/a#b?c":                                                              "s3://bucket/a#b?c",
		"s3://ada:MADEUP@bucket/a?X-Amz-Signature=MADEUP":                                "s3://bucket/a",
		"news/a.txt?token=x":                                                             "news/a.txt?token=x",
		"a b://c@d":                                                                      "a b://c@d",
		"-":                                                                              "-",
		"":                                                                               "",
	} {
		if got := WithoutSecrets(address); got != want {
			t.Errorf("WithoutSecrets(%q) = %q, want %q", address, got, want)
		}
	}
	const text = `Get "http://ada:MADEUP@a.example/x?token=MADEUP&a=1": no route to http://b.example/?sig=MADEUP.`
	if got, want := TextWithoutSecrets(text), `Get "http://a.example/x?a=1": no route to http://b.example/`; got != want {
		t.Errorf("TextWithoutSecrets: %q, want %q", got, want)
	}
}

func FuzzWithoutSecrets(f *testing.F) {
	for _, s := range []string{"https://a.example/?a=1&sig=2#c", "http://u:p/q@h/", "s3://b/k", "://", "a://?&;="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := WithoutSecrets(s)
		if again := WithoutSecrets(got); again != got {
			t.Errorf("%q becomes %q, and that %q", s, got, again)
		}
	})
}
