package command

import (
	"bytes"
)

// head keeps the beginning of what is written to it, and knows whether that was all.
type head struct {
	most int
	kept []byte
	cut  bool
}

func (h *head) Write(p []byte) (int, error) {
	room := h.most - len(h.kept)
	h.cut = h.cut || len(p) > room
	h.kept = append(h.kept, p[:min(len(p), room)]...)
	return len(p), nil
}

// tail keeps the end of what is written to it.
type tail struct {
	most int
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.most; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// quote is the end of an error message, empty where nothing was written.
func (t *tail) quote() string {
	text := bytes.TrimSpace(t.kept)
	if len(text) == 0 {
		return ""
	}
	return ": " + string(text)
}
