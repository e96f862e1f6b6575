package seeds

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"readout/db"
)

// Finding is a place of a sound package where the record contradicts itself or has a
// gap. It may be right as it is.
type Finding struct {
	Kind    string
	Rows    []Place // what to look at
	Message string  // what is odd about them
}

// Place is where a row begins.
type Place struct {
	File string // its path in the package
	Line int    // from 1
}

// String is the finding on one line, as problems are written.
func (f Finding) String() string {
	places := make([]string, len(f.Rows))
	for i, r := range f.Rows {
		places[i] = r.File + ":" + strconv.Itoa(r.Line)
	}
	return strings.Join(places, ", ") + ": " + f.Message
}

// Findings loads a package into a file that it throws away, and returns what is odd
// in the record. It fails as Load does, with Problems or for another reason.
func Findings(ctx context.Context, fsys fs.FS) (findings []Finding, err error) {
	p, err := checked(fsys)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "readout-check-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "readout.db")
	p.kept = true
	if _, err := p.build(ctx, path); err != nil {
		return nil, err
	}
	store, err := db.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	list, err := store.Findings(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		finding := Finding{Kind: f.Kind, Message: f.Message}
		for _, r := range f.Rows {
			finding.Rows = append(finding.Rows, Place{p.table(r.Table).file, p.Line(r.Table, r.Key...)})
		}
		findings = append(findings, finding)
	}
	return findings, nil
}

// Line returns where the row with a key begins in the file of a table; of several,
// given the beginning of a key, the first of them in the file. 0: there is none.
func (p *Package) Line(table string, key ...string) int {
	t := p.table(table)
	columns := t.key[:len(key)]
	for i := range t.rows { // few are asked for
		if slices.EqualFunc(columns, key, func(c int, want string) bool { return t.value(int32(i), c) == want }) {
			return int(t.rows[i].line)
		}
	}
	return 0
}
