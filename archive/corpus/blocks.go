package corpus

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Block editors (Editor.js, ProseMirror, Lexical, Slate) save an article as a tree of
// blocks, each with a type. In the article's text each block becomes a paragraph, and
// a block with a tweet becomes a paragraph with its address.

// holdsBlocks says whether a field that should be the text is missing, or is a list of
// objects.
func holdsBlocks(text []byte) bool {
	return text == nil || text[0] == '[' && bytes.HasPrefix(bytes.TrimLeft(text[1:], " \t\r\n"), []byte("{"))
}

// insideBlocks are names of fields that hold the blocks inside a block.
var insideBlocks = []string{"blocks", "root", "document", "content", "children", "nodes"}

// maxBlocks is the limit, in bytes, for a record that is read as blocks: in memory its
// tree takes about fifty times as much.
const maxBlocks = 1 << 20

// blocksText is the text of the blocks in a JSON object, "" without any.
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

// block writes a block and those inside it.
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

// embedded is the address of the tweet that a block embeds, "" if it embeds none. The
// block's type, or the service that it names, says that it embeds something.
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
