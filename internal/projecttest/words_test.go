package projecttest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// machineWords are texts that belong to the machine of whoever wrote a file
// and to no project: absolute paths of work folders and of the home of root.
// They are put together here so that this file does not contain them.
var machineWords = []string{
	"/wor" + "k/",
	"/tm" + "p/bash",
	"/tm" + "p/plan",
	"/ro" + "ot/go",
	"/usr/local" + "/go/",
	"bash" + "_jobs",
}

// checkWords returns the machine words that a text contains.
func checkWords(content []byte) []string {
	var found []string
	for _, word := range machineWords {
		if bytes.Contains(content, []byte(word)) {
			found = append(found, word)
		}
	}
	return found
}

func TestNoMachinePaths(t *testing.T) {
	tr := loadTree(t)
	for _, rel := range tr.files {
		content, err := os.ReadFile(filepath.Join(tr.root, filepath.FromSlash(rel)))
		if os.IsNotExist(err) {
			continue // a temporary file that another test removed meanwhile
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if bytes.IndexByte(content, 0) >= 0 {
			continue // no text
		}
		for _, word := range checkWords(content) {
			t.Errorf("%s: contains %q, a path of one machine; write what it stands for", rel, word)
		}
	}
}

func TestWordsCheckFindsViolations(t *testing.T) {
	for _, word := range machineWords {
		if got := checkWords([]byte("see " + word + "x")); len(got) == 0 {
			t.Errorf("%q is not found", word)
		}
	}
	if got := checkWords([]byte("how it works: a temporary folder")); len(got) != 0 {
		t.Errorf("found %q in a harmless text", got)
	}
}
