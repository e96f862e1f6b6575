package db

import (
	"cmp"
	"context"
	"fmt"
)

// Source is where something was read.
type Source struct {
	loaded
	Slug          string
	publisher     int64
	PublisherName string
	Title         string
	published     Date
	URL           string
	Language      string // BCP 47
}

// ID returns "source:" and the slug.
func (s *Source) ID() string { return s.nodeID(kindSource, s.Slug) }

// IsNode marks what has an ID.
func (s *Source) IsNode() {}

// PublishedOn returns the day of publication, or nil when the source is undated.
func (s *Source) PublishedOn() *Date { return s.published.orNil() }

// House returns the publisher.
func (s *Source) House(ctx context.Context) (*Publisher, error) {
	return one(ctx, s, s.cohort, "house", func(s *Source) int64 { return s.publisher }, publishersByID)
}

const sourceColumns = `s.id, s.slug, s.publisher, h.name, s.title, s.published_on, s.url, s.language`

func (s *Source) dest() []any {
	return []any{&s.id, &s.Slug, &s.publisher, &s.PublisherName, &s.Title, &s.published, &s.URL, &s.Language}
}

const selectSources = `select ` + sourceColumns + ` from source s join publisher h on h.id = s.publisher`

// SourceBySlug returns a source, or nil.
func (s *Store) SourceBySlug(ctx context.Context, slug string) (*Source, error) {
	list, err := query(ctx, s, (*Source).dest, selectSources+` where s.slug = $1`, slug)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// sourcesByID returns the sources that exist, keyed by id.
func sourcesByID(ctx context.Context, s *Store, ids []int64) (map[int64]*Source, error) {
	return keyed[Source](query(ctx, s, (*Source).dest, selectSources+` where s.id in (select value from json_each($1))`, jsonList(ids)))
}

// SourceFilter says which sources. All conditions must hold; nil: any. Empty: none.
type SourceFilter struct {
	And, Or    []*SourceFilter
	Not        *SourceFilter
	IDs        []string
	Publishers []string // by name
	Countries  []string // published from one of these
	Languages  []string // BCP 47
	Published  *DateFilter
	Title      *string // words that the title holds
}

// conditions are f in SQL, on source s and publisher h.
func (f *SourceFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("h.name", f.Publishers)
	b.anyLanguage("s.language in %s", f.Languages)
	return cmp.Or(
		b.slugs("ids", "s.slug", f.IDs, kindSource),
		b.words("title", "s.title", f.Title),
		b.anyCountry(s, "countries", "h.country in %s", f.Countries),
		b.date("published", "s.published_earliest", "s.published_latest", f.Published),
		logic(s, b, f.And, f.Or, f.Not))
}

// sourceList is a list of the sources of from, in an order: by "slug", which is usual, or "date".
func (s *Store) sourceList(first int, parent, from string, f *SourceFilter, o Order) (listing[Source], error) {
	o = o.or(Order{"slug", "asc"})
	l := listing[Source]{
		parent: parent, id: "s.id", key: map[string]string{"slug": "s.slug", "date": "coalesce(s.published_earliest, '')"}[o.Field], tie: "s.slug", columns: sourceColumns,
		from:       from,
		b:          conditions{first: first},
		desc:       o.desc(),
		dest:       (*Source).dest,
		dimensions: sourceDimensions,
	}
	err := f.conditions(s, &l.b)
	if parent == "" && l.b.lines == nil {
		l.tallied.list = "source"
	}
	return l, err
}

// Sources returns sources in an order: by "slug" or "date"; by slug where it does not say.
func (s *Store) Sources(ctx context.Context, f SourceFilter, o Order, p Page) (*List[Source], error) {
	l, err := s.sourceList(0, "", "source s join publisher h on h.id = s.publisher", &f, o)
	if err != nil {
		return nil, err
	}
	return root[Source](ctx, s, l, p)
}

// SourcesOf returns the sources that speak of an entity as a whole; for an official
// also the accounts of the meetings that the person took part in.
func SourcesOf(ctx context.Context, e AnyEntity, f SourceFilter, o Order, p Page) (*List[Source], error) {
	return below[Source](ctx, e.entity(), e.entity().cohort, "sources", p, func(s *Store) (listing[Source], error) {
		return s.sourceList(1, "a.entity", "account a join source s on s.id = a.source join publisher h on h.id = s.publisher", &f, o)
	}, &f, &o)
}

// Publisher is a house that publishes.
type Publisher struct {
	loaded
	Slug, Name     string
	voice, country int64
	Note           *string
}

// Voice returns the house with which this one counts as one voice, or nil when it speaks for itself.
func (h *Publisher) Voice(ctx context.Context) (*Publisher, error) {
	return one(ctx, h, h.cohort, "voice", func(h *Publisher) int64 {
		if h.voice == h.id {
			return 0
		}
		return h.voice
	}, publishersByID)
}

// Country returns the country that the house speaks from, or nil when that was not recorded.
func (h *Publisher) Country(ctx context.Context) (*Country, error) {
	return one(ctx, h, h.cohort, "country", func(h *Publisher) int64 { return h.country }, countriesByID)
}

func (h *Publisher) dest() []any {
	return []any{&h.id, &h.Slug, &h.Name, &h.voice, &h.country, &h.Note}
}

// publishersByID returns the publishers that exist, keyed by id.
func publishersByID(ctx context.Context, s *Store, ids []int64) (map[int64]*Publisher, error) {
	return keyed[Publisher](query(ctx, s, (*Publisher).dest, `
		select id, slug, name, voice, coalesce(country, 0), note from publisher
		where id in (select value from json_each($1))`, jsonList(ids)))
}

// NewPublisher is a publisher to be written.
type NewPublisher struct {
	Slug, Name string
	Voice      string // slug of the publisher with which it counts as one; "": itself
	Country    string // ISO 3166-1 alpha-3; "": not recorded
	Note       *string
}

// AddPublisher writes a publisher. The one that is its voice may follow later.
func (w *Writer) AddPublisher(h NewPublisher) error {
	var country any
	if h.Country != "" {
		id, err := w.entity(KindCountry, h.Country)
		if err != nil {
			return err
		}
		country = id
	}
	voice := h.Voice
	if voice == "" {
		voice = h.Slug
	}
	id := w.publisher(h.Slug)
	w.voices[id] = w.publisher(voice)
	return w.exec(`insert into publisher (id, slug, name, voice, country, note) values ($1, $2, $3, $4, $5, $6)`,
		id, h.Slug, h.Name, w.publisher(voice), country, h.Note)
}

// publisher returns the key that a publisher has or will have.
func (w *Writer) publisher(slug string) int64 {
	if w.publishers[slug] == 0 {
		w.publishers[slug] = int64(len(w.publishers) + 1)
	}
	return w.publishers[slug]
}

// NewSource is a source to be written.
type NewSource struct {
	Slug, Publisher, Title string
	PublishedOn            Date
	URL, Language          string
}

// AddSource writes a source.
func (w *Writer) AddSource(s NewSource) error {
	id := int64(len(w.sources) + 1)
	args := append([]any{id, s.Slug, w.publisher(s.Publisher), s.Title}, s.PublishedOn.columns()...)
	if err := w.exec(`
		insert into source (id, slug, publisher, title, published_on, published_earliest, published_latest, url, language)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, append(args, s.URL, s.Language)...); err != nil {
		return err
	}
	w.sources[s.Slug] = writtenSource{id: id, publisher: w.publisher(s.Publisher), published: s.PublishedOn}
	return nil
}

// source returns the key of a written source.
func (w *Writer) source(slug string) (int64, error) {
	s, written := w.sources[slug]
	if !written {
		return 0, fmt.Errorf("no source has the slug %q", slug)
	}
	return s.id, nil
}
