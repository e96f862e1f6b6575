package synthetic

import (
	"bufio"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// tables are the files of a package while they are written.
type tables struct {
	folder string
	open   map[string]*table
	err    error // the first
}

type table struct {
	of     *tables
	file   *os.File
	buffer *bufio.Writer
	csv    *csv.Writer
}

// The tables that stay without rows.
var empty = map[string][]string{
	"aliases":             {"kind", "slug", "alias", "source"},
	"corridor_claims":     {"corridor", "property", "value", "stance", "source", "preferred", "note"},
	"organization_claims": {"organization", "property", "value", "stance", "source", "preferred", "note"},
	"issue_claims":        {"issue", "property", "value", "stance", "source", "preferred", "note"},
	"meeting_claims":      {"meeting", "property", "value", "stance", "source", "preferred", "note"}, // of a few meetings
	"statements":          {"statement", "meeting", "official", "stated_on", "paraphrase", "country", "organization", "corridor", "issue", "source"},
}

func newTables(folder string) *tables {
	t := &tables{folder: folder, open: map[string]*table{}}
	t.err = os.MkdirAll(folder, 0o755)
	for name, header := range empty {
		t.table(name, header...)
	}
	return t
}

// table is the file of that name, which begins with a header.
func (t *tables) table(name string, header ...string) *table {
	if there := t.open[name]; there != nil {
		return there
	}
	file, err := os.Create(filepath.Join(t.folder, name+".csv"))
	t.err = errors.Join(t.err, err)
	buffer := bufio.NewWriterSize(file, 1<<16)
	added := &table{t, file, buffer, csv.NewWriter(buffer)}
	t.open[name] = added
	added.write(header...)
	return added
}

func (t *table) write(cells ...string) {
	if err := t.csv.Write(cells); err != nil && t.of.err == nil {
		t.of.err = err
	}
}

// close ends all files. Only the first call does.
func (t *tables) close() error {
	for name, table := range t.open {
		table.csv.Flush()
		t.err = errors.Join(t.err, table.csv.Error(), table.buffer.Flush(), table.file.Close())
		delete(t.open, name)
	}
	return t.err
}

func writeFile(folder, name string, text []byte) error {
	return os.WriteFile(filepath.Join(folder, name), slices.Concat(text, []byte("\n")), 0o644)
}
