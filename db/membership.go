package db

import (
	"cmp"
	"context"
	"fmt"
)

// Membership is a country's place in a corridor or an organization for one spell.
type Membership struct {
	Fact
	body, country int64
	Spell         int     // from 1, for those whose role changed or who came back
	Role          *string // nil: no source names one
	span
	Holds *string // on the day asked for: "certainly", "possibly" or "unknown"; nil: no day was
}

// Country returns the country.
func (m *Membership) Country(ctx context.Context) (*Country, error) {
	return one(ctx, m, m.cohort, "country", func(m *Membership) int64 { return m.country }, countriesByID)
}

// Body returns the corridor or organization.
func (m *Membership) Body(ctx context.Context) (Body, error) {
	e, err := one(ctx, m, m.cohort, "body", func(m *Membership) int64 { return m.body }, topicsByID)
	body, _ := e.(Body)
	return body, err
}

// Since returns when the role began, or nil when that is not known.
func (m *Membership) Since() *SourcedDate { return sinceOf(m.since, m.claims) }

// Until returns when the role ended, or nil when it goes on or is not known to have ended.
func (m *Membership) Until() *SourcedDate { return untilOf(m.until, m.claims) }

// Claims returns each source's version.
func (m *Membership) Claims(ctx context.Context) ([]*MembershipClaim, error) {
	list, err := m.claims(ctx)
	return wrap(list, func(c *Claim) *MembershipClaim { return &MembershipClaim{c} }), err
}

// membershipColumns are followed by how certainly it held.
const membershipColumns = `m.fact, f.disputed, f.resolved_by, m.body, m.country, m.spell, m.role, m.since, m.until, `

func (m *Membership) dest() []any {
	return []any{&m.id, &m.Disputed, &m.ResolvedBy, &m.body, &m.country, &m.Spell, &m.Role, &m.since, &m.until, &m.Holds}
}

// MembershipFilter says which memberships. All conditions must hold; nil: any. Empty: none.
type MembershipFilter struct {
	And, Or []*MembershipFilter
	Not     *MembershipFilter
	FactConditions
	Roles     []string
	Countries []string // one of these
	Bodies    []string // IDs: of one of these corridors and organizations
}

// conditions are f in SQL, on membership m and fact f.
func (f *MembershipFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("m.role", f.Roles)
	return cmp.Or(
		b.anyCountry(s, "countries", "m.country in %s", f.Countries),
		b.anyID("bodies", "m.body in %s", f.Bodies, KindCorridor, KindOrganization),
		b.fact(f.FactConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// memberships lists them below one side, in the order of a key of the other, which is
// the entity e.
func memberships(ctx context.Context, e *Entity, parent, other, key string, f *MembershipFilter, when When, p Page) (*List[Membership], error) {
	return below[Membership](ctx, e, e.cohort, parent, p, func(s *Store) (listing[Membership], error) {
		l := listing[Membership]{
			parent: parent, id: "m.fact", key: key, tie: "e.slug || printf('/%06d', m.spell)",
			from: "membership m join fact f on f.id = m.fact join entity e on e.id = " + other,
			b:    conditions{first: 1},
			dest: (*Membership).dest,
		}
		err := f.conditions(s, &l.b)
		l.columns = membershipColumns + l.b.holding("m.fact", s, when)
		return l, err
	}, f, &when)
}

// Members returns the countries in a corridor or an organization: founders, then
// members, then the other roles; each by name.
func Members(ctx context.Context, body AnyEntity, f MembershipFilter, when When, p Page) (*List[Membership], error) {
	return memberships(ctx, body.entity(), "m.body", "m.country",
		"case m.role when 'founder' then '0' when 'member' then '1' else '2' end || e.sort_key", &f, when, p)
}

// Memberships returns what a country belongs to or belonged to: corridors, then
// organizations, each by name.
func Memberships(ctx context.Context, c *Country, f MembershipFilter, when When, p Page) (*List[Membership], error) {
	return memberships(ctx, &c.Entity, "m.country", "m.body", "e.kind || ' ' || e.sort_key", &f, when, p)
}

// BodyConditions are what filters of corridors and organizations can ask for. Nil: anything.
type BodyConditions struct {
	Countries  []string       // each of these belongs or belonged to it
	AnyCountry []string       // at least one of these does or did
	Meetings   *MeetingFilter // was a topic of such a meeting
}

// body is what c asks of the corridor or organization whose key is in a column.
func (b *conditions) body(s *Store, column string, c BodyConditions) error {
	return cmp.Or(
		b.eachCountry(s, "countries", column+" in (select body from membership where country = %s)", c.Countries),
		b.anyCountry(s, "anyCountry", column+" in (select body from membership where country in %s)", c.AnyCountry),
		has(s, b, column+" in ("+wasTopic+")", c.Meetings))
}

// AddMembership writes a country's place in a body of the given kind.
func (w *Writer) AddMembership(kind, body, country string, spell int, claims []NewClaim) error {
	return w.addFact("membership", claims, func(fact int64, chosen values) error {
		args := append([]any{fact, spell, chosen.role}, chosen.spanColumns()...)
		return w.insertWith([]ref{{kind, body}, {KindCountry, country}}, `
			insert into membership (body, country, fact, spell, role, since, since_earliest, since_latest, until, until_earliest, until_latest)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, args...)
	})
}

// Tenure is one person in one post for a time.
type Tenure struct {
	Fact
	official, country int64
	Title             string
	Spell             int // from 1, for those who held the post more than once
	span
	Holds *string // on the day asked for: "certainly", "possibly" or "unknown"; nil: no day was, or a meeting's
}

// Official returns who held the post.
func (t *Tenure) Official(ctx context.Context) (*Official, error) {
	return one(ctx, t, t.cohort, "official", func(t *Tenure) int64 { return t.official }, officialsByID)
}

// Country returns the state whose post it was.
func (t *Tenure) Country(ctx context.Context) (*Country, error) {
	return one(ctx, t, t.cohort, "country", func(t *Tenure) int64 { return t.country }, countriesByID)
}

// Since returns when it began, or nil when that is not known.
func (t *Tenure) Since() *SourcedDate { return sinceOf(t.since, t.claims) }

// Until returns when it ended, or nil when it goes on or is not known to have ended.
func (t *Tenure) Until() *SourcedDate { return untilOf(t.until, t.claims) }

// Claims returns each source's version.
func (t *Tenure) Claims(ctx context.Context) ([]*TenureClaim, error) {
	list, err := t.claims(ctx)
	return wrap(list, func(c *Claim) *TenureClaim { return &TenureClaim{c} }), err
}

// tenureColumns are followed by how certainly it held.
const tenureColumns = `n.fact, f.disputed, f.resolved_by, n.official, n.country, n.title, n.spell, n.since, n.until, `

func (t *Tenure) dest() []any {
	return []any{&t.id, &t.Disputed, &t.ResolvedBy, &t.official, &t.country, &t.Title, &t.Spell, &t.since, &t.until, &t.Holds}
}

// TenureFilter says which tenures. All conditions must hold; nil: any. Empty: none.
type TenureFilter struct {
	And, Or []*TenureFilter
	Not     *TenureFilter
	FactConditions
	Title     *string  // words that the title holds
	Countries []string // a post of one of these
	Officials []string // IDs
}

// conditions are f in SQL, on tenure n and fact f.
func (f *TenureFilter) conditions(s *Store, b *conditions) error {
	return cmp.Or(
		b.words("title", "n.title", f.Title),
		b.anyCountry(s, "countries", "n.country in %s", f.Countries),
		b.anyID("officials", "n.official in %s", f.Officials, KindOfficial),
		b.fact(f.FactConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// tenures lists them below a side, latest start first; those with an unknown start
// come last.
func tenures(ctx context.Context, e *Entity, parent string, f *TenureFilter, when When, p Page) (*List[Tenure], error) {
	return below[Tenure](ctx, e, e.cohort, parent, p, func(s *Store) (listing[Tenure], error) {
		l := listing[Tenure]{
			parent: parent, id: "n.fact", key: "coalesce(n.since_earliest, '')", tie: "e.slug || '/' || n.title || printf('/%06d', n.spell)",
			from:  "tenure n join fact f on f.id = n.fact join entity e on e.id = n.official",
			b:     conditions{first: 1},
			desc:  true,
			dest:  (*Tenure).dest,
			again: "+" + parent + " = asked.value and n.fact",
		}
		err := f.conditions(s, &l.b)
		l.columns = tenureColumns + l.b.holding("n.fact", s, when)
		return l, err
	}, f, &when)
}

// TenuresOfOfficial returns the posts that an official held.
func TenuresOfOfficial(ctx context.Context, o *Official, f TenureFilter, when When, p Page) (*List[Tenure], error) {
	return tenures(ctx, &o.Entity, "n.official", &f, when, p)
}

// TenuresOfCountry returns who held a post of a country.
func TenuresOfCountry(ctx context.Context, c *Country, f TenureFilter, when When, p Page) (*List[Tenure], error) {
	return tenures(ctx, &c.Entity, "n.country", &f, when, p)
}

// AddTenure writes an official's time in a post.
func (w *Writer) AddTenure(official, country, title string, spell int, claims []NewClaim) error {
	if err := w.addSources(KindOfficial, official, claims); err != nil {
		return err
	}
	return w.addFact("tenure", claims, func(fact int64, chosen values) error {
		args := append([]any{fact, title, spell}, chosen.spanColumns()...)
		return w.insertWith([]ref{{KindOfficial, official}, {KindCountry, country}}, `
			insert into tenure (official, country, fact, title, spell, since, since_earliest, since_latest, until, until_earliest, until_latest)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, args...)
	})
}

// addSources gives an entity the sources of claims about it.
func (w *Writer) addSources(kind, slug string, claims []NewClaim) error {
	id, err := w.entity(kind, slug)
	if err != nil {
		return err
	}
	for _, c := range claims {
		if err := w.addEntitySource(id, c.Source); err != nil {
			return fmt.Errorf("%s %q: %w", kind, slug, err)
		}
	}
	return nil
}
