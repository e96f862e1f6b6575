package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
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
			country Country
		}
		rows, err := scan(ctx, s, func(p *present) []any {
			return append([]any{&p.meeting}, p.country.dest()...)
		}, `
			select distinct p.meeting, `+countryColumns+`
			from participation p join country c on c.id = p.country join entity e on e.id = c.id
			where p.meeting in (select value from json_each($1))
			order by p.meeting, e.sort_key, e.slug`, jsonList(ids))
		byMeeting := map[int64][]*Country{}
		countries := make([]*Country, len(rows))
		for i, r := range rows {
			countries[i] = &r.country
			byMeeting[r.meeting] = append(byMeeting[r.meeting], countries[i])
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
	And, Or []*MeetingFilter
	Not     *MeetingFilter
	EntityConditions
	Kinds        []string
	During       *DateFilter
	Countries    []string             // each of these took part
	AnyCountry   []string             // at least one of these took part
	Hosts        []string             // held in one of these
	Officials    []string             // IDs: each of these took part
	Topics       []string             // IDs: at least one of these was a topic
	Participants *ParticipationFilter // at least one participation is such
}

// conditions are f in SQL, on meeting m. A list, its count, its facets and its
// timeline share them, so they cannot disagree.
func (f *MeetingFilter) conditions(s *Store, b *conditions) error {
	// Where the meetings themselves are walked in order, each is looked up in what the
	// condition names; where they are looked for, all that this names are.
	took, about := "m.id in (select meeting from participation where %s)", "m.id in (select meeting from topic where %s)"
	if b.walking {
		took, about = "(select true from participation where meeting = n.meeting and %s)", "(select true from topic where meeting = n.meeting and %s)"
	}
	b.anyOf("m.kind", f.Kinds)
	if len(f.Officials) > maxEach {
		return Errorf(Invalid, "officials: %d are too many. Give at most %d.", len(f.Officials), maxEach)
	}
	officials, err := parseIDs("officials", f.Officials, KindOfficial)
	for _, o := range officials {
		b.and(fmt.Sprintf(took, "official = (select id from entity where kind = 'official' and slug = %s)"), o.Slug)
	}
	return cmp.Or(err,
		b.date("during", "m.starts_earliest", "coalesce(m.ends_latest, m.starts_latest)", f.During),
		b.eachCountry(s, "countries", fmt.Sprintf(took, "country = %s"), f.Countries),
		b.anyCountry(s, "anyCountry", fmt.Sprintf(took, "country in %s"), f.AnyCountry),
		b.anyCountry(s, "hosts", "m.host_country in %s", f.Hosts),
		b.anyID("topics", fmt.Sprintf(about, "entity in %s"), f.Topics, topicKinds...),
		has(s, b, "m.id in (select p.meeting from participation p join fact f on f.id = p.fact where %s)", f.Participants),
		b.entity("m.id", KindMeeting, f.EntityConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// scope is the codes of all countries that f names, or nil when it names none.
func (f *MeetingFilter) scope() []string {
	if f.Countries == nil && f.AnyCountry == nil {
		return nil
	}
	return slices.Concat(f.Countries, f.AnyCountry)
}

// meetings is a list of the meetings that mention a parent, or of all, in an order.
//
// By date it is walked along mention, which has the meetings of each entity by date:
// those of the parent, or of the rarest that the filter names.
func (s *Store) meetings(below bool, f *MeetingFilter, o Order) (listing[Meeting], error) {
	o = o.or(latestFirst)
	l := listing[Meeting]{
		id: "m.id", key: "m.starts_earliest", tie: "m.slug", columns: meetingColumns,
		from:       "meeting m",
		beside:     " join entity e on e.id = m.id",
		desc:       o.desc(),
		dest:       (*Meeting).dest,
		scope:      f.scope(),
		dimensions: meetingDimensions,
	}
	rest := *f
	if o.Field == "relevance" {
		rest.Text = nil // what ranks them asks for it
	}
	var by *lead
	if !below && o.Field != "relevance" {
		rest, by = f.led(s)
	}
	if below || by != nil {
		l.from, l.b.walking = "mention n cross join meeting m on m.id = n.meeting", true
	}
	if below {
		l.parent, l.b.first = "n.entity", 1
	}
	err := rest.conditions(s, &l.b)
	if l.b.lines == nil && o.Field != "relevance" {
		switch {
		case below:
			l.tallied.list = "mentions"
		case by == nil:
			l.tallied.list = KindMeeting
		case by.tookPart && by.id != 0:
			l.tallied = tallied{list: "attended", parent: by.id}
		}
	}
	if by != nil {
		by.conditions(&l.b)
	}
	switch {
	case o.Field == "date" && l.b.walking:
		l.place, l.again = "n.ordinal", "n.entity = asked.value and n.ordinal"
	case o.Field == "name":
		l.key, l.tie, l.from, l.beside = "e.sort_key", "e.slug", l.from+l.beside, ""
		l.b.lines = append(l.b.lines, "e.kind = 'meeting'") // for the index by name
	case o.Field == "relevance":
		key, join, ranked := l.b.key(o, nil, KindMeeting, "m.id", f.Text)
		l.key, l.from, err = key, l.from+join, cmp.Or(err, ranked)
	}
	return l, err
}

// A lead is an entity that all meetings of a list mention.
type lead struct {
	id         int64
	kind, slug string // where the id is not known
	tookPart   bool   // they mention it because it did
}

func (l *lead) conditions(b *conditions) {
	if l.id != 0 {
		b.and("n.entity = %s", l.id)
	} else {
		b.and("n.entity = (select id from entity where kind = '"+l.kind+"' and slug = %s)", l.slug)
	}
	if l.tookPart {
		b.lines = append(b.lines, "n.took_part")
	}
}

// led splits f into the entity that is likely to be mentioned least of those that all
// meetings mention which f matches, and the rest of f; nil when f names none.
func (f *MeetingFilter) led(s *Store) (MeetingFilter, *lead) {
	rest := *f
	if n := len(f.Officials); n > 0 && n <= maxEach {
		if kind, slug, _, err := ParseID(f.Officials[0]); err == nil && kind == KindOfficial {
			rest.Officials = f.Officials[1:]
			return rest, &lead{kind: kind, slug: slug, tookPart: true}
		}
	}
	var rarest *lead
	for i, code := range f.Countries {
		id, known := s.countries[strings.ToUpper(code)]
		if known && len(f.Countries) <= maxEach && (rarest == nil || s.met[id] < s.met[rarest.id]) {
			rarest = &lead{id: id, tookPart: true}
			rest.Countries = slices.Delete(slices.Clone(f.Countries), i, i+1)
		}
	}
	if rarest == nil && len(f.Topics) == 1 {
		kind, slug, _, err := ParseID(f.Topics[0])
		if err == nil && kind != KindCountry && slices.Contains(topicKinds, kind) { // countries are mentioned for more than being a topic
			rest.Topics = nil
			return rest, &lead{kind: kind, slug: slug}
		}
	}
	return rest, rarest
}

// ordinalBeyond bounds an ordinal by a position: those of the meetings on that side of it.
func ordinalBeyond(side, key, tie string) string {
	edge, direction := " <= ", " desc"
	if side == " > " {
		edge, direction = " >= ", ""
	}
	return edge + "(select ordinal from meeting where (starts_earliest, slug)" + side + "(" + key + ", " + tie + ")" +
		" order by starts_earliest" + direction + ", slug" + direction + " limit 1)"
}

// Meetings returns meetings in an order: by "date", the first day on which one may
// have begun, "name" or "relevance"; latest first where it does not say.
func (s *Store) Meetings(ctx context.Context, f MeetingFilter, o Order, p Page) (*List[Meeting], error) {
	l, err := s.meetings(false, &f, o)
	if err != nil {
		return nil, err
	}
	return root[Meeting](ctx, s, l, p)
}

// MeetingsOf returns the meetings that an entity took part in, hosted, or was a
// topic of, in an order.
func MeetingsOf(ctx context.Context, of AnyEntity, f MeetingFilter, o Order, p Page) (*List[Meeting], error) {
	return below[Meeting](ctx, of.entity(), of.entity().cohort, "meetings", p, func(s *Store) (listing[Meeting], error) {
		l, err := s.meetings(true, &f, o)
		l.tallied.totals = slices.ContainsFunc(of.entity().cohort.rows, func(r row) bool { _, is := r.(*Official); return is })
		return l, err
	}, &f, &o)
}

// Participation is someone's part in a meeting.
type Participation struct {
	Fact
	meeting, country int64
	official         Official // a row apart
	Role             *string  // nil: no source names one
}

// Official returns who took part.
func (p *Participation) Official(context.Context) (*Official, error) {
	officials, err := shared(p.cohort, relation{name: "official"}, func() (map[int64]*Official, error) {
		byID := map[int64]*Official{}
		var list []*Official
		for _, sibling := range p.cohort.rows {
			if o := sibling.(*Participation).official; byID[o.id] == nil {
				byID[o.id] = &o
				list = append(list, &o)
			}
		}
		newCohort[Official](p.cohort.store, list)
		return byID, nil
	})
	return officials[p.official.id], err
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
			tenure        Tenure
		}
		list, err := scan(ctx, s, func(h *held) []any {
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
				byFact[h.participation] = &h.tenure
				tenures = append(tenures, &h.tenure)
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

const participationColumns = `p.fact, f.disputed, f.resolved_by, p.meeting, p.country, p.role, ` + officialColumns

func (p *Participation) dest() []any {
	return []any{&p.id, &p.Disputed, &p.ResolvedBy, &p.meeting, &p.country, &p.Role, &p.official.id, &p.official.kind, &p.official.Slug, &p.official.Name, &p.official.Note}
}

// ParticipationFilter says which participations. All conditions must hold; nil: any. Empty: none.
type ParticipationFilter struct {
	And, Or []*ParticipationFilter
	Not     *ParticipationFilter
	FactConditions
	Roles     []string
	Countries []string // for one of which the official took part
	Officials []string // IDs
}

// conditions are f in SQL, on participation p and fact f.
func (f *ParticipationFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("p.role", f.Roles)
	return cmp.Or(
		b.anyCountry(s, "countries", "p.country in %s", f.Countries),
		b.anyID("officials", "p.official in %s", f.Officials, KindOfficial),
		b.fact(f.FactConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// Participants returns who took part in a meeting, by name.
func Participants(ctx context.Context, m *Meeting, f ParticipationFilter, p Page) (*List[Participation], error) {
	return below[Participation](ctx, m, m.cohort, "participants", p, func(s *Store) (listing[Participation], error) {
		l := listing[Participation]{
			parent: "p.meeting", id: "p.fact", key: "e.sort_key", tie: "e.slug", columns: participationColumns,
			from:   "participation p join fact f on f.id = p.fact join entity e on e.id = p.official",
			beside: " join official o on o.id = e.id",
			b:      conditions{first: 1},
			dest:   (*Participation).dest,
		}
		return l, f.conditions(s, &l.b)
	}, &f)
}

// About is that a meeting was about something.
type About struct {
	Fact
	meeting, topic int64
}

// Topic returns what it was about.
func (a *About) Topic(ctx context.Context) (Topic, error) {
	e, err := one(ctx, a, a.cohort, "topic", func(a *About) int64 { return a.topic }, topicsByID)
	topic, _ := e.(Topic)
	return topic, err
}

// Claims returns each source's version.
func (a *About) Claims(ctx context.Context) ([]*LinkClaim, error) { return linkClaims(a.claims(ctx)) }

// TopicFilter says which topics. All conditions must hold; nil: any. Empty: none.
type TopicFilter struct {
	And, Or []*TopicFilter
	Not     *TopicFilter
	FactConditions
	Kinds []string // of entity
	IDs   []string
}

// conditions are f in SQL, on topic t, fact f and the entity e.
func (f *TopicFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("e.kind", f.Kinds)
	return cmp.Or(
		b.anyID("ids", "t.entity in %s", f.IDs, topicKinds...),
		b.fact(f.FactConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// Topics returns what a meeting was about: issues, then corridors, organizations
// and countries, each by name.
func Topics(ctx context.Context, m *Meeting, f TopicFilter, p Page) (*List[About], error) {
	return below[About](ctx, m, m.cohort, "topics", p, func(s *Store) (listing[About], error) {
		l := listing[About]{
			parent: "t.meeting", id: "t.fact",
			key:     "case e.kind when 'issue' then '0' when 'corridor' then '1' when 'organization' then '2' else '3' end || e.sort_key",
			tie:     "e.kind || ':' || e.slug",
			columns: "t.fact, f.disputed, f.resolved_by, t.meeting, t.entity",
			from:    "topic t join fact f on f.id = t.fact join entity e on e.id = t.entity",
			b:       conditions{first: 1},
			dest:    func(a *About) []any { return []any{&a.id, &a.Disputed, &a.ResolvedBy, &a.meeting, &a.topic} },
		}
		return l, f.conditions(s, &l.b)
	}, &f)
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
	args := append([]any{id, m.Slug, m.Kind, m.Summary, m.Place, m.Note}, append(m.StartsOn.columns(), m.EndsOn.columns()...)...)
	return w.insertWith([]ref{{KindCountry, m.HostCountry}}, `
		insert into meeting (host_country, id, slug, kind, summary, place, note,
			starts_on, starts_earliest, starts_latest, ends_on, ends_earliest, ends_latest)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, args...)
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
