package db

import (
	"cmp"
	"context"
)

// Statement is what one official is reported to have said, in the dataset's own words.
type Statement struct {
	loaded
	Slug                             string
	official, meeting, topic, source int64
	stated                           Date
	Paraphrase                       string
}

// ID returns "statement:" and the slug.
func (s *Statement) ID() string { return s.nodeID(kindStatement, s.Slug) }

// IsNode marks what has an ID.
func (s *Statement) IsNode() {}

// StatedOn returns when it was said.
func (s *Statement) StatedOn() *Date { return &s.stated }

// Official returns who said it.
func (s *Statement) Official(ctx context.Context) (*Official, error) {
	return one(ctx, s, s.cohort, "official", func(s *Statement) int64 { return s.official }, officialsByID)
}

// Meeting returns where it was said, or nil when outside a meeting.
func (s *Statement) Meeting(ctx context.Context) (*Meeting, error) {
	return one(ctx, s, s.cohort, "meeting", func(s *Statement) int64 { return s.meeting }, meetingsByID)
}

// Topic returns what it was on, or nil when on no single subject.
func (s *Statement) Topic(ctx context.Context) (Topic, error) {
	e, err := one(ctx, s, s.cohort, "topic", func(s *Statement) int64 { return s.topic }, topicsByID)
	topic, _ := e.(Topic)
	return topic, err
}

// Source returns where it was read.
func (s *Statement) Source(ctx context.Context) (*Source, error) {
	return one(ctx, s, s.cohort, "source", func(s *Statement) int64 { return s.source }, sourcesByID)
}

const statementColumns = `st.id, st.slug, st.official, coalesce(st.meeting, 0), coalesce(st.topic, 0), st.source, st.stated_on, st.paraphrase`

func (s *Statement) dest() []any {
	return []any{&s.id, &s.Slug, &s.official, &s.meeting, &s.topic, &s.source, &s.stated, &s.Paraphrase}
}

// StatementFilter says which statements. All conditions must hold; nil: any. Empty: none.
type StatementFilter struct {
	And, Or    []*StatementFilter
	Not        *StatementFilter
	IDs        []string
	Officials  []string // IDs: said by one of these
	Countries  []string // said by someone who then or ever spoke for one of these, see below
	Meetings   *MeetingFilter
	Topics     []string // IDs: on one of these
	Stated     *DateFilter
	Publishers []string // read with one of these, by name
	Languages  []string // BCP 47
	Text       *string  // in its own words, as Search reads it
}

// conditions are f in SQL, on statement st. A statement made at a meeting is of the
// country for which the official took part; any other, of those of which the official
// held a post.
func (f *StatementFilter) conditions(s *Store, b *conditions) error {
	if err := b.slugs("ids", "st.slug", f.IDs, kindStatement); err != nil {
		return err
	}
	if f.Publishers != nil {
		b.and("st.source in (select s.id from source s join publisher h on h.id = s.publisher where h.name in (select value from json_each(%s)))", jsonList(f.Publishers))
	}
	b.anyLanguage("st.source in (select id from source where language in %s)", f.Languages)
	if f.Text != nil {
		if err := b.text("text", KindStatement, "st.id", *f.Text); err != nil {
			return err
		}
	}
	return cmp.Or(
		b.anyID("officials", "st.official in %s", f.Officials, KindOfficial),
		b.anyCountry(s, "countries", `case
				when exists (select 1 from participation p where p.meeting = st.meeting and p.official = st.official)
				then exists (select 1 from participation p where p.meeting = st.meeting and p.official = st.official and p.country in %s)
				else exists (select 1 from tenure n where n.official = st.official and n.country in %s) end`, f.Countries),
		has(s, b, "st.meeting in (select m.id from meeting m where %s)", f.Meetings),
		b.anyID("topics", "st.topic in %s", f.Topics, topicKinds...),
		b.date("stated", "st.stated_earliest", "st.stated_latest", f.Stated),
		logic(s, b, f.And, f.Or, f.Not))
}

// statements is a list of statements, in an order: by "date", which is usual, "speaker" or "relevance".
func (s *Store) statements(first int, parent string, f *StatementFilter, usual, o Order) (listing[Statement], error) {
	o = o.or(usual)
	l := listing[Statement]{
		parent: parent, id: "st.id", tie: "st.slug", columns: statementColumns,
		b:          conditions{first: first},
		desc:       o.desc(),
		dest:       (*Statement).dest,
		again:      "+" + parent + " = asked.value and st.id",
		dimensions: statementDimensions,
	}
	err := f.conditions(s, &l.b)
	if parent == "" && l.b.lines == nil {
		l.tallied.list = kindStatement
	}
	key, join, ranked := l.b.key(o, map[string]string{"date": "st.stated_earliest", "speaker": "e.sort_key"}, KindStatement, "st.id", f.Text)
	l.key, l.from = key, "statement st join entity e on e.id = st.official"+join
	return l, cmp.Or(err, ranked)
}

// Statements returns statements in an order: by "date", "speaker" or "relevance";
// latest first where it does not say.
func (s *Store) Statements(ctx context.Context, f StatementFilter, o Order, p Page) (*List[Statement], error) {
	l, err := s.statements(0, "", &f, latestFirst, o)
	if err != nil {
		return nil, err
	}
	return root[Statement](ctx, s, l, p)
}

// StatementsOf returns what was said at a meeting, by speaker; what an official said,
// or what was said on any other entity, latest first; in another order where one is asked for.
func StatementsOf(ctx context.Context, e AnyEntity, f StatementFilter, o Order, p Page) (*List[Statement], error) {
	column, usual := "st.topic", latestFirst
	switch e.entity().kind {
	case KindOfficial:
		column = "st.official"
	case KindMeeting:
		column, usual = "st.meeting", Order{"speaker", "asc"}
	}
	return below[Statement](ctx, e.entity(), e.entity().cohort, column, p, func(s *Store) (listing[Statement], error) {
		return s.statements(1, column, &f, usual, o)
	}, &f, &o)
}

// NewStatement is a statement to be written.
type NewStatement struct {
	Slug, Official       string
	Meeting              string // "": outside a meeting
	TopicKind, TopicSlug string // "": on no single subject
	StatedOn             Date
	Paraphrase, Source   string
}

// AddStatement writes a statement.
func (w *Writer) AddStatement(s NewStatement) error {
	if err := w.addSources(KindOfficial, s.Official, []NewClaim{{Source: s.Source}}); err != nil {
		return err
	}
	source, err := w.source(s.Source)
	if err != nil {
		return err
	}
	args := append([]any{source, s.Slug, s.Paraphrase}, s.StatedOn.columns()...)
	return w.insertWith([]ref{{KindOfficial, s.Official}, {KindMeeting, s.Meeting}, {s.TopicKind, s.TopicSlug}}, `
		insert into statement (official, meeting, topic, source, slug, paraphrase, stated_on, stated_earliest, stated_latest)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, args...)
}
