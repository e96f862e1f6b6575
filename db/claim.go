package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Fact is what all facts have: a relation between entities, or a property of one,
// with the values that were chosen from its claims.
type Fact struct {
	loaded
	Disputed   bool
	ResolvedBy string // "only", "editor", "majority" or "latest"
}

// IsFact marks facts.
func (f *Fact) IsFact() {}

// Claim is one source's version of a fact.
type Claim struct {
	loaded
	about       int64  // the fact, or the entity
	day         string // on which the source was published, for ordering
	Stance      string // "asserts", "denies" or "omits"
	Basis       string // "fact", or "whole" for a source of the meeting, corridor … as a whole
	Preferred   bool
	role, value *string // nil: the source does not speak of it
	span
	Note   *string
	origin Source
}

// IsClaim marks claims.
func (c *Claim) IsClaim() {}

// Source returns where it was read.
func (c *Claim) Source() *Source { return &c.origin }

// The claims of each kind of fact show what a source can say of it.
type (
	// MembershipClaim is what one source says about a country's place in a body.
	MembershipClaim struct{ *Claim }
	// TenureClaim is what one source says about a person's time in a post.
	TenureClaim struct{ *Claim }
	// ParticipationClaim is what one source says about someone's part in a meeting.
	ParticipationClaim struct{ *Claim }
	// PartyClaim is what one source says about a country's part in an issue.
	PartyClaim struct{ *Claim }
	// LinkClaim is what one source says about a link: that it exists.
	LinkClaim struct{ *Claim }
	// LegClaim is what one source says about a leg.
	LegClaim struct{ *Claim }
	// DateClaim is what one source says about a date.
	DateClaim struct {
		*Claim
		date Date
	}
	// PropertyClaim is what one source says about a property.
	PropertyClaim struct{ *Claim }
)

// Role returns the role that the source names, or nil.
func (c *MembershipClaim) Role() *string { return c.role }

// Since returns when the role began, or nil when the source does not say.
func (c *MembershipClaim) Since() *Date { return c.since.orNil() }

// Until returns when the role ended, or nil when the source does not say or it goes on.
func (c *MembershipClaim) Until() *Date { return c.until.orNil() }

// Since returns when the tenure began, or nil when the source does not say.
func (c *TenureClaim) Since() *Date { return c.since.orNil() }

// Until returns when the tenure ended, or nil when the source does not say or it goes on.
func (c *TenureClaim) Until() *Date { return c.until.orNil() }

// Role returns the role that the source names, or nil.
func (c *ParticipationClaim) Role() *string { return c.role }

// Role returns the part that the source names, or nil.
func (c *PartyClaim) Role() *string { return c.role }

// Mode returns how goods travel, or nil when the source does not say.
func (c *LegClaim) Mode() *string { return c.role }

// Status returns whether the leg is in use, or nil when the source does not say.
func (c *LegClaim) Status() *string { return c.value }

// Date returns the date that the source gives, or nil.
func (c *DateClaim) Date() *Date { return c.date.orNil() }

// Value returns the value that the source gives, or nil.
func (c *PropertyClaim) Value() *string { return c.value }

// wrap shows claims as those of one kind of fact.
func wrap[C any](list []*Claim, as func(*Claim) *C) []*C {
	claims := make([]*C, len(list))
	for i, c := range list {
		claims[i] = as(c)
	}
	return claims
}

func linkClaims(list []*Claim, err error) ([]*LinkClaim, error) {
	return wrap(list, func(c *Claim) *LinkClaim { return &LinkClaim{c} }), err
}

// span is a stretch of time.
type span struct{ since, until Date }

// End tells how the span ends: "ended", "open" or "unknown".
func (s span) End() string {
	switch s.until {
	case "":
		return "unknown"
	case OpenEnd:
		return "open"
	}
	return "ended"
}

// claimColumns follow the fact, or the entity, that a claim is about. Claims come in
// the order of their sources' days, undated last, then by slug.
const (
	claimColumns = `coalesce(s.published_earliest, '~') as day, c.id, c.stance, 'fact' as basis, c.preferred,
		c.role, c.value, c.since, c.until, c.note, ` + sourceColumns

	// wholeColumns are the same of a source of the whole.
	wholeColumns = `coalesce(s.published_earliest, '~'), 0, 'asserts', 'whole', 0, null, null, null, null, null, ` + sourceColumns
)

func (c *Claim) dest() []any {
	return append([]any{
		&c.about, &c.day, &c.id, &c.Stance, &c.Basis, &c.Preferred, &c.role, &c.value, &c.since, &c.until, &c.Note,
	}, c.origin.dest()...)
}

// queryClaims reads what a statement with claimColumns returns. The sources share a
// cohort of their own.
func queryClaims(ctx context.Context, s *Store, text string, args ...any) ([]*Claim, error) {
	list, err := query(ctx, s, (*Claim).dest, text, args...)
	origins := make([]*Source, len(list))
	for i, c := range list {
		origins[i] = &c.origin
	}
	newCohort[Source](s, origins)
	return list, err
}

// claims returns the claims of f. A participation without claims of its own rests
// on the accounts of its meeting.
func (f *Fact) claims(ctx context.Context) ([]*Claim, error) {
	return many(ctx, f, f.cohort, "claims", func(ctx context.Context, s *Store, facts []int64) (map[int64][]*Claim, error) {
		list, err := queryClaims(ctx, s, `
			select c.fact, `+claimColumns+`
			from claim c join source s on s.id = c.source join publisher h on h.id = s.publisher
			where c.fact in (select value from json_each($1))
			union all
			select p.fact, `+wholeColumns+`
			from participation p
			join entity_source es on es.entity = p.meeting
			join source s on s.id = es.source join publisher h on h.id = s.publisher
			where p.fact in (select value from json_each($1))
			and not exists (select 1 from claim c where c.fact = p.fact)
			order by day, s.slug`, jsonList(facts))
		byFact := map[int64][]*Claim{}
		for _, c := range list {
			byFact[c.about] = append(byFact[c.about], c)
		}
		return byFact, err
	})
}

// Sources returns the sources of the claims, each once, in the order of the claims.
func (f *Fact) Sources(ctx context.Context) ([]*Source, error) {
	claims, err := f.claims(ctx)
	list := []*Source{}
	for _, c := range claims {
		if !slices.ContainsFunc(list, func(s *Source) bool { return s.id == c.origin.id }) {
			list = append(list, c.Source())
		}
	}
	return list, err
}

// SourcedDate is a date that was chosen from the claims about it.
type SourcedDate struct {
	Date
	claims func(context.Context) ([]*DateClaim, error)
}

// Claims returns each source's date.
func (d *SourcedDate) Claims(ctx context.Context) ([]*DateClaim, error) { return d.claims(ctx) }

// Disputed tells whether a source denies the date or gives one that cannot be d.
func (d *SourcedDate) Disputed(ctx context.Context) (bool, error) {
	claims, err := d.claims(ctx)
	return slices.ContainsFunc(claims, func(c *DateClaim) bool {
		return c.Stance != "asserts" || !c.date.agrees(d.Date)
	}), err
}

// sinceOf shows the start of a span with those of its claims that speak of one.
func sinceOf(d Date, claims func(context.Context) ([]*Claim, error)) *SourcedDate {
	return boundOf(d, claims, func(c *Claim) Date { return c.since })
}

// untilOf shows the end of a span with those of its claims that speak of one.
func untilOf(d Date, claims func(context.Context) ([]*Claim, error)) *SourcedDate {
	return boundOf(d, claims, func(c *Claim) Date { return c.until })
}

func boundOf(d Date, claims func(context.Context) ([]*Claim, error), bound func(*Claim) Date) *SourcedDate {
	if !d.Known() {
		return nil
	}
	return &SourcedDate{d, func(ctx context.Context) ([]*DateClaim, error) {
		all, err := claims(ctx)
		list := []*DateClaim{}
		for _, c := range all {
			if bound(c).Known() {
				list = append(list, &DateClaim{c, bound(c)})
			}
		}
		return list, err
	}}
}

// sourcedDate shows a date of an entity with the claims about the property of that
// name. Without any it rests on the sources of the entity as a whole.
func (e *Entity) sourcedDate(d Date, property string) *SourcedDate {
	if !d.Known() {
		return nil
	}
	return &SourcedDate{d, func(ctx context.Context) ([]*DateClaim, error) {
		return many(ctx, e, e.cohort, "claims on "+property, func(ctx context.Context, s *Store, ids []int64) (map[int64][]*DateClaim, error) {
			list, err := queryClaims(ctx, s, `
				select pr.entity, `+claimColumns+`
				from property pr join claim c on c.fact = pr.fact
				join source s on s.id = c.source join publisher h on h.id = s.publisher
				where pr.entity in (select value from json_each($1)) and pr.name = $2
				union all
				select es.entity, `+wholeColumns+`
				from entity_source es join source s on s.id = es.source join publisher h on h.id = s.publisher
				where es.entity in (select value from json_each($1))
				and not exists (select 1 from property pr where pr.entity = es.entity and pr.name = $2)
				order by day, s.slug`,
				jsonList(ids), property)
			byEntity := map[int64][]*DateClaim{}
			for _, c := range list {
				claim := &DateClaim{Claim: c}
				if c.value != nil {
					claim.date = Date(*c.value)
				}
				byEntity[c.about] = append(byEntity[c.about], claim)
			}
			return byEntity, err
		})
	}}
}

// Property is a value of an entity that sources state one by one.
type Property struct {
	Fact
	entity int64
	Name   string
	Value  *string // nil: no source asserts one
}

// Claims returns each source's value.
func (p *Property) Claims(ctx context.Context) ([]*PropertyClaim, error) {
	list, err := p.claims(ctx)
	return wrap(list, func(c *Claim) *PropertyClaim { return &PropertyClaim{c} }), err
}

// Properties returns the values that sources state one by one, by name; none is an
// empty list. Names nil: all.
func (e *Entity) Properties(ctx context.Context, names []string) ([]*Property, error) {
	list, err := many(ctx, e, e.cohort, "properties", func(ctx context.Context, s *Store, ids []int64) (map[int64][]*Property, error) {
		list, err := query(ctx, s, func(p *Property) []any {
			return []any{&p.id, &p.Disputed, &p.ResolvedBy, &p.entity, &p.Name, &p.Value}
		}, `
			select pr.fact, f.disputed, f.resolved_by, pr.entity, pr.name, pr.value
			from property pr join fact f on f.id = pr.fact
			where pr.entity in (select value from json_each($1))
			order by pr.name`, jsonList(ids))
		byEntity := map[int64][]*Property{}
		for _, p := range list {
			byEntity[p.entity] = append(byEntity[p.entity], p)
		}
		return byEntity, err
	})
	wanted := []*Property{}
	for _, p := range list {
		if names == nil || slices.Contains(names, p.Name) {
			wanted = append(wanted, p)
		}
	}
	return wanted, err
}

// NewClaim is one source's version of a fact, to be written.
type NewClaim struct {
	Source       string
	Stance       string // "asserts", "denies" or "omits"
	Preferred    bool
	Role, Value  string // "": the source does not speak of it
	Since, Until Date
	Note         *string

	voice     int64
	published Date
}

// values are what a fact shows.
type values struct {
	role, value any // string or nil
	span
}

// spanColumns are the columns since, since_earliest, since_latest, until, until_earliest, until_latest.
func (v values) spanColumns() []any { return append(v.since.columns(), v.until.columns()...) }

// part is one of the things that a claim can state.
type part struct {
	states func(*NewClaim) bool
	agree  func(c, d *NewClaim) bool          // when both state it
	take   func(from *NewClaim, to *NewClaim) // copies it
}

// parts are chosen one after the other: a date that goes with another role is not
// taken for this one.
func parts(valueIsDate bool) []part {
	return []part{
		{
			func(c *NewClaim) bool { return c.Role != "" },
			func(c, d *NewClaim) bool { return c.Role == d.Role },
			func(from, to *NewClaim) { to.Role = from.Role },
		},
		{
			func(c *NewClaim) bool { return c.Value != "" },
			func(c, d *NewClaim) bool {
				return c.Value == d.Value || valueIsDate && Date(c.Value).agrees(Date(d.Value))
			},
			func(from, to *NewClaim) { to.Value = max(from.Value, to.Value) },
		},
		{
			func(c *NewClaim) bool { return c.Since != "" },
			func(c, d *NewClaim) bool { return c.Since.agrees(d.Since) },
			func(from, to *NewClaim) { to.Since = max(from.Since, to.Since) },
		},
		{
			func(c *NewClaim) bool { return c.Until != "" },
			func(c, d *NewClaim) bool { return c.Until.agrees(d.Until) && c.goesOnUntil(d) && d.goesOnUntil(c) },
			func(from, to *NewClaim) { to.Until = max(from.Until, to.Until) },
		},
	}
}

// goesOnUntil tells whether c, if it says that it goes on, was published before the
// end that d states.
func (c *NewClaim) goesOnUntil(d *NewClaim) bool {
	return c.Until != OpenEnd || !d.Until.Known() || c.published == "" || c.published.Earliest() <= d.Until.Latest()
}

// resolve chooses the values of a fact from its claims, part by part: what an editor
// prefers; else what all agree on; else the version that most independent voices
// assert; else, of those, the one published last. Of the finer dates that agree with
// it, one is chosen in the same way. Claims that disagree with what was chosen have no
// say in the parts that follow; agreeing are the claims that do not.
func resolve(claims []NewClaim, valueIsDate bool) (chosen values, by string, disputed bool, agreeing []*NewClaim) {
	var left []*NewClaim
	for i := range claims {
		if claims[i].Stance == "asserts" {
			left = append(left, &claims[i])
		} else {
			disputed = true
		}
	}
	steps := []string{"only", "majority", "latest", "editor"} // a later one hides an earlier one
	by = steps[0]
	var whole NewClaim
	for _, p := range parts(valueIsDate) {
		left = slices.DeleteFunc(left, func(c *NewClaim) bool {
			before := c.Until.Known() && whole.Since.Known() && c.Until.Latest() < whole.Since.Earliest()
			disputed = disputed || before // it ended, says c, before it began
			return before
		})
		for best, step := choose(left, p); best != nil; best, step = choose(finer(left, p, whole), p) {
			if slices.Index(steps, step) > slices.Index(steps, by) {
				by = step
			}
			left = slices.DeleteFunc(left, func(c *NewClaim) bool {
				if p.states(c) && !p.agree(c, best) {
					disputed = true
					return true
				}
				return false
			})
			p.take(best, &whole)
		}
	}
	return values{orNull(whole.Role), orNull(whole.Value), span{whole.Since, whole.Until}}, by, disputed, left
}

// finer returns the claims that say more on a part than was chosen.
func finer(claims []*NewClaim, p part, chosen NewClaim) (list []*NewClaim) {
	for _, c := range claims {
		more := chosen
		if p.take(c, &more); p.states(c) && more != chosen {
			list = append(list, c)
		}
	}
	return list
}

// choose picks the claim whose version of a part counts, and says why; nil when none
// states it.
func choose(claims []*NewClaim, p part) (best *NewClaim, by string) {
	var stating []*NewClaim
	for _, c := range claims {
		if p.states(c) {
			stating = append(stating, c)
		}
	}
	if stating == nil {
		return nil, ""
	}
	support := map[*NewClaim]int{}
	agreed := true
	for _, c := range stating {
		voices := map[int64]bool{}
		for _, d := range stating {
			if p.agree(c, d) {
				voices[d.voice] = true
			} else {
				agreed = false
			}
		}
		support[c] = len(voices)
	}
	best = slices.MaxFunc(stating, func(c, d *NewClaim) int {
		return cmp.Or(
			compareBool(c.Preferred, d.Preferred),
			cmp.Compare(support[c], support[d]),
			cmp.Compare(c.published.Earliest(), d.published.Earliest()),
			cmp.Compare(d.Source, c.Source),
		)
	})
	tied := slices.ContainsFunc(stating, func(c *NewClaim) bool { return !p.agree(c, best) && support[c] == support[best] })
	switch {
	case best.Preferred:
		return best, "editor"
	case agreed:
		return best, "only"
	case tied:
		return best, "latest"
	}
	return best, "majority"
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// addFact writes a fact of a kind with its claims, then what insert adds to it.
func (w *Writer) addFact(kind string, claims []NewClaim, insert func(fact int64, chosen values) error) error {
	return w.addFactOf(kind, claims, false, insert)
}

func (w *Writer) addFactOf(kind string, claims []NewClaim, valueIsDate bool, insert func(fact int64, chosen values) error) error {
	if err := w.cite(claims); err != nil {
		return err
	}
	chosen, by, disputed, agreeing := resolve(claims, valueIsDate)
	w.facts++
	fact := w.facts
	if err := w.exec(`insert into fact (id, kind, resolved_by, disputed) values ($1, $2, $3, $4)`, fact, kind, by, disputed); err != nil {
		return err
	}
	for _, c := range claims {
		if err := w.exec(`
			insert into claim (fact, source, stance, preferred, role, since, until, value, note)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			fact, w.sources[c.Source].id, c.Stance, c.Preferred, orNull(c.Role), c.Since.orNull(), c.Until.orNull(), orNull(c.Value), c.Note); err != nil {
			return err
		}
	}
	if kind == "membership" || kind == "tenure" {
		if err := w.addValidity(fact, versions(claims, agreeing, chosen.span)); err != nil {
			return err
		}
	}
	return insert(fact, chosen)
}

// AddProperty writes a value of an entity. ValueIsDate says that the values are dates.
func (w *Writer) AddProperty(kind, slug, name string, valueIsDate bool, claims []NewClaim) error {
	return w.addFactOf("property", claims, valueIsDate, func(fact int64, chosen values) error {
		return w.insertWith([]ref{{kind, slug}}, `
			insert into property (entity, fact, name, value) values ($1, $2, $3, $4)`, fact, name, chosen.value)
	})
}

// Resolve returns the value that a fact with these claims shows, by the rule of the
// dataset.
func (w *Writer) Resolve(valueIsDate bool, claims []NewClaim) (string, error) {
	if err := w.cite(claims); err != nil {
		return "", err
	}
	chosen, _, _, _ := resolve(claims, valueIsDate)
	value, _ := chosen.value.(string)
	return value, nil
}

// cite reads of each claim who speaks in its source, and since when.
func (w *Writer) cite(claims []NewClaim) error {
	for i := range claims {
		c := &claims[i]
		source, written := w.sources[c.Source]
		if !written {
			return fmt.Errorf("no source has the slug %q", c.Source)
		}
		c.voice, c.published = w.voices[source.publisher], source.published
	}
	return nil
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// AnyFact is whatever was chosen from claims.
type AnyFact interface{ IsFact() }

// AnyClaim is a claim on any kind of fact.
type AnyClaim interface{ IsClaim() }
