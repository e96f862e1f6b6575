package db

import (
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
	e, err := one(ctx, m, m.cohort, "body", func(m *Membership) int64 { return m.body }, entitiesByID)
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

// MemberFilter says which members. Nil: any. Empty: none.
type MemberFilter struct {
	Roles, Countries []string
	When             When
}

// Members returns the countries in a corridor or an organization: founders, then
// members, then the other roles; each by name.
func Members(ctx context.Context, body AnyEntity, f MemberFilter, p Page) (*List[Membership], error) {
	b := conditions{first: 1}
	b.anyOf("m.role", f.Roles)
	countries, err := body.entity().cohort.store.countryIDs("countries", f.Countries)
	if err != nil {
		return nil, err
	}
	if countries != nil {
		b.and("m.country in (select value from json_each(%s))", jsonList(countries))
	}
	holds := b.holding("m.fact", body.entity().cohort.store, f.When)
	return below[Membership](ctx, body.entity(), body.entity().cohort, listing[Membership]{
		sql: `
			select m.body as parent,
				case m.role when 'founder' then '0' when 'member' then '1' else '2' end || e.sort_key as key,
				e.slug || printf('/%06d', m.spell) as tie, ` + membershipColumns + holds + `
			from membership m join fact f on f.id = m.fact join entity e on e.id = m.country
			where m.body in (select value from json_each($1))` + b.also(),
		args: b.args,
		dest: (*Membership).dest,
	}, p)
}

// Memberships returns what a country belongs to or belonged to: corridors, then
// organizations, each by name. Roles nil: any. Empty: none.
func Memberships(ctx context.Context, c *Country, roles []string, when When, p Page) (*List[Membership], error) {
	b := conditions{first: 1}
	b.anyOf("m.role", roles)
	holds := b.holding("m.fact", c.cohort.store, when)
	return below[Membership](ctx, c, c.cohort, listing[Membership]{
		sql: `
			select m.country as parent, e.kind || ' ' || e.sort_key as key,
				e.slug || printf('/%06d', m.spell) as tie, ` + membershipColumns + holds + `
			from membership m join fact f on f.id = m.fact join entity e on e.id = m.body
			where m.country in (select value from json_each($1))` + b.also(),
		args: b.args,
		dest: (*Membership).dest,
	}, p)
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

// tenuresBelow lists tenures latest start first; those with an unknown start come last.
func tenuresBelow(ctx context.Context, e *Entity, parent string, when When, p Page) (*List[Tenure], error) {
	b := conditions{first: 1}
	holds := b.holding("n.fact", e.cohort.store, when)
	return below[Tenure](ctx, e, e.cohort, listing[Tenure]{
		sql: `
			select ` + parent + ` as parent, coalesce(n.since_earliest, '') as key,
				e.slug || '/' || n.title || printf('/%06d', n.spell) as tie, ` + tenureColumns + holds + `
			from tenure n join fact f on f.id = n.fact join entity e on e.id = n.official
			where ` + parent + ` in (select value from json_each($1))` + b.also(),
		args: b.args,
		desc: true,
		dest: (*Tenure).dest,
	}, p)
}

// TenuresOfOfficial returns the posts that an official held.
func TenuresOfOfficial(ctx context.Context, o *Official, when When, p Page) (*List[Tenure], error) {
	return tenuresBelow(ctx, &o.Entity, "n.official", when, p)
}

// TenuresOfCountry returns who held a post of a country.
func TenuresOfCountry(ctx context.Context, c *Country, when When, p Page) (*List[Tenure], error) {
	return tenuresBelow(ctx, &c.Entity, "n.country", when, p)
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
