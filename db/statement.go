package db

import "context"

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
	e, err := one(ctx, s, s.cohort, "topic", func(s *Statement) int64 { return s.topic }, entitiesByID)
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

// Statements returns statements, latest first.
func (s *Store) Statements(ctx context.Context, p Page) (*List[Statement], error) {
	return root[Statement](ctx, s, listing[Statement]{
		sql:  `select 0 as parent, st.stated_earliest as key, st.slug as tie, ` + statementColumns + ` from statement st`,
		desc: true,
		dest: (*Statement).dest,
	}, p)
}

// Statements returns what was said at the meetings that both took part in, latest first.
func (r *Relation) Statements(ctx context.Context, p Page) (*List[Statement], error) {
	return root[Statement](ctx, r.store, listing[Statement]{
		sql: `
			select 0 as parent, st.stated_earliest as key, st.slug as tie, ` + statementColumns + `
			from statement st
			where st.meeting in (select meeting from participation where country = $1
				intersect select meeting from participation where country = $2)`,
		args:  []any{r.Countries[0].id, r.Countries[1].id},
		desc:  true,
		dest:  (*Statement).dest,
		scope: r.codes(),
	}, p)
}

// StatementsOf returns what was said at a meeting, by speaker, then by slug; what an
// official said, or what was said on any other entity, latest first.
func StatementsOf(ctx context.Context, e AnyEntity, p Page) (*List[Statement], error) {
	l := listing[Statement]{desc: true, dest: (*Statement).dest}
	column, key := "st.topic", "st.stated_earliest"
	switch e.entity().kind {
	case KindOfficial:
		column = "st.official"
	case KindMeeting:
		column, key, l.desc = "st.meeting", "e.sort_key", false
	}
	l.sql = `
		select ` + column + ` as parent, ` + key + ` as key, st.slug as tie, ` + statementColumns + `
		from statement st join entity e on e.id = st.official
		where ` + column + ` in (select value from json_each($1))`
	return below[Statement](ctx, e.entity(), e.entity().cohort, l, p)
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
