package db

import (
	"context"
	"slices"
)

// Meeting is an encounter of officials. A summit of several days is one meeting.
type Meeting struct {
	Entity
	Kind         string
	Summary      string
	starts, ends Date
	Place        *string
	host         int64
	Note         *string
}

// Title returns the name.
func (m *Meeting) Title() string { return m.Name }

// StartsOn returns when it began.
func (m *Meeting) StartsOn() *SourcedDate { return m.sourcedDate(m.starts, "starts-on") }

// EndsOn returns when it ended, or nil: on the same day, or not reported.
func (m *Meeting) EndsOn() *SourcedDate { return m.sourcedDate(m.ends, "ends-on") }

// HostCountry returns where it was held, or nil for a call and where not reported.
func (m *Meeting) HostCountry(ctx context.Context) (*Country, error) {
	return one(ctx, m, m.cohort, "host", func(m *Meeting) int64 { return m.host }, countriesByID)
}

// Countries returns the countries for which officials took part, by name.
func (m *Meeting) Countries(ctx context.Context) ([]*Country, error) {
	list, err := many(ctx, m, m.cohort, "countries", func(ctx context.Context, s *Store, ids []int64) (map[int64][]*Country, error) {
		type present struct {
			meeting int64
			country *Country
		}
		rows, err := scan(ctx, s, func(p *present) []any {
			p.country = new(Country)
			return append([]any{&p.meeting}, p.country.dest()...)
		}, `
			select distinct p.meeting, `+countryColumns+`
			from participation p join country c on c.id = p.country join entity e on e.id = c.id
			where p.meeting in (select value from json_each($1))
			order by p.meeting, e.sort_key, e.slug`, jsonList(ids))
		byMeeting := map[int64][]*Country{}
		countries := make([]*Country, len(rows))
		for i, r := range rows {
			countries[i] = r.country
			byMeeting[r.meeting] = append(byMeeting[r.meeting], r.country)
		}
		newCohort[Country](s, countries)
		return byMeeting, err
	})
	return append([]*Country{}, list...), err
}

const meetingColumns = `e.id, e.kind, e.slug, e.name, m.kind, m.summary, m.starts_on, m.ends_on, m.place, coalesce(m.host_country, 0), m.note`

func (m *Meeting) dest() []any {
	return []any{&m.id, &m.kind, &m.Slug, &m.Name, &m.Kind, &m.Summary, &m.starts, &m.ends, &m.Place, &m.host, &m.Note}
}

// meetingsByID returns the meetings that exist, keyed by id.
func meetingsByID(ctx context.Context, s *Store, ids []int64) (map[int64]*Meeting, error) {
	return keyed[Meeting](query(ctx, s, (*Meeting).dest, `
		select `+meetingColumns+` from meeting m join entity e on e.id = m.id
		where m.id in (select value from json_each($1))`, jsonList(ids)))
}

// MeetingFilter says which meetings. All conditions must hold; nil: any.
type MeetingFilter struct {
	Kinds      []string
	During     *DateFilter
	Countries  []string // each of these took part
	AnyCountry []string // at least one of these took part
	Officials  []string // IDs: each of these took part
	Topics     []string // IDs: at least one of these was a topic
}

// conditions are f in SQL, with parameters from first+1. The list, its count and
// what hangs on it share them, so they cannot disagree.
func (f MeetingFilter) conditions(s *Store, first int) (conditions, error) {
	b := conditions{first: first}
	b.anyOf("m.kind", f.Kinds)
	if d := f.During; d != nil {
		if (d.Overlaps == nil) == (d.Within == nil) {
			return b, Errorf(Invalid, "during: give exactly one of overlaps and within.")
		}
		// Certainly in the range: all of its days are; may fall in it: one of them is.
		first, last, r := "m.starts_earliest", "coalesce(m.ends_latest, m.starts_latest)", d.Within
		if d.Overlaps != nil {
			first, last, r = last, first, d.Overlaps
		}
		if r.Since != nil {
			b.and(first+" >= %s", string(r.Since.Earliest()))
		}
		if r.Until != nil {
			b.and(last+" <= %s", string(r.Until.Latest()))
		}
		if r.Since != nil && r.Until != nil && r.Since.Earliest() > r.Until.Latest() {
			return b, Errorf(Invalid, "during: since %q is after until %q. Swap them.", *r.Since, *r.Until)
		}
	}
	all, err := s.countryIDs("countries", f.Countries)
	if err != nil {
		return b, err
	}
	for _, country := range all {
		b.and("m.id in (select meeting from participation where country = %s)", country)
	}
	anyOf, err := s.countryIDs("anyCountry", f.AnyCountry)
	if err != nil {
		return b, err
	}
	if anyOf != nil {
		b.and("m.id in (select meeting from participation where country in (select value from json_each(%s)))", jsonList(anyOf))
	}
	officials, err := parseIDs("officials", f.Officials, KindOfficial)
	if err != nil {
		return b, err
	}
	for _, o := range officials {
		b.and("m.id in (select meeting from participation where official = (select id from entity where kind = 'official' and slug = %s))", o.Slug)
	}
	if f.Topics != nil {
		refs, err := parseIDs("topics", f.Topics, KindIssue, KindCorridor, KindOrganization, KindCountry)
		if err != nil {
			return b, err
		}
		b.and(`m.id in (select meeting from topic where entity in (`+entityRefs+`))`, jsonList(refs))
	}
	return b, nil
}

// scope is the codes of all countries that f names, or nil when it names none.
func (f MeetingFilter) scope() []string {
	if f.Countries == nil && f.AnyCountry == nil {
		return nil
	}
	return slices.Concat(f.Countries, f.AnyCountry)
}

// MeetingOrder says how meetings are ordered; ties are broken by slug.
type MeetingOrder struct {
	Field     string // "date", the first day on which the meeting may have begun, or "name"
	Direction string // "asc" or "desc"
}

func (o MeetingOrder) key() string {
	if o.Field == "name" {
		return "e.sort_key"
	}
	return "m.starts_earliest"
}

// Meetings returns meetings in an order.
func (s *Store) Meetings(ctx context.Context, f MeetingFilter, o MeetingOrder, p Page) (*List[Meeting], error) {
	b, err := f.conditions(s, 0)
	if err != nil {
		return nil, err
	}
	return root[Meeting](ctx, s, listing[Meeting]{
		sql: `
			select 0 as parent, ` + o.key() + ` as key, e.slug as tie, ` + meetingColumns + `
			from meeting m join entity e on e.id = m.id` + b.where(),
		args:  b.args,
		desc:  o.Direction != "asc",
		dest:  (*Meeting).dest,
		scope: f.scope(),
	}, p)
}

// MeetingsOf returns the meetings that an entity took part in, hosted, or was a
// topic of, in an order.
func MeetingsOf(ctx context.Context, of AnyEntity, f MeetingFilter, o MeetingOrder, p Page) (*List[Meeting], error) {
	b, err := f.conditions(of.entity().cohort.store, 1)
	if err != nil {
		return nil, err
	}
	return below[Meeting](ctx, of.entity(), of.entity().cohort, listing[Meeting]{
		sql: `
			select n.entity as parent, ` + o.key() + ` as key, e.slug as tie, ` + meetingColumns + `
			from mention n join meeting m on m.id = n.meeting join entity e on e.id = m.id
			where n.entity in (select value from json_each($1))` + b.also(),
		args:  b.args,
		desc:  o.Direction != "asc",
		dest:  (*Meeting).dest,
		scope: f.scope(),
	}, p)
}

// Relation is what two countries had to do with each other: a dyad.
type Relation struct {
	Countries []*Country // two, in the order asked for
	store     *Store
}

// Relation returns the dyad of two countries, given by code. It fails with Invalid
// when these are not two.
func (s *Store) Relation(ctx context.Context, codes []string) (*Relation, error) {
	ids, err := s.countryIDs("between", codes)
	if err != nil {
		return nil, err
	}
	if len(ids) != 2 || ids[0] == ids[1] {
		return nil, Errorf(Invalid, "between: %q are not two countries. Give the codes of two, such as [\"AZE\", \"IRN\"].", codes)
	}
	found, err := countriesByID(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	return &Relation{[]*Country{found[ids[0]], found[ids[1]]}, s}, nil
}

func (r *Relation) codes() []string { return []string{r.Countries[0].Slug, r.Countries[1].Slug} }

// Meetings returns the meetings that both took part in, in an order.
func (r *Relation) Meetings(ctx context.Context, f MeetingFilter, o MeetingOrder, p Page) (*List[Meeting], error) {
	f.Countries = slices.Concat(f.Countries, r.codes())
	return r.store.Meetings(ctx, f, o, p)
}

// Coverage returns what was looked at: the meetings of either.
func (r *Relation) Coverage(ctx context.Context) (*Coverage, error) {
	return r.store.Coverage(ctx, r.codes())
}

// Participation is someone's part in a meeting.
type Participation struct {
	Fact
	meeting, official, country int64
	Role                       *string // nil: no source names one
}

// Official returns who took part.
func (p *Participation) Official(ctx context.Context) (*Official, error) {
	return one(ctx, p, p.cohort, "official", func(p *Participation) int64 { return p.official }, officialsByID)
}

// Country returns the country for which the official took part.
func (p *Participation) Country(ctx context.Context) (*Country, error) {
	return one(ctx, p, p.cohort, "country", func(p *Participation) int64 { return p.country }, countriesByID)
}

// Tenure returns the post held that day: of those that certainly cover the meeting,
// else of those that had certainly begun, the one that began last; else the only one
// that may cover it; else nil.
func (p *Participation) Tenure(ctx context.Context) (*Tenure, error) {
	return many(ctx, p, p.cohort, "tenure", func(ctx context.Context, s *Store, facts []int64) (map[int64]*Tenure, error) {
		type held struct {
			participation int64
			begun, others int
			tenure        *Tenure
		}
		list, err := scan(ctx, s, func(h *held) []any {
			h.tenure = new(Tenure)
			return append([]any{&h.participation, &h.begun, &h.others}, h.tenure.dest()...)
		}, `
			select p.fact,
				coalesce(n.since_latest <= m.starts_earliest, 0) as begun,
				count(*) over (partition by p.fact) - 1 as others, `+tenureColumns+`null
			from participation p join meeting m on m.id = p.meeting
			join tenure n on n.official = p.official and n.country = p.country
				and coalesce(n.since_earliest, '') <= m.starts_latest
				and coalesce(n.until_latest, '9999-12-31') >= m.starts_earliest
			join fact f on f.id = n.fact
			where p.fact in (select value from json_each($1))
			order by begun desc, begun and coalesce(n.until = '..' or n.until_earliest >= m.starts_latest, 0) desc,
				n.since_earliest desc, n.fact`, jsonList(facts))
		byFact := map[int64]*Tenure{}
		var tenures []*Tenure
		for _, h := range list {
			if byFact[h.participation] == nil && (h.begun == 1 || h.others == 0) {
				byFact[h.participation] = h.tenure
				tenures = append(tenures, h.tenure)
			}
		}
		newCohort[Tenure](s, tenures)
		return byFact, err
	})
}

// Claims returns each source's version, or the accounts of the meeting where none was recorded.
func (p *Participation) Claims(ctx context.Context) ([]*ParticipationClaim, error) {
	list, err := p.claims(ctx)
	return wrap(list, func(c *Claim) *ParticipationClaim { return &ParticipationClaim{c} }), err
}

const participationColumns = `p.fact, f.disputed, f.resolved_by, p.meeting, p.official, p.country, p.role`

func (p *Participation) dest() []any {
	return []any{&p.id, &p.Disputed, &p.ResolvedBy, &p.meeting, &p.official, &p.country, &p.Role}
}

// Participants returns who took part in a meeting, by name.
func Participants(ctx context.Context, m *Meeting, p Page) (*List[Participation], error) {
	return below[Participation](ctx, m, m.cohort, listing[Participation]{
		sql: `
			select p.meeting as parent, e.sort_key as key, e.slug as tie, ` + participationColumns + `
			from participation p join fact f on f.id = p.fact join entity e on e.id = p.official
			where p.meeting in (select value from json_each($1))`,
		dest: (*Participation).dest,
	}, p)
}

// About is that a meeting was about something.
type About struct {
	Fact
	meeting, topic int64
}

// Topic returns what it was about.
func (a *About) Topic(ctx context.Context) (Topic, error) {
	e, err := one(ctx, a, a.cohort, "topic", func(a *About) int64 { return a.topic }, entitiesByID)
	topic, _ := e.(Topic)
	return topic, err
}

// Claims returns each source's version.
func (a *About) Claims(ctx context.Context) ([]*LinkClaim, error) { return linkClaims(a.claims(ctx)) }

// Topics returns what a meeting was about: issues, then corridors, organizations
// and countries, each by name. Kinds nil: any. Empty: none.
func Topics(ctx context.Context, m *Meeting, kinds []string, p Page) (*List[About], error) {
	b := conditions{first: 1}
	b.anyOf("e.kind", kinds)
	return below[About](ctx, m, m.cohort, listing[About]{
		sql: `
			select t.meeting as parent,
				case e.kind when 'issue' then '0' when 'corridor' then '1' when 'organization' then '2' else '3' end || e.sort_key as key,
				e.kind || ':' || e.slug as tie, t.fact, f.disputed, f.resolved_by, t.meeting, t.entity
			from topic t join fact f on f.id = t.fact join entity e on e.id = t.entity
			where t.meeting in (select value from json_each($1))` + b.also(),
		args: b.args,
		dest: func(a *About) []any { return []any{&a.id, &a.Disputed, &a.ResolvedBy, &a.meeting, &a.topic} },
	}, p)
}

// NewMeeting is a meeting to be written.
type NewMeeting struct {
	Slug, Kind, Title, Summary string
	StartsOn, EndsOn           Date
	Place                      *string
	HostCountry                string // ISO 3166-1 alpha-3; "": a call, or not reported
	Note                       *string
	Sources                    []string
}

// AddMeeting writes a meeting.
func (w *Writer) AddMeeting(m NewMeeting) error {
	id, err := w.addEntity(KindMeeting, m.Slug, m.Title, nil, "", m.Sources...)
	if err != nil {
		return err
	}
	args := append([]any{id, m.Kind, m.Summary, m.Place, m.Note}, append(m.StartsOn.columns(), m.EndsOn.columns()...)...)
	return w.insertWith([]ref{{KindCountry, m.HostCountry}}, `
		insert into meeting (host_country, id, kind, summary, place, note,
			starts_on, starts_earliest, starts_latest, ends_on, ends_earliest, ends_latest)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, args...)
}

// AddParticipation writes someone's part in a meeting. Without claims it rests on
// the meeting's sources and has the role given.
func (w *Writer) AddParticipation(meeting, official, country, role string, claims []NewClaim) error {
	return w.addFact("participation", claims, func(fact int64, chosen values) error {
		if chosen.role == nil {
			chosen.role = orNull(role)
		}
		return w.insertWith([]ref{{KindMeeting, meeting}, {KindOfficial, official}, {KindCountry, country}}, `
			insert into participation (meeting, official, country, fact, role) values ($1, $2, $3, $4, $5)`, fact, chosen.role)
	})
}

// AddTopic writes what a meeting was about.
func (w *Writer) AddTopic(meeting, kind, slug string, claims []NewClaim) error {
	return w.addFact("topic", claims, func(fact int64, _ values) error {
		return w.insertWith([]ref{{KindMeeting, meeting}, {kind, slug}}, `
			insert into topic (meeting, entity, fact) values ($1, $2, $3)`, fact)
	})
}
