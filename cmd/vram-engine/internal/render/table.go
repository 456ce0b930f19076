package render

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
)

// Table writes rows under a header, in columns. Every cell is cleaned; an
// empty one becomes a dash. It blocks as w does.
func Table(w io.Writer, header []string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, row := range append([][]string{header}, rows...) {
		cells := make([]string, 0, len(row))
		for _, c := range row {
			cells = append(cells, cell(c))
		}
		if _, err := fmt.Fprintln(t, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return t.Flush()
}

// Fields writes pairs of a name and a value, one a line, without a header.
// It blocks as w does.
func Fields(w io.Writer, pairs [][2]string) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, p := range pairs {
		if _, err := fmt.Fprintf(t, "%s\t%s\n", cell(p[0]), cell(p[1])); err != nil {
			return err
		}
	}
	return t.Flush()
}

func cell(s string) string {
	if s == "" {
		return "-"
	}
	return clean.Text(s)
}
