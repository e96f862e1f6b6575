package db

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Relation is what two countries had to do with each other: a dyad.
type Relation struct {
	Countries []*Country // two, in the order asked for
	store     *Store
	asOf      Date // for what they belong to; "": the day of the store
}

// Relation returns the dyad of two countries, given by code; what they belong to is
// told for a day, where one is given. It fails with Invalid when these are not two.
func (s *Store) Relation(ctx context.Context, codes []string, asOf Date) (*Relation, error) {
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
	return &Relation{[]*Country{found[ids[0]], found[ids[1]]}, s, asOf}, nil
}

func (r *Relation) codes() []string { return []string{r.Countries[0].Slug, r.Countries[1].Slug} }

// both narrows a filter to the meetings that both took part in.
func (r *Relation) both(f MeetingFilter) MeetingFilter {
	f.Countries = slices.Concat(f.Countries, r.codes())
	return f
}

// Meetings returns the meetings that both took part in, in an order.
func (r *Relation) Meetings(ctx context.Context, f MeetingFilter, o Order, p Page) (*List[Meeting], error) {
	return r.store.Meetings(ctx, r.both(f), o, p)
}

// Statements returns what was said at the meetings that both took part in, in an order.
func (r *Relation) Statements(ctx context.Context, f StatementFilter, o Order, p Page) (*List[Statement], error) {
	shared := r.both(MeetingFilter{})
	f.And = append(slices.Clone(f.And), &StatementFilter{Meetings: &shared})
	list, err := r.store.Statements(ctx, f, o, p)
	if err == nil {
		list.Coverage = r.Coverage
	}
	return list, err
}

// Coverage returns what was looked at: the meetings of either.
func (r *Relation) Coverage(ctx context.Context) (*Coverage, error) {
	return r.store.Coverage(ctx, r.codes())
}

// maxShown is how many pairs or gaps can be asked for.
const maxShown = 100

// Pair is two officials who took part in the same meetings, each for one of two countries.
type Pair struct {
	loaded
	officials         [2]int64
	Meetings          int
	firstMet, lastMet Date // when the first and the last of the meetings began
}

// Officials returns the two, in the order of the countries.
func (p *Pair) Officials(ctx context.Context) ([]*Official, error) {
	list := make([]*Official, 2)
	for i, name := range []string{"first", "second"} {
		var err error
		if list[i], err = one(ctx, p, p.cohort, name, func(p *Pair) int64 { return p.officials[i] }, officialsByID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// FirstMet returns when the first of the meetings began.
func (p *Pair) FirstMet() *Date { return &p.firstMet }

// LastMet returns when the last of the meetings began.
func (p *Pair) LastMet() *Date { return &p.lastMet }

// Pairs returns who met whom at meetings of both, most often first; then those who
// met last. It returns at most limit pairs.
func (r *Relation) Pairs(ctx context.Context, f MeetingFilter, limit int) ([]*Pair, error) {
	f = r.both(f)
	b := conditions{first: 3}
	if err := cmp.Or(bound("first", limit, maxShown), f.conditions(r.store, &b)); err != nil {
		return nil, err
	}
	return query[Pair](ctx, r.store, func(p *Pair) []any {
		return []any{&p.id, &p.officials[0], &p.officials[1], &p.Meetings, &p.firstMet, &p.lastMet}
	}, `
		select row_number() over () as id, * from (
			select p.official, q.official, count(*) as meetings,
				substr(min(m.starts_earliest || m.starts_on), 11), substr(max(m.starts_earliest || m.starts_on), 11) as last
			from meeting m join participation p on p.meeting = m.id join participation q on q.meeting = m.id
			join entity a on a.id = p.official join entity z on z.id = q.official
			where p.country = $1 and q.country = $2`+b.also()+`
			group by p.official, q.official
			order by meetings desc, max(m.starts_earliest) desc, a.slug, z.slug limit $3)`,
		append([]any{r.Countries[0].id, r.Countries[1].id, limit}, b.args...)...)
}

// Gap is a stretch of days without a recorded contact of two countries.
type Gap struct {
	loaded
	since, until  Date  // its first and its last day
	after, before int64 // meetings
}

// Since returns its first day.
func (g *Gap) Since() *Date { return &g.since }

// Until returns its last day.
func (g *Gap) Until() *Date { return &g.until }

// Days returns how many days it has.
func (g *Gap) Days() int {
	return int(g.until.start().Sub(g.since.start())/(24*time.Hour)) + 1
}

// After returns the meeting before it, or nil: the record begins there.
func (g *Gap) After(ctx context.Context) (*Meeting, error) {
	return one(ctx, g, g.cohort, "after", func(g *Gap) int64 { return g.after }, meetingsByID)
}

// Before returns the meeting that ended it, or nil: the record ends there.
func (g *Gap) Before(ctx context.Context) (*Meeting, error) {
	return one(ctx, g, g.cohort, "before", func(g *Gap) int64 { return g.before }, meetingsByID)
}

// Gaps returns the longest stretches of days on which no meeting of both can have
// been, longest first, within the coverage of the relation. A meeting known only to a
// month or year may have been on any of its days. It returns at most limit gaps.
func (r *Relation) Gaps(ctx context.Context, f MeetingFilter, limit int) ([]*Gap, error) {
	f = r.both(f)
	var b conditions
	if err := cmp.Or(bound("first", limit, maxShown), f.conditions(r.store, &b)); err != nil {
		return nil, err
	}
	coverage, err := r.Coverage(ctx)
	if err != nil || coverage.Since == nil {
		return []*Gap{}, err
	}
	type contact struct {
		id          int64
		first, last Date
	}
	contacts, err := scan(ctx, r.store, func(c *contact) []any { return []any{&c.id, &c.first, &c.last} }, `
		select m.id, m.starts_earliest, coalesce(m.ends_latest, m.starts_latest) as last
		from meeting m`+b.where()+`
		order by m.starts_earliest, last, m.slug`, b.args...)
	if err != nil {
		return nil, err
	}
	gaps := []*Gap{}
	gap := &Gap{loaded: loaded{id: 1}, since: coverage.Since.Earliest()}
	finish := func(until Date, before int64) {
		if gap.until, gap.before = until, before; gap.since != "" && gap.since <= gap.until {
			gaps = append(gaps, gap)
		}
	}
	covered := gap.since.dayBefore() // by contacts so far
	for _, c := range contacts {
		finish(c.first.dayBefore(), c.id)
		last := c.id
		if covered >= c.last {
			last = gap.after
		}
		covered = max(covered, c.last)
		gap = &Gap{loaded: loaded{id: gap.id + 1}, since: covered.dayAfter(), after: last}
	}
	finish(coverage.Until.Latest(), 0)
	slices.SortStableFunc(gaps, func(a, b *Gap) int { return b.Days() - a.Days() })
	gaps = gaps[:min(limit, len(gaps))]
	newCohort[Gap](r.store, gaps)
	return gaps, nil
}

// SharedIssue is an issue that two countries are parties to.
type SharedIssue struct {
	Issue   *Issue
	Parties []*Party // two, in the order of the countries
}

// Issues returns the issues that both are parties to, by title, with the part of each.
func (r *Relation) Issues(ctx context.Context, f IssueFilter) ([]*SharedIssue, error) {
	b := conditions{first: 2}
	f.Countries = slices.Concat(f.Countries, r.codes())
	if err := f.conditions(r.store, &b); err != nil {
		return nil, err
	}
	rows, err := query[Party](ctx, r.store, (*Party).dest, `
		select `+partyColumns+`
		from issue i join entity e on e.id = i.id join party p on p.issue = i.id join fact f on f.id = p.fact
		where p.country in ($1, $2)`+b.also()+`
		order by e.sort_key, e.slug, p.country <> $1`, append([]any{r.Countries[0].id, r.Countries[1].id}, b.args...)...)
	if err != nil {
		return nil, err
	}
	list := []*SharedIssue{}
	for i := 0; i+1 < len(rows); i += 2 {
		issue, err := rows[i].Issue(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, &SharedIssue{issue, rows[i : i+2]})
	}
	return list, nil
}

// SharedBody is a corridor or an organization that two countries belong or belonged to.
type SharedBody struct {
	Body        Body
	Memberships []*Membership // of both: in the order of the countries, then of the spells
}

// Corridor returns the body, or nil when it is none.
func (b *SharedBody) Corridor() *Corridor {
	corridor, _ := b.Body.(*Corridor)
	return corridor
}

// Organization returns the body, or nil when it is none.
func (b *SharedBody) Organization() *Organization {
	organization, _ := b.Body.(*Organization)
	return organization
}

// Corridors returns the corridors that both belong to on the day asked for, or ever
// belonged to where none is, by name.
func (r *Relation) Corridors(ctx context.Context) ([]*SharedBody, error) {
	return r.bodies(ctx, KindCorridor)
}

// Organizations returns the same of organizations.
func (r *Relation) Organizations(ctx context.Context) ([]*SharedBody, error) {
	return r.bodies(ctx, KindOrganization)
}

func (r *Relation) bodies(ctx context.Context, kind string) ([]*SharedBody, error) {
	b := conditions{first: 3}
	holds := b.holding("m.fact", r.store, When{Day: r.asOf})
	rows, err := query[Membership](ctx, r.store, (*Membership).dest, `
		with mine as (
			select e.sort_key, e.slug, `+membershipColumns+holds+` as holds
			from membership m join fact f on f.id = m.fact join entity e on e.id = m.body
			where m.country in ($1, $2) and e.kind = $3`+b.also()+`)
		select fact, disputed, resolved_by, body, country, spell, role, since, until, holds from mine
		where body in (select body from mine where country = $1) and body in (select body from mine where country = $2)
		order by sort_key, slug, country <> $1, spell`, append([]any{r.Countries[0].id, r.Countries[1].id, kind}, b.args...)...)
	if err != nil {
		return nil, err
	}
	list := []*SharedBody{}
	for i, m := range rows {
		if i == 0 || m.body != rows[i-1].body {
			body, err := m.Body(ctx)
			if err != nil {
				return nil, err
			}
			list = append(list, &SharedBody{Body: body})
		}
		last := list[len(list)-1]
		last.Memberships = append(last.Memberships, m)
	}
	return list, nil
}
