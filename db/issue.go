package db

import "context"

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

// IssueFilter says which issues. Nil: any. Empty: none.
type IssueFilter struct {
	Kinds     []string
	Countries []string // at least one of these is a party
}

// Issues returns issues by title.
func (s *Store) Issues(ctx context.Context, f IssueFilter, p Page) (*List[Issue], error) {
	countries, err := s.countryIDs("countries", f.Countries)
	if err != nil {
		return nil, err
	}
	var b conditions
	b.anyOf("i.kind", f.Kinds)
	if countries != nil {
		b.and(`i.id in (select issue from party where country in (select value from json_each(%s)))`, jsonList(countries))
	}
	return root[Issue](ctx, s, listing[Issue]{
		sql: `
			select 0 as parent, e.sort_key as key, e.slug as tie, ` + issueColumns + `
			from issue i join entity e on e.id = i.id` + b.where(),
		args: b.args,
		dest: (*Issue).dest,
	}, p)
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

// Parties returns the countries in an issue, by name.
func Parties(ctx context.Context, i *Issue, p Page) (*List[Party], error) {
	return below[Party](ctx, i, i.cohort, listing[Party]{
		sql: `
			select p.issue as parent, e.sort_key as key, e.slug as tie, ` + partyColumns + `
			from party p join fact f on f.id = p.fact join entity e on e.id = p.country
			where p.issue in (select value from json_each($1))`,
		dest: (*Party).dest,
	}, p)
}

// IssuesOfCountry returns the issues that a country is a party to, by title.
func IssuesOfCountry(ctx context.Context, c *Country, p Page) (*List[Party], error) {
	return below[Party](ctx, c, c.cohort, listing[Party]{
		sql: `
			select p.country as parent, e.sort_key as key, e.slug as tie, ` + partyColumns + `
			from party p join fact f on f.id = p.fact join entity e on e.id = p.issue
			where p.country in (select value from json_each($1))`,
		dest: (*Party).dest,
	}, p)
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

// CorridorsOfIssue returns the corridors that an issue touches, by name.
func CorridorsOfIssue(ctx context.Context, i *Issue, p Page) (*List[Concern], error) {
	return below[Concern](ctx, i, i.cohort, listing[Concern]{
		sql: `
			select n.issue as parent, e.sort_key as key, e.slug as tie, ` + concernColumns + `
			from concern n join fact f on f.id = n.fact join entity e on e.id = n.corridor
			where n.issue in (select value from json_each($1))`,
		dest: (*Concern).dest,
	}, p)
}

// IssuesOfCorridor returns the issues that touch a corridor, by title.
func IssuesOfCorridor(ctx context.Context, k *Corridor, p Page) (*List[Concern], error) {
	return below[Concern](ctx, k, k.cohort, listing[Concern]{
		sql: `
			select n.corridor as parent, e.sort_key as key, e.slug as tie, ` + concernColumns + `
			from concern n join fact f on f.id = n.fact join entity e on e.id = n.issue
			where n.corridor in (select value from json_each($1))`,
		dest: (*Concern).dest,
	}, p)
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
