package db

import (
	"cmp"
	"context"
)

// Issue is a matter between states: a dispute, a project, a bottleneck.
type Issue struct {
	Entity
	Kind    string
	Summary string
}

// IsTopic marks what a meeting can be about.
func (i *Issue) IsTopic() {}

// Title returns the name.
func (i *Issue) Title() string { return i.Name }

const issueColumns = `e.id, e.kind, e.slug, e.name, i.kind, i.summary`

func (i *Issue) dest() []any {
	return []any{&i.id, &i.kind, &i.Slug, &i.Name, &i.Kind, &i.Summary}
}

// issuesByID returns the issues that exist, keyed by id.
func issuesByID(ctx context.Context, s *Store, ids []int64) (map[int64]*Issue, error) {
	return keyed[Issue](query(ctx, s, (*Issue).dest, `
		select `+issueColumns+` from issue i join entity e on e.id = i.id
		where i.id in (select value from json_each($1))`, jsonList(ids)))
}

// IssueFilter says which issues. All conditions must hold; nil: any. Empty: none.
type IssueFilter struct {
	And, Or []*IssueFilter
	Not     *IssueFilter
	EntityConditions
	Kinds      []string
	Countries  []string       // each of these is a party
	AnyCountry []string       // at least one of these is a party
	Parties    *PartyFilter   // at least one party is such
	Corridors  []string       // IDs: touches at least one of these
	Meetings   *MeetingFilter // was a topic of such a meeting
}

// conditions are f in SQL, on issue i.
func (f *IssueFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("i.kind", f.Kinds)
	return cmp.Or(
		b.eachCountry(s, "countries", "i.id in (select issue from party where country = %s)", f.Countries),
		b.anyCountry(s, "anyCountry", "i.id in (select issue from party where country in %s)", f.AnyCountry),
		has(s, b, "i.id in (select p.issue from party p join fact f on f.id = p.fact where %s)", f.Parties),
		b.anyID("corridors", "i.id in (select issue from concern where corridor in %s)", f.Corridors, KindCorridor),
		has(s, b, "i.id in ("+wasTopic+")", f.Meetings),
		b.entity("i.id", KindIssue, f.EntityConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// Issues returns issues in an order: by "name", number of "meetings" or "relevance";
// by title where it does not say.
func (s *Store) Issues(ctx context.Context, f IssueFilter, o Order, p Page) (*List[Issue], error) {
	return entities(ctx, s, KindIssue, "i", issueColumns, (*Issue).dest, &f, issueDimensions, f.Meetings, f.Text, o, p)
}

// Party is a country's part in an issue.
type Party struct {
	Fact
	issue, country int64
	Role           *string // nil: no source names one
}

// Country returns the party.
func (p *Party) Country(ctx context.Context) (*Country, error) {
	return one(ctx, p, p.cohort, "country", func(p *Party) int64 { return p.country }, countriesByID)
}

// Issue returns what it is a party to.
func (p *Party) Issue(ctx context.Context) (*Issue, error) {
	return one(ctx, p, p.cohort, "issue", func(p *Party) int64 { return p.issue }, issuesByID)
}

// Claims returns each source's version.
func (p *Party) Claims(ctx context.Context) ([]*PartyClaim, error) {
	list, err := p.claims(ctx)
	return wrap(list, func(c *Claim) *PartyClaim { return &PartyClaim{c} }), err
}

const partyColumns = `p.fact, f.disputed, f.resolved_by, p.issue, p.country, p.role`

func (p *Party) dest() []any {
	return []any{&p.id, &p.Disputed, &p.ResolvedBy, &p.issue, &p.country, &p.Role}
}

// PartyFilter says which parties. All conditions must hold; nil: any. Empty: none.
type PartyFilter struct {
	And, Or []*PartyFilter
	Not     *PartyFilter
	FactConditions
	Roles     []string
	Countries []string // one of these
	Issue     *IssueFilter
}

// conditions are f in SQL, on party p and fact f.
func (f *PartyFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("p.role", f.Roles)
	return cmp.Or(
		b.anyCountry(s, "countries", "p.country in %s", f.Countries),
		has(s, b, "p.issue in (select i.id from issue i where %s)", f.Issue),
		b.fact(f.FactConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// parties lists a country's parts in issues below one of the two, by the name of the other.
func parties(ctx context.Context, e *Entity, parent, other string, f *PartyFilter, p Page) (*List[Party], error) {
	return below[Party](ctx, e, e.cohort, parent, p, func(s *Store) (listing[Party], error) {
		l := listing[Party]{
			parent: parent, id: "p.fact", key: "e.sort_key", tie: "e.slug", columns: partyColumns,
			from: "party p join fact f on f.id = p.fact join entity e on e.id = " + other,
			b:    conditions{first: 1},
			dest: (*Party).dest,
		}
		return l, f.conditions(s, &l.b)
	}, f)
}

// Parties returns the countries in an issue, by name.
func Parties(ctx context.Context, i *Issue, f PartyFilter, p Page) (*List[Party], error) {
	return parties(ctx, &i.Entity, "p.issue", "p.country", &f, p)
}

// IssuesOfCountry returns the issues that a country is a party to, by title.
func IssuesOfCountry(ctx context.Context, c *Country, f PartyFilter, p Page) (*List[Party], error) {
	return parties(ctx, &c.Entity, "p.country", "p.issue", &f, p)
}

// Concern is an issue that touches a corridor.
type Concern struct {
	Fact
	issue, corridor int64
}

// Issue returns the issue.
func (c *Concern) Issue(ctx context.Context) (*Issue, error) {
	return one(ctx, c, c.cohort, "issue", func(c *Concern) int64 { return c.issue }, issuesByID)
}

// Corridor returns the corridor.
func (c *Concern) Corridor(ctx context.Context) (*Corridor, error) {
	return one(ctx, c, c.cohort, "corridor", func(c *Concern) int64 { return c.corridor }, corridorsByID)
}

// Claims returns each source's version.
func (c *Concern) Claims(ctx context.Context) ([]*LinkClaim, error) { return linkClaims(c.claims(ctx)) }

const concernColumns = `n.fact, f.disputed, f.resolved_by, n.issue, n.corridor`

func (c *Concern) dest() []any {
	return []any{&c.id, &c.Disputed, &c.ResolvedBy, &c.issue, &c.corridor}
}

// ConcernFilter says which concerns. All conditions must hold; nil: any. Empty: none.
type ConcernFilter struct {
	And, Or []*ConcernFilter
	Not     *ConcernFilter
	FactConditions
	Issue    *IssueFilter
	Corridor *CorridorFilter
}

// conditions are f in SQL, on concern n and fact f.
func (f *ConcernFilter) conditions(s *Store, b *conditions) error {
	return cmp.Or(
		has(s, b, "n.issue in (select i.id from issue i where %s)", f.Issue),
		has(s, b, "n.corridor in (select k.id from corridor k where %s)", f.Corridor),
		b.fact(f.FactConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// concerns lists issues that touch corridors below one of the two, by the name of the other.
func concerns(ctx context.Context, e *Entity, parent, other string, f *ConcernFilter, p Page) (*List[Concern], error) {
	return below[Concern](ctx, e, e.cohort, parent, p, func(s *Store) (listing[Concern], error) {
		l := listing[Concern]{
			parent: parent, id: "n.fact", key: "e.sort_key", tie: "e.slug", columns: concernColumns,
			from: "concern n join fact f on f.id = n.fact join entity e on e.id = " + other,
			b:    conditions{first: 1},
			dest: (*Concern).dest,
		}
		return l, f.conditions(s, &l.b)
	}, f)
}

// CorridorsOfIssue returns the corridors that an issue touches, by name.
func CorridorsOfIssue(ctx context.Context, i *Issue, f ConcernFilter, p Page) (*List[Concern], error) {
	return concerns(ctx, &i.Entity, "n.issue", "n.corridor", &f, p)
}

// IssuesOfCorridor returns the issues that touch a corridor, by title.
func IssuesOfCorridor(ctx context.Context, k *Corridor, f ConcernFilter, p Page) (*List[Concern], error) {
	return concerns(ctx, &k.Entity, "n.corridor", "n.issue", &f, p)
}

// NewIssue is an issue to be written.
type NewIssue struct{ Slug, Kind, Title, Summary, Source string }

// AddIssue writes an issue.
func (w *Writer) AddIssue(i NewIssue) error {
	id, err := w.addEntity(KindIssue, i.Slug, i.Title, nil, "", i.Source)
	if err != nil {
		return err
	}
	return w.exec(`insert into issue (id, kind, summary) values ($1, $2, $3)`, id, i.Kind, i.Summary)
}

// AddParty writes a country's part in an issue.
func (w *Writer) AddParty(issue, country string, claims []NewClaim) error {
	return w.addFact("party", claims, func(fact int64, chosen values) error {
		return w.insertWith([]ref{{KindIssue, issue}, {KindCountry, country}}, `
			insert into party (issue, country, fact, role) values ($1, $2, $3, $4)`, fact, chosen.role)
	})
}

// AddConcern writes that an issue touches a corridor.
func (w *Writer) AddConcern(issue, corridor string, claims []NewClaim) error {
	return w.addFact("concern", claims, func(fact int64, _ values) error {
		return w.insertWith([]ref{{KindIssue, issue}, {KindCorridor, corridor}}, `
			insert into concern (issue, corridor, fact) values ($1, $2, $3)`, fact)
	})
}
