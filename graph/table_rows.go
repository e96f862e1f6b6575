package graph

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// rows are read from pages of JSON and written as text, one at a time.
type rows struct {
	*table
	ask   tableAsk
	most  int64        // bytes of the rows of a page
	out   bytes.Buffer // what was not sent yet
	csv   *csv.Writer
	names []string         // of columns, as NDJSON has them
	cells []jsontext.Value // of the row that is read; nil: null
	text  []byte           // of the row that is written
	ends  []int
	row   []string

	written int
	cut     bool // there are more than may be written

	// Of the page that was read last.
	page   *jsontext.Decoder
	body   []byte
	outers int      // elements of the outermost list
	at     pageInfo // of outer
	deep   pageInfo // of the list in an element that goes on, if one does
	long   *place   // that list; nil: none does
}

type pageInfo struct {
	HasNextPage bool
	EndCursor   *string
}

func newRows(t *table, ask tableAsk, most int64) *rows {
	r := &rows{table: t, ask: ask, most: most, cells: make([]jsontext.Value, len(t.columns)), ends: make([]int, len(t.columns)), row: make([]string, len(t.columns))}
	r.csv = csv.NewWriter(&r.out)
	for i, name := range t.columns {
		comma := ","
		if i == 0 {
			comma = "{"
		}
		r.names = append(r.names, comma+`"`+name+`":`) // letters, digits, _ and dots
	}
	return r
}

// head writes the names of the columns.
func (r *rows) head() {
	if r.ask.form == asCSV {
		if r.ask.bom {
			r.out.WriteString("\ufeff")
		}
		r.csv.Write(r.columns)
		r.csv.Flush()
	}
}

var (
	errCut   = errors.New("the other rows of a page are too many")
	errLarge = errors.New("the rows of a page are too large, for each repeats what stands outside of it")
)

// read writes the rows of a page. It fails with errLarge.
func (r *rows) read(body []byte) error {
	r.body = body
	r.page = decoder(body)
	r.outers, r.at, r.deep, r.long = 0, pageInfo{}, pageInfo{}, nil
	_, err := r.object(r.root, 0)
	if err == nil && len(r.path) == 0 {
		err = r.write()
	}
	r.csv.Flush()
	if errors.Is(err, errCut) {
		r.cut, err = true, nil
	}
	return err
}

// keep keeps what stands outside of rows beyond its page.
func (r *rows) keep() {
	for i, cell := range r.cells {
		r.cells[i] = cell.Clone()
	}
}

// object reads an object, in which the next step of the path is at depth, and returns how
// many rows were written for it.
func (r *rows) object(at *place, depth int) (written int, err error) {
	if r.page.PeekKind() != '{' { // null
		return 0, r.page.SkipValue()
	}
	if _, err = r.page.ReadToken(); err != nil {
		return 0, err
	}
	var late *place // it is read last, when what is repeated in its rows is known
	var body []byte
	for next := 0; r.page.PeekKind() != '}'; next++ {
		key, err := r.page.ReadValue()
		if err != nil {
			return written, err
		}
		below := at.find(key, next)
		switch {
		case below == nil && at.page != "" && string(key[1:len(key)-1]) == at.page:
			err = r.pageInfo(at)
		case below == nil: // of a fragment that we were to leave out
			err = r.page.SkipValue()
		case depth < len(r.path) && below == r.path[depth] && len(at.every) > 1: // and we could not put it last
			late = below
			body, err = r.value()
		case depth < len(r.path) && below == r.path[depth]:
			written, err = r.step(below, depth+1)
		case len(below.SelectionSet) > 0:
			_, err = r.object(below, len(r.path))
		default:
			err = r.leaf(below)
		}
		if err != nil {
			return written, err
		}
	}
	if _, err = r.page.ReadToken(); err != nil || late == nil {
		return written, err
	}
	page, whole := r.page, r.body
	r.page, r.body = decoder(body), body
	written, err = r.step(late, depth+1)
	r.page, r.body = page, whole
	return written, err
}

// step reads what is next on the path.
func (r *rows) step(at *place, depth int) (written int, err error) {
	if at.list {
		return r.list(at, depth)
	}
	return r.object(at, depth)
}

// find finds a field below p, which is mostly the next one.
func (p *place) find(key []byte, next int) *place {
	for i := range p.below {
		if below := p.below[(next+i)%len(p.below)]; below.key == string(key) {
			return below
		}
	}
	return nil
}

func (r *rows) leaf(p *place) error {
	value, err := r.value()
	r.cells[p.column] = nil
	if value.Kind() != 'n' {
		r.cells[p.column] = value
	}
	return err
}

// value reads a value that may be kept as long as its page.
func (r *rows) value() (jsontext.Value, error) {
	value, err := r.page.ReadValue()
	end := r.page.InputOffset()
	return r.body[end-int64(len(value)) : end], err
}

// decoder reads JSON that we wrote.
func decoder(body []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// list writes a row for each element, or those that it has within it; one where it has none.
func (r *rows) list(list *place, depth int) (written int, err error) {
	if r.page.PeekKind() != '[' { // null
		return 0, r.page.SkipValue()
	}
	if _, err = r.page.ReadToken(); err != nil {
		return 0, err
	}
	for r.page.PeekKind() != ']' {
		if list == r.outermost {
			r.outers++
		}
		for _, column := range list.columns {
			r.cells[column] = nil
		}
		n, err := r.object(list, depth)
		if err != nil {
			return written, err
		}
		if n == 0 {
			if err := r.write(); err != nil {
				return written, err
			}
			n = 1
		}
		written += n
	}
	_, err = r.page.ReadToken()
	return written, err
}

func (r *rows) pageInfo(of *place) error {
	value, err := r.page.ReadValue()
	if err != nil {
		return err
	}
	if of == r.outer {
		return json.Unmarshal(value, &r.at)
	}
	if bytes.HasPrefix(value, []byte(`{"hasNextPage":false`)) {
		return nil
	}
	r.long = of
	return json.Unmarshal(value, &r.deep)
}

// write writes the row that was read.
func (r *rows) write() error {
	switch {
	case r.written == r.ask.limit:
		return errCut
	case int64(r.out.Len()) > r.most:
		return errLarge
	}
	r.written++
	if r.ask.form == asNDJSON {
		for i, cell := range r.cells {
			r.out.WriteString(r.names[i])
			if cell == nil {
				r.out.WriteString("null")
			}
			r.out.Write(cell)
		}
		r.out.WriteString("}\n")
		return nil
	}
	r.text = r.text[:0]
	for i, cell := range r.cells {
		start := len(r.text)
		r.text = appendCell(r.text, cell)
		if !r.ask.formulas && len(r.text) > start && cell.Kind() != '0' && strings.IndexByte("=+-@\t\r\n", r.text[start]) >= 0 {
			r.text = append(r.text, 0)
			copy(r.text[start+1:], r.text[start:])
			r.text[start] = '\''
		}
		r.ends[i] = len(r.text)
	}
	return r.line(string(r.text))
}

// line writes a row of CSV from the text of all cells.
func (r *rows) line(text string) error {
	if text == "" && len(r.row) == 1 { // else it is an empty line, which readers skip
		r.csv.Flush()
		r.out.WriteString("\"\"\n")
		return nil
	}
	start := 0
	for i, end := range r.ends {
		r.row[i] = text[start:end]
		start = end
	}
	return r.csv.Write(r.row)
}

// appendCell appends a value as a cell of CSV shows it.
func appendCell(text []byte, value jsontext.Value) []byte {
	switch value.Kind() {
	case '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return append(text, value[1:len(value)-1]...)
		}
		text, _ = jsontext.AppendUnquote(text, value) // it was read as text
		return text
	case '[':
		elements := decoder(value)
		elements.ReadToken()
		for first := true; elements.PeekKind() != ']' && elements.PeekKind() != 0; first = false {
			if !first {
				text = append(text, "; "...)
			}
			element, _ := elements.ReadValue()
			if element.Kind() == '[' {
				text = append(text, element...)
			} else {
				text = appendCell(text, element)
			}
		}
		return text
	case 'n', 0:
		return text
	}
	return append(text, value...)
}

// cutOff says in the last line that there are more rows.
func (r *rows) cutOff() {
	r.last("cut", fmt.Sprintf("cut after %d rows; ask for less or raise limit", r.written), map[string]any{"rows": r.written})
}

// last writes a last line that is no row.
func (r *rows) last(name, text string, members map[string]any) {
	if r.ask.form == asNDJSON {
		members["message"] = text
		line, err := json.Marshal(map[string]any{name: members})
		if err != nil {
			panic(err) // it is text and numbers
		}
		r.out.Write(append(line, '\n'))
		return
	}
	clear(r.row)
	r.row[0] = "# " + text
	r.csv.Write(r.row)
	r.csv.Flush()
}
