package corpus

import (
	"bytes"
	"encoding/json"
	"strings"
)

// What block editors save (Editor.js, ProseMirror, Lexical, Slate): a tree of blocks
// with their type. As a text it is a paragraph a block; an embedded tweet is its
// address, which stands alone in a paragraph then.

// holdsBlocks says whether what was found of the text is none, or a list of objects.
func holdsBlocks(text []byte) bool {
	return text == nil || text[0] == '[' && bytes.HasPrefix(bytes.TrimLeft(text[1:], " \t\r\n"), []byte("{"))
}

// The names under which a block has those inside it.
var insideBlocks = []string{"blocks", "root", "document", "content", "children", "nodes"}

// maxBlocks is how long a record is at most that is read as blocks, in bytes: its tree
// takes some fifty times that in memory.
const maxBlocks = 1 << 20

// blocksText is the text of the blocks in a JSON object; "" if there are none.
func blocksText(raw []byte) string {
	var tree map[string]any
	if len(raw) > maxBlocks || !bytes.Contains(raw, []byte(`"type"`)) || json.Unmarshal(raw, &tree) != nil {
		return ""
	}
	var b blockWriter
	b.block(tree)
	return strings.TrimSpace(b.String())
}

// blockWriter writes blocks as paragraphs.
type blockWriter struct{ strings.Builder }

func (b *blockWriter) block(node map[string]any) {
	data, _ := node["data"].(map[string]any)
	if address := embedded(node, data); address != "" {
		b.WriteString("\n\n" + address + "\n\n")
		return
	}
	for _, in := range [...]map[string]any{node, data} {
		if text, ok := in["text"].(string); ok {
			b.WriteString(text)
		}
		for _, name := range insideBlocks {
			switch inside := in[name].(type) {
			case map[string]any:
				b.block(inside)
			case []any:
				for _, v := range inside {
					if child, ok := v.(map[string]any); ok {
						b.block(child)
					}
				}
			}
		}
	}
	if kind, _ := node["type"].(string); kind != "text" && kind != "link" {
		b.WriteString("\n\n")
	}
}

// embedded is the address of the tweet that a block embeds: one whose type, or the
// service it names, says so.
func embedded(node, data map[string]any) string {
	attrs, _ := node["attrs"].(map[string]any)
	ours := false
	for _, in := range [...]map[string]any{node, data, attrs} {
		for _, name := range [...]string{"type", "service", "provider", "providerNameSlug"} {
			s, _ := in[name].(string)
			s = strings.ToLower(s)
			ours = ours || strings.Contains(s, "embed") || strings.Contains(s, "tweet") || strings.Contains(s, "twitter")
		}
	}
	if !ours {
		return ""
	}
	for _, in := range [...]map[string]any{data, attrs, node} {
		for _, name := range [...]string{"source", "src", "url", "href"} {
			if s, _ := in[name].(string); strings.Contains(s, "/status") {
				return s
			}
		}
	}
	return ""
}
