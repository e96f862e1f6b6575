package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// KindStatement is the kind of a statement, beside those of entities.
const KindStatement = kindStatement

// SearchKinds are the kinds of what search finds, in the order in which equals stand.
var SearchKinds = []string{KindCountry, KindOfficial, KindOrganization, KindCorridor, KindIssue, KindMeeting, KindStatement}

// Hit is something that a search found.
type Hit struct {
	Node     Node
	Matched  string  // the name, or the title of the text, that matched
	Reason   string  // "exact", "alias", "folded", "prefix", "transliterated", "text" or "fuzzy"
	Score    float64 // above 0, to 1: the best there is for its reason
	Excerpts []*Excerpt

	id, document int64
	kind, slug   string
	prominence   int
	rank         int
	name         *found
}

// Snippet returns the name, or the passage of text, that matched.
func (h *Hit) Snippet() string {
	var text strings.Builder
	for _, part := range h.Excerpts {
		text.WriteString(part.Text)
	}
	return text.String()
}

// position is h's place: by reason, score, prominence, kind and slug.
func (h *Hit) position() Position {
	return Position{
		Key: fmt.Sprintf("%d %05d %09d %d", h.rank, h.shortfall(), 999_999_999-h.prominence, slices.Index(SearchKinds, h.kind)),
		Tie: h.slug,
	}
}

func (h *Hit) shortfall() int { return 10_000 - int(h.Score*10_000+0.5) }

// compare orders hits as their positions are ordered, without writing these.
func (h *Hit) compare(other *Hit) int {
	return cmp.Or(
		cmp.Compare(h.rank, other.rank), cmp.Compare(h.shortfall(), other.shortfall()), cmp.Compare(other.prominence, h.prominence),
		cmp.Compare(slices.Index(SearchKinds, h.kind), slices.Index(SearchKinds, other.kind)), cmp.Compare(h.slug, other.slug))
}

// Found is a page of what a search found, and how much it found of each kind.
type Found struct {
	*List[Hit]
	Kinds []*Count // without those of which there is none; whatever kinds were asked for
}

// Search returns what has a name like a text, however spelled and in whatever script,
// after it what has all of its words in its own text, and last what nearly has such a name. Of at most maxRanked texts.
// Kinds nil: all. Empty: none. It fails with Invalid when the text is too long.
func (s *Store) Search(ctx context.Context, text string, kinds []string, p Page) (*Found, error) {
	q, err := seek("query", text)
	if err != nil {
		return nil, err
	}
	hits, err := s.hits(ctx, q, kinds)
	if err != nil {
		return nil, err
	}
	result := &Found{List: emptyList[Hit](p)}
	of := map[string]int{}
	for _, hit := range hits {
		of[hit.kind]++
	}
	for _, kind := range SearchKinds {
		if of[kind] > 0 {
			result.Kinds = append(result.Kinds, &Count{kind, of[kind]})
		}
	}
	if kinds != nil {
		hits = slices.DeleteFunc(hits, func(hit *Hit) bool { return !slices.Contains(kinds, hit.kind) })
	}
	slices.SortFunc(hits, (*Hit).compare)
	total := len(hits)
	result.Count = func(context.Context) (int, error) { return total, nil }
	result.Coverage = func(ctx context.Context) (*Coverage, error) { return s.Coverage(ctx, nil) }

	from, until := 0, total
	at := func(p Position) (int, bool) {
		return slices.BinarySearchFunc(hits, p, func(h *Hit, p Position) int {
			here := h.position()
			return cmp.Or(cmp.Compare(here.Key, p.Key), cmp.Compare(here.Tie, p.Tie))
		})
	}
	if p.After != nil {
		var there bool
		if from, there = at(*p.After); there {
			from++
		}
	}
	if p.Before != nil {
		until, _ = at(*p.Before)
	}
	until = max(from, until)
	if p.Backward {
		result.HasPrevious = until-from > p.Limit
		from = max(from, until-p.Limit)
	} else {
		result.HasNext = until-from > p.Limit
		until = min(until, from+p.Limit)
	}
	for _, hit := range hits[from:until] {
		result.Items = append(result.Items, Item[Hit]{hit, hit.position()})
	}
	return result, s.complete(ctx, q, hits[from:until])
}

// hits returns what q finds, once each, by its best reason.
func (s *Store) hits(ctx context.Context, q *sought, kinds []string) ([]*Hit, error) {
	if q.phrases == nil {
		return nil, nil
	}
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	called, err := names.search(ctx, q.text)
	if err != nil {
		return nil, err
	}
	var hits []*Hit
	named, written := map[int64]bool{}, map[int64]bool{} // entities that are called so, and in whose text it stands
	for _, f := range called {
		named[f.entity.id] = f.reason < byText
		hits = append(hits, &Hit{
			Matched: f.name.text, Reason: reasons[f.reason], Score: f.score,
			id: f.entity.id, kind: f.entity.kind, slug: f.entity.slug, prominence: f.entity.prominence, rank: f.reason, name: &f,
		})
	}
	if q.isVague() {
		return hits, nil
	}
	texts, err := s.texts(ctx, q, "true")
	if len(texts) == maxRanked && kinds != nil { // there may be more of the kinds asked for
		var more []*textHit
		more, err = s.texts(ctx, q, `coalesce((select kind from entity where id = d.entity), 'statement') in (select value from json_each($2))`, jsonList(kinds))
		texts = append(slices.DeleteFunc(texts, func(t *textHit) bool { return slices.Contains(kinds, t.kind) }), more...)
	}
	best := 0.0
	for _, t := range texts {
		best = max(best, t.Score)
	}
	for _, t := range texts {
		if t.Score == 0 || t.entity && named[t.id] {
			continue
		}
		if t.entity {
			written[t.id] = true
		}
		t.rank, t.Reason = byText, reasons[byText]
		t.Score = max(0.0001, float64(int(t.Score/best*10_000+0.5))/10_000)
		hits = append(hits, &t.Hit)
	}
	return slices.DeleteFunc(hits, func(hit *Hit) bool { return hit.rank == fuzzy && written[hit.id] }), err
}

// textHit is a text that was found.
type textHit struct {
	Hit
	entity bool
}

// texts returns the texts that q finds, ranked, among documents d for which a condition
// holds. The relevance is 0 where only aliases have a word: these are left to the
// directory, which knows that a name is met whole.
func (s *Store) texts(ctx context.Context, q *sought, among string, args ...any) ([]*textHit, error) {
	return scan(ctx, s, func(t *textHit) []any {
		return []any{&t.document, &t.entity, &t.id, &t.kind, &t.slug, &t.Score, &t.prominence}
	}, `
		select r.document, r.entity is not null, coalesce(r.entity, r.statement),
			coalesce(e.kind, 'statement'), coalesce(e.slug, st.slug), r.relevance, r.prominence
		from (`+ranked("prose", "$1", among, false)+`) r left join entity e on e.id = r.entity left join statement st on st.id = r.statement`,
		append([]any{q.expression()}, args...)...)
}

// complete fetches the nodes of a page and what of their text matched.
func (s *Store) complete(ctx context.Context, q *sought, page []*Hit) error {
	var entities, statements, documents []int64
	for _, hit := range page {
		if hit.kind == KindStatement {
			statements = append(statements, hit.id)
		} else {
			entities = append(entities, hit.id)
		}
		if hit.document != 0 {
			documents = append(documents, hit.document)
		}
	}
	if len(page) == 0 {
		return nil
	}
	list, err := nodes(ctx, s, SearchKinds, `
		select id, kind, slug, null as day from entity where id in (select value from json_each($1))
		union all select id, 'statement', slug, null from statement where id in (select value from json_each($2))`,
		jsonList(entities), jsonList(statements))
	if err != nil {
		return err
	}
	type key struct {
		kind string
		id   int64
	}
	byKey := map[key]Node{}
	for _, n := range list {
		kind := KindStatement
		if e, is := n.(AnyEntity); is {
			kind = e.entity().kind
		}
		byKey[key{kind, n.(row).rowID()}] = n
	}
	type document struct {
		id                   int64
		title, body, context string
	}
	byID := map[int64]*document{}
	if documents != nil {
		found, err := scan(ctx, s, func(d *document) []any { return []any{&d.id, &d.title, &d.body, &d.context} }, `
			select d.id, e.name, coalesce(st.paraphrase, (select text from summary where entity = d.entity), ''), d.context
			from document d left join statement st on st.id = d.statement join entity e on e.id = coalesce(d.entity, st.official)
			where d.id in (select value from json_each($1))`, jsonList(documents))
		if err != nil {
			return err
		}
		for _, d := range found {
			byID[d.id] = d
		}
	}
	for _, hit := range page {
		hit.Node = byKey[key{hit.kind, hit.id}]
		if hit.name != nil {
			hit.Excerpts = excerpts(hit.Matched, func(nth int, _ occurrence) bool { return nth < maxWords && hit.name.bits>>nth&1 == 1 })
			continue
		}
		d := byID[hit.document]
		hit.Matched = d.title
		passage := cmp.Or(q.passage(d.body), q.passage(d.context), q.passage(d.title), d.title)
		hit.Excerpts = excerpts(passage, func(_ int, word occurrence) bool { return q.in(word.folded) })
	}
	return nil
}
