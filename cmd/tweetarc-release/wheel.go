package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path"
	"strings"
)

// wheelSource is the folder of the Python module and of its README, which pip shows.
const wheelSource = "cmd/tweetarc-python"

// wheel gives the files and the name of a wheel with the module and the binary, which
// is among the files own. Source: the binary distribution format of
// packaging.python.org, version 1.0.
func (p *packer) wheel(t target, own []member) (files []member, name string, err error) {
	readme, err := os.ReadFile(path.Join(wheelSource, "README.md"))
	if err != nil {
		return nil, "", err
	}
	stem := "tweetarc-" + p.version
	info := stem + ".dist-info/"
	for _, m := range own {
		if m.exec {
			m.name = stem + ".data/scripts/" + m.name // pip puts it on the PATH
		} else if strings.HasSuffix(m.name, ".json") {
			m.name = info + "sboms/" + m.name
		} else {
			m.name = info + "licenses/" + m.name
		}
		files = append(files, m)
	}
	for _, m := range p.common {
		if m.name == "LICENSE" {
			files = append(files, member{name: info + "licenses/" + m.name, data: m.data})
		}
	}
	for _, name := range []string{"__init__.py", "__main__.py", "py.typed"} {
		text, err := os.ReadFile(path.Join(wheelSource, "tweetarc", name))
		if err != nil {
			return nil, "", err
		}
		files = append(files, member{name: "tweetarc/" + name, data: text})
	}
	files = append(files,
		member{name: info + "METADATA", data: fmt.Appendf(nil, `Metadata-Version: 2.4
Name: tweetarc
Version: %s
Summary: Find the tweets embedded in articles, archive and search them
License-Expression: Apache-2.0
License-File: LICENSE
License-File: NOTICES
Keywords: twitter,embedded tweets,news,web archives,corpora
Classifier: Development Status :: 4 - Beta
Classifier: Intended Audience :: Science/Research
Classifier: Programming Language :: Python :: 3
Classifier: Typing :: Typed
Requires-Python: >=3.9
Provides-Extra: pandas
Requires-Dist: pandas; extra == "pandas"
Description-Content-Type: text/markdown

%s`, p.version, readme)},
		member{name: info + "WHEEL", data: []byte("Wheel-Version: 1.0\nGenerator: tweetarc-release\nRoot-Is-Purelib: false\n" + tags(t.wheel))})
	var record strings.Builder
	for _, m := range files {
		sum := sha256.Sum256(m.data)
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", m.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(m.data))
	}
	fmt.Fprintf(&record, "%sRECORD,,\n", info)
	files = append(files, member{name: info + "RECORD", data: []byte(record.String())})
	return files, fmt.Sprintf("%s-py3-none-%s.whl", stem, t.wheel), nil
}

// tags writes a line for each platform of a wheel.
func tags(platforms string) string {
	var b strings.Builder
	for platform := range strings.SplitSeq(platforms, ".") {
		fmt.Fprintf(&b, "Tag: py3-none-%s\n", platform)
	}
	return b.String()
}
