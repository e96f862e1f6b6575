// Package seeds is the only door between files and rows: it reads a data package,
// finds everything that is wrong with it, and builds a release from one that is sound.
package seeds

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"readout/db"
)

//go:embed data
var data embed.FS

// Embedded returns the data package that is part of the program.
func Embedded() fs.FS {
	root, err := fs.Sub(data, "data")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return root
}

const descriptorFile = "datapackage.json"

// Package is a data package that was read and found to be sound.
type Package struct {
	Release db.Release // what it is, with the hash of its files
	tables  []*table
	kept    bool // the rows are needed when they have been written
}

// String says in one line what was read.
func (p *Package) String() string {
	rows := 0
	for _, t := range p.tables {
		rows += len(t.rows)
	}
	return fmt.Sprintf("%s %s: %d rows in %d files", p.Release.Name, p.Release.Version, rows, len(p.tables))
}

// table returns the table of a resource of the law.
func (p *Package) table(resource string) *table {
	return p.tables[slices.IndexFunc(p.tables, func(t *table) bool { return t.name == resource })]
}

// Check reads a package whole. It fails with Problems, all of them, when something
// is wrong with it. A package has the tables of the embedded one, under its own
// datapackage.json.
//
// A reference with an obvious misspelling is reported and then taken as it was
// meant, and nothing is said of references to a table that could not be read whole,
// so that one mistake makes one problem.
func Check(fsys fs.FS) (*Package, error) {
	p := &Package{}
	was, _ := fs.Stat(fsys, descriptorFile) // without one there is no package
	given, digest, problems := readDescriptor(fsys)
	if given == nil {
		return nil, problems
	}
	p.Release = db.Release{Name: given.Name, Title: given.Title, Version: given.Version, Licences: given.licences()}
	p.tables = given.tables()
	p.each(func(t *table) { t.read(fsys); t.checkCells(); t.index() })
	if changed(fsys, descriptorFile, was) {
		problems = append(problems, Problem{File: descriptorFile, Message: hasChanged})
	}
	p.each(func(t *table) {
		if t.was != nil && changed(fsys, t.file, t.was) {
			t.addLine(0, "", hasChanged)
		}
	})
	p.each(func(t *table) { t.checkReferences(p); t.sort(); t.checkRows(p); t.checkFacts() })
	p.checkTables()

	for _, t := range p.tables {
		problems = append(problems, t.problems...)
	}
	p.Release.Hash = p.hash(digest)
	if problems != nil {
		return nil, inOrder(problems, p.tables)
	}
	return p, nil
}

// hash is that of the files, given the digest of the descriptor.
func (p *Package) hash(descriptor string) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %s\n", descriptorFile, descriptor)
	for _, t := range p.tables {
		fmt.Fprintf(hash, "%s %s\n", t.file, t.digest)
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// hashOf is the hash that the release of a package has, which takes no more than reading
// it. "": it cannot be read, or is none.
func hashOf(fsys fs.FS) string {
	given, digest, problems := readDescriptor(fsys)
	if problems != nil {
		return ""
	}
	p := &Package{tables: given.tables()}
	var failed atomic.Bool
	p.each(func(t *table) {
		file, err := fsys.Open(t.file)
		if err != nil {
			failed.Store(true)
			return
		}
		defer file.Close()
		hash := sha256.New()
		if _, err := io.CopyBuffer(hash, struct{ io.Reader }{file}, make([]byte, 1<<18)); err != nil {
			failed.Store(true)
		}
		t.digest = hex.EncodeToString(hash.Sum(nil))
	})
	if failed.Load() {
		return ""
	}
	return p.hash(digest)
}

// each works on all tables at once.
func (p *Package) each(work func(*table)) {
	var group sync.WaitGroup
	for _, t := range p.tables {
		group.Go(func() { work(t) })
	}
	group.Wait()
}

// descriptor is what matters here of a datapackage.json (https://datapackage.org, version 2).
type descriptor struct {
	Name, Title, Version string
	Licenses             []license
	Resources            []resource
}

type license struct{ Name string }

type resource struct {
	Name, Path string
	Licenses   []license
	Schema     json.RawMessage
}

// licences are those of the package and of its resources, each once.
func (d *descriptor) licences() []string {
	var names []string
	add := func(list []license) {
		for _, l := range list {
			if !slices.Contains(names, l.Name) {
				names = append(names, l.Name)
			}
		}
	}
	add(d.Licenses)
	for _, r := range d.Resources {
		add(r.Licenses)
	}
	return names
}

// tables are the tables of the law, with the files where the package has them.
func (d *descriptor) tables() (list []*table) {
	for _, l := range law() {
		t := &table{tableLaw: l, seen: map[string]int{}, keyed: map[string]int32{}}
		if i := slices.IndexFunc(d.Resources, func(r resource) bool { return r.Name == l.name }); i >= 0 && isPath(d.Resources[i].Path) {
			t.file = d.Resources[i].Path
		}
		list = append(list, t)
	}
	return list
}

// readDescriptor reads and checks the descriptor of a package. Without one there is
// no package.
func readDescriptor(fsys fs.FS) (d *descriptor, digest string, problems Problems) {
	add := func(column, value, message string) {
		problems = append(problems, Problem{File: descriptorFile, Column: column, Value: value, Message: message})
	}
	text, err := fs.ReadFile(fsys, descriptorFile)
	if err != nil {
		add("", "", unreadable(err)+"; a data package has this file at its root")
		return nil, "", problems
	}
	if err := json.Unmarshal(text, &d); err != nil || d == nil {
		problem := Problem{File: descriptorFile, Message: fmt.Sprintf("not a descriptor of a data package: %v", err)}
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			problem.Line = 1 + bytes.Count(text[:syntax.Offset], []byte("\n"))
		}
		return nil, "", Problems{problem}
	}
	for _, required := range []struct{ column, value, example string }{
		{"name", d.Name, "readout"}, {"title", d.Title, "The diplomatic record as a graph"}, {"version", d.Version, "1.0.0"},
	} {
		if strings.TrimSpace(required.value) == "" {
			add(required.column, "", fmt.Sprintf("missing; a release is known by it, such as %q", required.example))
		}
	}
	if len(d.Licenses) == 0 {
		add("licenses", "", `missing; give at least one, such as [{"name": "CC-BY-4.0"}]`)
	}
	for _, name := range d.licences() {
		if name == "" || strings.ContainsAny(name, " \t\n") {
			add("licenses", name, `no SPDX identifier; give a name such as "CC-BY-4.0"`)
		}
	}

	tables := law()
	names := func(yield func(string) bool) {
		for _, l := range tables {
			if !yield(l.name) {
				return
			}
		}
	}
	times := map[string]int{}
	for _, r := range d.Resources {
		times[r.Name]++
		switch {
		case !slices.Contains(slices.Collect(names), r.Name):
			add("resources", r.Name, "unknown resource"+didYouMean(nearest(r.Name, names)))
		case times[r.Name] == 2:
			add("resources", r.Name, "given twice; keep one")
		case !isPath(r.Path):
			add("resources", r.Name, fmt.Sprintf("the path %q does not lead to a file of the package; give one such as %q", r.Path, r.Name+".csv"))
		}
	}
	for name := range names {
		if times[name] == 0 {
			add("resources", name, fmt.Sprintf("missing; add the resource with its path, such as %q (it may have no rows)", name+".csv"))
		}
	}
	sum := sha256.Sum256(text)
	return d, hex.EncodeToString(sum[:]), problems
}

// isPath tells whether a resource is a file of the package; it may be anywhere else in the world.
func isPath(path string) bool {
	return fs.ValidPath(path) && path != "." && !strings.Contains(path, "://")
}

// unreadable says why a file cannot be read.
func unreadable(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file"
	}
	return err.Error()
}

// tableLaw is what the embedded descriptor says of a table.
type tableLaw struct {
	name        string
	Fields      []field
	PrimaryKey  []string
	ForeignKeys []foreignKey

	key  []int // columns that tell the rows apart
	fact []int // of those, the columns that rows on the same fact share

	referenced bool // by a foreign key
}

type foreignKey struct {
	Fields    []string
	Reference struct {
		Resource string // "": the table itself
		Fields   []string
	}
	columns []int
}

// keysWithBlanks are the keys of the tables that cannot call theirs primary, because
// a part of it may be blank.
var keysWithBlanks = map[string][]string{
	"participants": {"meeting", "official", "source"},
	"topics":       {"meeting", "country", "organization", "corridor", "issue", "source"},
}

// law returns the tables that every package has, in the order of the embedded descriptor.
var law = sync.OnceValue(func() []*tableLaw {
	must := func(err error) {
		if err != nil {
			panic(fmt.Errorf("data/%s: %w", descriptorFile, err)) // the file is part of the program
		}
	}
	text, err := fs.ReadFile(Embedded(), descriptorFile)
	must(err)
	var d descriptor
	must(json.Unmarshal(text, &d))

	var tables []*tableLaw
	for _, r := range d.Resources {
		l := &tableLaw{name: r.Name}
		must(json.Unmarshal(r.Schema, l))
		for i := range l.Fields {
			l.Fields[i].pattern, err = regexp.Compile(l.Fields[i].Constraints.Pattern)
			must(err)
		}
		for i := range l.ForeignKeys {
			k := &l.ForeignKeys[i]
			k.columns = l.columns(k.Fields)
			if len(k.columns) == 1 {
				l.Fields[k.columns[0]].reference = k.Reference.Resource
			}
		}
		l.key = l.columns(l.PrimaryKey)
		if l.key == nil {
			l.key = l.columns(keysWithBlanks[l.name])
		}
		l.fact = l.key
		if last := len(l.key) - 1; last > 0 && l.Fields[l.key[last]].Name == "source" {
			l.fact = l.key[:last]
		}
		tables = append(tables, l)
	}
	for _, l := range tables {
		for _, k := range l.ForeignKeys {
			target := cmp.Or(k.Reference.Resource, l.name)
			i := slices.IndexFunc(tables, func(l *tableLaw) bool { return l.name == target })
			if i < 0 || !slices.Equal(tables[i].PrimaryKey, k.Reference.Fields) {
				must(fmt.Errorf("%s: a foreign key does not lead to the primary key of %s", l.name, target))
			}
			tables[i].referenced = true
		}
	}
	return tables
})

// column returns the place of a column, or -1.
func (l *tableLaw) column(name string) int {
	return slices.IndexFunc(l.Fields, func(f field) bool { return f.Name == name })
}

func (l *tableLaw) columns(names []string) []int {
	var places []int
	for _, name := range names {
		places = append(places, l.column(name))
	}
	return places
}

// table is a file of a package.
type table struct {
	*tableLaw
	file   string // "": the package has none
	digest string
	was    fs.FileInfo // when it was opened
	rows   []row
	texts  []string         // of which rows are parts
	open   []byte           // the last of them, while it grows
	seen   map[string]int   // where cells are in it
	order  []int32          // the rows, sorted by key
	keyed  map[string]int32 // the row of each primary key; the first of two

	broken   bool  // a row or more could not be read
	absent   []int // columns
	problems Problems
}

// row is where a row is in the file, and where its cells are, in the order of the law.
// It holds no pointer: there may be millions.
type row struct {
	line     int32
	text, at uint32
	broken   bool // there is a problem with it
}

// textSize is how long a text of rows becomes.
const textSize = 1 << 18

// append adds a row.
func (t *table) append(line int, cells []string) {
	t.rows = append(t.rows, t.keep(row{line: int32(line)}, cells))
}

// keep writes cells into the texts of t, and their place into r. They stand one after
// the other, each after twice its length; one that is in the text already, as most are
// that refer to other tables, is one more than twice how far back that is.
func (t *table) keep(r row, cells []string) row {
	const least, most = 5, 64 // bytes that are sought in the text
	r.text, r.at = uint32(len(t.texts)), uint32(len(t.open))
	for _, cell := range cells {
		if len(cell) >= least && len(cell) <= most {
			if at, seen := t.seen[cell]; seen {
				t.open = binary.AppendUvarint(t.open, uint64(len(t.open)-at)<<1|1)
				continue
			}
			t.seen[cell] = len(t.open)
		}
		t.open = append(binary.AppendUvarint(t.open, uint64(len(cell))<<1), cell...)
	}
	if len(t.open) > textSize {
		t.close()
	}
	return r
}

// close ends the text that grows.
func (t *table) close() {
	t.texts = append(t.texts, string(t.open))
	t.open = t.open[:0]
	clear(t.seen)
}

// value returns a cell.
func (t *table) value(i int32, column int) string {
	r := &t.rows[i]
	text, at := t.texts[r.text], int(r.at)
	for {
		n, size := uvarint(text[at:])
		switch {
		case column == 0 && n&1 == 0:
			return text[at+size : at+size+n>>1]
		case column == 0:
			at -= n >> 1
			continue
		case n&1 == 0:
			size += n >> 1
		}
		at += size
		column--
	}
}

// uvarint is binary.Uvarint of a text.
func uvarint(text string) (value, size int) {
	if b := text[0]; b < 0x80 {
		return int(b), 1
	}
	for shift := 0; ; shift += 7 {
		b := text[size]
		value |= int(b&0x7f) << shift
		if size++; b < 0x80 {
			return value, size
		}
	}
}

// replace puts another cell into a row.
func (t *table) replace(i, column int, value string) {
	cells := make([]string, len(t.Fields))
	for c := range cells {
		cells[c] = t.value(int32(i), c)
	}
	cells[column] = value
	t.rows[i] = t.keep(t.rows[i], cells)
	t.close()
}

// add reports a problem with columns of a row.
func (t *table) add(i int32, columns []int, format string, args ...any) {
	r := &t.rows[i]
	r.broken = true
	t.problems = append(t.problems, Problem{
		t.file, int(r.line), t.namesOf(columns), t.joined(i, columns), fmt.Sprintf(format, args...),
	})
}

func (t *table) namesOf(columns []int) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = t.Fields[c].Name
	}
	return strings.Join(names, ", ")
}

// addLine reports a problem with a line that is no row.
func (t *table) addLine(line int, column, message string) {
	t.problems = append(t.problems, Problem{File: t.file, Line: line, Column: column, Message: message})
}

// joined are a few cells as one text.
func (t *table) joined(i int32, columns []int) string {
	if len(columns) == 1 {
		return t.value(i, columns[0])
	}
	cells := make([]string, len(columns))
	for n, c := range columns {
		cells[n] = t.value(i, c)
	}
	return strings.Join(cells, ", ")
}

// read reads the file and reports what is no row.
func (t *table) read(fsys fs.FS) {
	if t.file == "" {
		t.broken = true // and the descriptor's problem
		return
	}
	file, err := fsys.Open(t.file)
	if err != nil {
		t.addUnread(err, 0, 0)
		return
	}
	defer file.Close()
	if t.was, err = file.Stat(); err != nil {
		t.addUnread(err, 0, 0)
		return
	}
	hash := sha256.New()
	in := bufio.NewReaderSize(io.TeeReader(file, hash), 1<<16)
	if mark, _ := in.Peek(3); string(mark) == "\uFEFF" {
		in.Discard(3) // spreadsheets write it
	}
	lines := csv.NewReader(in)
	lines.ReuseRecord = true
	header, err := lines.Read()
	if err != nil {
		t.addUnread(err, 0, 0)
		return
	}
	from := t.readHeader(header)
	cells := make([]string, len(t.Fields))
	defer t.close()
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.addUnread(err, len(record), len(header))
			if _, malformed := errors.AsType[*csv.ParseError](err); malformed {
				continue
			}
			return
		}
		line, _ := lines.FieldPos(0)
		if from != nil {
			for i, place := range from {
				cells[i] = ""
				if place >= 0 {
					cells[i] = record[place]
				}
			}
			record = cells
		}
		t.append(line, record)
	}
	t.digest = hex.EncodeToString(hash.Sum(nil))
}

const hasChanged = "it changed while the package was read; load again when all files are in place"

// changed tells whether a file is not what was read any more. Once all are read, some may
// be of another package than the others.
func changed(fsys fs.FS, name string, was fs.FileInfo) bool {
	now, err := fs.Stat(fsys, name)
	return err != nil || was == nil || now.Size() != was.Size() || !now.ModTime().Equal(was.ModTime())
}

// addUnread reports a file that cannot be read, or a line that is not CSV or has not
// as many fields as the header.
func (t *table) addUnread(err error, fields, want int) {
	t.broken = true
	malformed, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case errors.Is(err, io.EOF):
		t.addLine(1, "", "the file is empty; its first line names the columns: "+strings.Join(slices.Collect(t.names()), ","))
	case !ok:
		t.addLine(0, "", unreadable(err))
	case errors.Is(err, csv.ErrFieldCount):
		t.addLine(malformed.StartLine, "", fmt.Sprintf("%d fields where the header has %d; a value with a comma stands in double quotes", fields, want))
	default:
		t.addLine(malformed.StartLine, "", fmt.Sprintf("malformed CSV: %v; a value with a double quote stands in double quotes, and the quote is doubled", malformed.Err))
	}
}

// names are the names of the columns.
func (t *table) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, f := range t.Fields {
			if !yield(f.Name) {
				return
			}
		}
	}
}

// readHeader returns where each column of the law is in the file, -1 for one that is
// missing; nil when they are in the order of the law.
func (t *table) readHeader(header []string) []int {
	if slices.Equal(header, slices.Collect(t.names())) {
		return nil
	}
	from := slices.Repeat([]int{-1}, len(t.Fields))
	for place, name := range header {
		switch i := t.column(name); {
		case i < 0:
			t.addLine(1, "", fmt.Sprintf("unknown column %q%s", name, didYouMean(nearest(name, t.names()))))
		case from[i] >= 0:
			t.addLine(1, name, "the column is there twice; keep one")
		default:
			from[i] = place
		}
	}
	for i, place := range from {
		if place < 0 {
			t.addLine(1, t.Fields[i].Name, "the column is missing; add it to the header (its values may be blank where they are not required)")
			t.absent = append(t.absent, i)
			t.broken = true
		}
	}
	return from
}

// index notes the row of each primary key that rows may refer to.
func (t *table) index() {
	if !t.referenced {
		return
	}
	for i := range t.rows {
		key := t.joined(int32(i), t.key)
		if _, known := t.keyed[key]; !known {
			t.keyed[key] = int32(i)
		}
	}
}

// keys are the primary keys.
func (t *table) keys() iter.Seq[string] { return maps.Keys(t.keyed) }
