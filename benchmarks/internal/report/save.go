package report

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
)

// Save writes <date>-<commit>.json and .txt into the folder, over those of an
// earlier run of that day and commit, and returns the path of the first.
func (r *Report) Save(dir string) (string, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return "", errors.Wrap(err, "the results cannot be written as JSON")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // results are public
		return "", errors.Wrap(err, "the folder of the results")
	}
	stem := filepath.Join(dir, r.Started.Format("2006-01-02")+"-"+r.Machine.Commit)
	for path, content := range map[string][]byte{stem + ".json": append(text, '\n'), stem + ".txt": []byte(r.Full())} {
		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // results are public
			return "", errors.Wrap(err, "the results")
		}
	}
	return stem + ".json", nil
}
