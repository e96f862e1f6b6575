package db

import (
	"cmp"
	sqldriver "database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-sqlite3"
)

const (
	// maxQuery is how long the text of a search may be, in characters.
	maxQuery = 256
	// maxRanked is how many texts of the kinds asked for are ranked: of a word that is
	// everywhere, those of the documents with most relations.
	maxRanked = 10_000
)

// sqlite is SQLite with the functions that search needs.
var sqlite = &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
	if err := c.RegisterFunc("folded", sortKey, true); err != nil {
		return err
	}
	return c.RegisterFunc("relevance", relevance, true)
}}

// SQLite opens connections that know the functions that search ranks by, for programs
// which compare themselves with this one.
func SQLite() sqldriver.Driver { return sqlite }

// Weights of the columns of prose.
var weights = [...]float64{aliasColumn: 3, 1: 3, 2: 1, 3: 0.3}

// aliasColumn is the column of prose that has aliases and abbreviations.
const aliasColumn = 0

// relevance is Okapi BM25 over the columns of prose, from matchinfo(prose, 'pcnalx').
// Without aliases it is 0 where a word is in these alone.
func relevance(info []byte, aliases bool) float64 {
	at := func(i int) float64 { return float64(binary.NativeEndian.Uint32(info[4*i:])) }
	const k, b = 1.2, 0.75
	phrases, columns := int(at(0)), int(at(1))
	rows, averages, lengths, hits := at(2), 3, 3+columns, 3+2*columns
	score := 0.0
	for p := range phrases {
		found := false
		for c := range columns {
			hit := hits + 3*(p*columns+c)
			frequency, documents := at(hit), at(hit+2)
			if frequency == 0 || c == aliasColumn && !aliases {
				continue
			}
			found = true
			rarity := math.Log(1 + (rows-documents+0.5)/(documents+0.5))
			length := at(lengths+c) / max(1, at(averages+c))
			score += weights[c] * rarity * frequency * (k + 1) / (frequency + k*(1-b+b*length))
		}
		if !found {
			return 0
		}
	}
	return score
}

// A sought text is what somebody typed into a search box.
type sought struct {
	text    string
	phrases [][]string // all of them must occur; words in quotes stay together
	typing  bool       // the last word may go on
}

const (
	openQuotes  = "\"«“„‟”»"
	closeQuotes = "\"»”“‟«"
)

// seek reads what somebody typed. Nothing in it is syntax but quotes, of any
// language. It fails with Invalid when it is too long.
func seek(field, text string) (*sought, error) {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	if n := utf8.RuneCountInString(text); n > maxQuery {
		return nil, Errorf(Invalid, "%s: %d characters are too many. Give at most %d.", field, n, maxQuery)
	}
	q := &sought{text: strings.TrimSpace(text), typing: true}
	for rest := text; rest != ""; {
		loose, quoted := rest, ""
		rest = ""
		if from := strings.IndexAny(loose, openQuotes); from >= 0 {
			_, width := utf8.DecodeRuneInString(loose[from:])
			quoted = loose[from+width:]
			loose = loose[:from]
			if until := strings.IndexAny(quoted, closeQuotes); until >= 0 {
				_, width := utf8.DecodeRuneInString(quoted[until:])
				quoted, rest = quoted[:until], quoted[until+width:]
				q.typing = strings.TrimSpace(rest) != "" // a closed quote is whole
			}
		}
		for _, word := range words(loose) {
			q.phrases = append(q.phrases, []string{word})
		}
		if phrase := words(quoted); len(phrase) > 0 {
			q.phrases = append(q.phrases, phrase)
		}
	}
	return q, nil
}

// expression is q in the language of FTS4: "bayram*" "north south". It holds no
// letter that was typed but those of folded words.
func (q *sought) expression() string {
	var list []string
	for i, phrase := range q.phrases {
		text := strings.Join(phrase, " ")
		if q.goesOn(i, len(phrase)-1) {
			text += "*"
		}
		list = append(list, `"`+text+`"`)
	}
	return strings.Join(list, " ")
}

// goesOn is true of the last word while it is typed, from its fourth letter on.
func (q *sought) goesOn(phrase, word int) bool {
	last := len(q.phrases) - 1
	return q.typing && phrase == last && word == len(q.phrases[last])-1 && utf8.RuneCountInString(q.phrases[last][word]) > 3
}

// isVague is true of what has no word of two letters: it would match nearly everything.
func (q *sought) isVague() bool {
	for _, phrase := range q.phrases {
		for _, word := range phrase {
			if utf8.RuneCountInString(word) > 1 {
				return false
			}
		}
	}
	return true
}

// in tells the folded words of a text that q asks for from the others.
func (q *sought) in(word string) bool {
	for i, phrase := range q.phrases {
		for j, asked := range phrase {
			if word == asked {
				return true
			}
			if q.goesOn(i, j) && strings.HasPrefix(word, asked) {
				return true
			}
		}
	}
	return false
}

// ranked is the documents that match an expression: document, entity, statement,
// relevance as a number, prominence. Column is that of prose to look in, or prose for all;
// among is a condition on document d that is asked before the limit.
func ranked(column, expression, among string, aliases bool) string {
	return fmt.Sprintf(`
		select d.id as document, d.entity, d.statement, relevance(matchinfo(prose, 'pcnalx'), %t) as relevance, d.prominence
		from prose cross join document d on d.id = prose.docid
		where %s match %s and %s
		limit %d`, aliases, column, expression, among, maxRanked)
}

// wanted is a text as a list of one kind asks for it: by the column of document that has
// the id, in a column of prose. What a statement holds is its own words, not its speaker.
func (b *conditions) wanted(field, kind, query string) (id, column, expression string, err error) {
	q, err := seek(field, query)
	if err != nil {
		return "", "", "", err
	}
	if q.isVague() {
		return "", "", "", Errorf(Invalid, "%s: %q has no word of two letters. Give at least one.", field, query)
	}
	id, column = "entity", "prose"
	if kind == KindStatement {
		id, column = "statement", "prose.body"
	}
	return id, column, b.arg(q.expression()), nil
}

// text asks that the document of the entity or the statement in a column, of a kind,
// matches a query: all words, the last of which may go on, whatever their case and
// diacritics; what is in quotes as it stands. It fails with Invalid when the query of
// that field is too long or has no word.
func (b *conditions) text(field, kind, column, query string) error {
	id, in, expression, err := b.wanted(field, kind, query)
	if err == nil {
		b.lines = append(b.lines, fmt.Sprintf(`%s in (
			select %s from document where id in (select docid from prose where %s match %s) and %[2]s is not null)`, column, id, in, expression))
	}
	return err
}

// relevant is text as a table to join, at most maxRanked rows of an id and a key
// that is larger for what is more relevant:
//
//	join <table> hit on hit.id = m.id … select hit.key as key
func (b *conditions) relevant(field, kind, query string) (table string, err error) {
	id, in, expression, err := b.wanted(field, kind, query)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`(select %s as id, printf('%%012.6f', relevance) as key from (%s))`,
		id, ranked(in, expression, fmt.Sprintf("d.%s in (select id from %s)", id, kind), true)), nil
}

// Excerpt is a stretch of a snippet.
type Excerpt struct {
	Text    string
	Matched bool // it is what was searched for
}

// excerpts cuts a text where words begin and end that are matched.
func excerpts(text string, matched func(nth int, word occurrence) bool) (list []*Excerpt) {
	at := 0
	cut := func(until int, is bool) {
		if until > at {
			list = append(list, &Excerpt{text[at:until], is})
			at = until
		}
	}
	for nth, word := range occurrences(text) {
		if matched(nth, word) {
			cut(word.from, false)
			cut(word.until, true)
		}
	}
	cut(len(text), false)
	return list
}

// passage is the part of a text, at most about 40 words, around the first words that
// q asks for; "" when there is none.
func (q *sought) passage(text string) string {
	const before, length = 12, 40
	list := occurrences(text)
	for i, word := range list {
		if !q.in(word.folded) {
			continue
		}
		from, until := 0, len(text)
		start := max(0, min(i-before, len(list)-length))
		prefix, suffix := "", ""
		if start > 0 {
			from, prefix = list[start].from, "… "
		}
		if last := start + length; last < len(list) {
			until, suffix = list[last-1].until, " …"
		}
		return prefix + text[from:until] + suffix
	}
	return ""
}

// addDocuments writes what search reads: documents, those with most relations first, and
// their words. What stands around a meeting is put together in Go, and folded, while
// others are written.
func (w *Writer) addDocuments() error {
	w.Begin("ranking texts", 0)
	const named = `(select group_concat(name, ', ') from (select distinct e.name from entity e where e.id in (%s) order by e.sort_key))`
	for _, statement := range []string{
		`create temp table ranked (id integer primary key, entity integer, statement integer, prominence integer)`,
		`create temp table around (entity integer, statement integer, context text)`,
		`insert into around
			select c.id, null, concat_ws('; ', c.capital, c.subregion, c.region) from country c
			union all select o.id, null,
				(select group_concat(line, '; ') from (
					select distinct n.title || ', ' || e.name as line from tenure n join entity e on e.id = n.country
					where n.official = o.id order by n.since_earliest, line)) from official o
			union all select g.id, null, concat_ws('; ', g.abbreviation, g.headquarters) from organization g
			union all select k.id, null, concat_ws('; ', k.abbreviation,
				(select group_concat(place, ', ') from (select distinct place from stop s where s.corridor = k.id order by s.branch, s.position)))
				from corridor k
			union all select i.id, null, concat_ws('; ',
				` + fmt.Sprintf(named, `select country from party where issue = i.id`) + `,
				` + fmt.Sprintf(named, `select corridor from concern where issue = i.id`) + `) from issue i
			union all select null, st.id, ` + fmt.Sprintf(named, `st.official, st.meeting, st.topic`) + ` from statement st`,
		`create index temp.around_entity on around (entity) where entity is not null`,
		`create index temp.around_statement on around (statement) where statement is not null`,
	} {
		if err := w.exec(statement); err != nil {
			return err
		}
	}
	ranked, err := w.rank()
	if err != nil {
		return err
	}
	names, err := w.names()
	if err != nil {
		return err
	}

	const atOnce, ahead = 256, 4 // documents, and batches of them
	rows, err := w.conn.Query(`
		select r.id, r.entity, r.statement, r.prominence,
			coalesce(a.names, ''), case when r.entity is null then '' else e.name end,
			coalesce(st.paraphrase, (select text from summary where entity = r.entity), ''),
			coalesce(k.context, t.context, m.place, ''),
			(select group_concat(official) from participation where meeting = m.id),
			(select group_concat(country) from participation where meeting = m.id), m.host_country,
			(select group_concat(entity) from topic where meeting = m.id)
		from temp.ranked r left join statement st on st.id = r.statement
		join entity e on e.id = coalesce(r.entity, st.official)
		left join meeting m on m.id = r.entity
		left join temp.around k on k.entity = r.entity left join temp.around t on t.statement = r.statement
		left join (
			select entity, group_concat(name, '; ') as names from (
				select entity, name from alias
				union select id, abbreviation from organization union select id, abbreviation from corridor)
			group by entity) a on a.entity = r.entity
		order by r.id`, nil)
	if err != nil {
		return err
	}
	defer rows.Close()
	type document struct {
		key  [4]sqldriver.Value // id, entity, statement, prominence
		text [4]sqldriver.Value // the columns of prose
		said string             // its context
	}
	compose := func(row []sqldriver.Value) (d document) {
		copy(d.key[:], row[:4])
		context := []string{row[7].(string)}
		for _, ids := range [][]sqldriver.Value{row[8:9], row[9:11], row[11:12]} {
			context = append(context, names.joined(ids))
		}
		d.said = strings.Join(slices.DeleteFunc(context, func(text string) bool { return text == "" }), "; ")
		for i, text := range []string{row[4].(string), row[5].(string), row[6].(string), d.said} {
			d.text[i] = sortKey(text)
		}
		return d
	}
	read, composed := make(chan [][]sqldriver.Value, ahead), make(chan []document, ahead)
	defer close(read)
	w.Begin("writing what search reads", ranked)
	go func() {
		defer close(composed)
		for batch := range read {
			list := make([]document, len(batch))
			for i, row := range batch {
				list[i] = compose(row)
			}
			composed <- list
		}
	}()
	for under, done := 0, false; !done; {
		batch := make([][]sqldriver.Value, 0, atOnce)
		for len(batch) < atOnce && !done {
			row := make([]sqldriver.Value, 12)
			switch err := rows.Next(row); {
			case errors.Is(err, io.EOF):
				done = true
			case err != nil:
				return err
			default:
				batch = append(batch, row)
			}
		}
		read <- batch
		under++
		for ; under == ahead || under > 0 && done; under-- {
			list := <-composed
			w.Done(len(list))
			for _, d := range list {
				if err := cmp.Or(
					w.exec(`insert into document (id, entity, statement, prominence, context) values ($1, $2, $3, $4, $5)`, d.key[0], d.key[1], d.key[2], d.key[3], d.said),
					w.exec(`insert into prose (docid, aliases, title, body, context) values ($1, $2, $3, $4, $5)`, d.key[0], d.text[0], d.text[1], d.text[2], d.text[3]),
				); err != nil {
					return err
				}
			}
		}
	}
	w.Begin("putting words in order", 0)
	for _, statement := range []string{
		`insert into prose (prose) values ('optimize')`, `drop table temp.around`, `drop table temp.ranked`,
	} {
		if err := w.exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// rank puts entities in the order of their prominence, then by kind and slug, and
// statements after them.
func (w *Writer) rank() (ranked int, err error) {
	var entities, statements []int64
	read := reader{w: w}
	read.each(`select id, 0, 0, 0 from entity order by kind, slug`, func(id, _, _, _ int64) { entities = append(entities, id) })
	read.each(`select id, 0, 0, 0 from statement order by slug`, func(id, _, _, _ int64) { statements = append(statements, id) })
	facts := make([]int32, slices.Max(append(entities, 0))+1) // by entity
	count := func(_, a, b, c int64) {
		facts[a]++
		facts[b]++
		facts[c]++ // of nobody: 0
	}
	for relation, text := range linked {
		if relation != byHosting && relation != byStatement {
			read.each(text, count)
		}
	}
	read.each(`select l.fact, s.corridor, 0, 0 from leg l join stop s on s.fact = l.stop union all select fact, entity, 0, 0 from property`, count)
	if read.err != nil {
		return 0, read.err
	}
	slices.SortStableFunc(entities, func(a, b int64) int { return cmp.Compare(facts[b], facts[a]) })
	id := 0
	add := func(entity, statement any, prominence int32) error {
		id++
		return w.exec(`insert into ranked (id, entity, statement, prominence) values ($1, $2, $3, $4)`, id, entity, statement, prominence)
	}
	for _, e := range entities {
		if err := add(e, nil, facts[e]); err != nil {
			return 0, err
		}
	}
	for _, s := range statements {
		if err := add(nil, s, 0); err != nil {
			return 0, err
		}
	}
	return id, w.flush()
}

// namesInOrder are the names of all but meetings, and their place in the order of names.
type namesInOrder map[int64]struct {
	name  string
	place int
}

func (w *Writer) names() (namesInOrder, error) {
	rows, err := w.conn.Query(`select id, name from entity where kind <> 'meeting' order by sort_key, name`, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := namesInOrder{}
	row := make([]sqldriver.Value, 2)
	for err = rows.Next(row); err == nil; err = rows.Next(row) {
		named := names[row[0].(int64)]
		named.name, named.place = row[1].(string), len(names)
		names[row[0].(int64)] = named
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return names, nil
}

// joined are the names of entities in their order, each once. Ids are numbers and lists
// of them as text; null: none.
func (n namesInOrder) joined(ids []sqldriver.Value) string {
	var list []int64
	for _, value := range ids {
		switch value := value.(type) {
		case int64:
			list = append(list, value)
		case string:
			for id := range strings.SplitSeq(value, ",") {
				key, _ := strconv.ParseInt(id, 10, 64)
				list = append(list, key)
			}
		}
	}
	slices.SortFunc(list, func(a, b int64) int { return cmp.Compare(n[a].place, n[b].place) })
	var names []string
	for _, id := range list {
		if name := n[id].name; len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
