package db

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// Dispute is a fact on which sources disagree.
type Dispute struct {
	Fact
	Slug     string // unique and stable: "membership/corridor/instc/BGR/1"
	Kind     string // of fact
	About    string // the fact in words
	day      string // "": no source is dated
	involved []int64
}

// LatestClaimOn returns when the latest of its claims was published, or nil when no
// source is dated.
func (d *Dispute) LatestClaimOn() *Date { return Date(d.day).orNil() }

// Entities returns what the fact relates.
func (d *Dispute) Entities(ctx context.Context) ([]AnyEntity, error) {
	found, err := shared(d.cohort, relation{name: "entities"}, func() (map[int64]AnyEntity, error) {
		seen := map[int64]bool{}
		var ids []int64
		for _, sibling := range d.cohort.rows {
			for _, id := range sibling.(*Dispute).involved {
				if !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
		}
		return entitiesByID(ctx, d.cohort.store, ids)
	})
	list := make([]AnyEntity, 0, len(d.involved))
	for _, id := range d.involved {
		if e := found[id]; e != nil {
			list = append(list, e)
		}
	}
	return list, err
}

// Claims returns each source's version, as claims on its kind of fact.
func (d *Dispute) Claims(ctx context.Context) ([]AnyClaim, error) {
	claims, err := d.claims(ctx)
	return claimsOn(d.Kind, claims), err
}

// claimsOn shows claims as those on a kind of fact.
func claimsOn(kind string, claims []*Claim) []AnyClaim {
	list := make([]AnyClaim, len(claims))
	for i, c := range claims {
		switch kind {
		case "membership":
			list[i] = &MembershipClaim{c}
		case "tenure":
			list[i] = &TenureClaim{c}
		case "participation":
			list[i] = &ParticipationClaim{c}
		case "party":
			list[i] = &PartyClaim{c}
		case "leg":
			list[i] = &LegClaim{c}
		case "property":
			list[i] = &PropertyClaim{c}
		default:
			list[i] = &LinkClaim{c}
		}
	}
	return list
}

const disputeColumns = `d.fact, f.disputed, f.resolved_by, d.slug, f.kind, d.about, d.day,
	(select json_group_array(distinct entity) from involved i where i.fact = d.fact)`

func (d *Dispute) dest() []any {
	return []any{&d.id, &d.Disputed, &d.ResolvedBy, &d.Slug, &d.Kind, &d.About, &d.day, jsonColumn[int64]{&d.involved}}
}

// DisputeFilter says which disputes. All conditions must hold; nil: any. Empty: none.
type DisputeFilter struct {
	And, Or    []*DisputeFilter
	Not        *DisputeFilter
	Kinds      []string // of fact
	ResolvedBy []string
	Countries  []string // that relate at least one of these, or a meeting that it took part in, or a leg that begins in it
	Entities   []string // IDs: that relate at least one of these
	MinSources *int
	Text       *string // words of what it is about
}

// conditions are f in SQL, on dispute d and fact f.
func (f *DisputeFilter) conditions(s *Store, b *conditions) error {
	b.anyOf("f.kind", f.Kinds)
	b.anyOf("f.resolved_by", f.ResolvedBy)
	return cmp.Or(
		b.words("text", "d.about", f.Text),
		b.anyCountry(s, "countries", `d.fact in (
			select fact from involved where entity in %s
			union select i.fact from involved i join participation p on p.meeting = i.entity where p.country in %s
			union select l.fact from leg l join stop s on s.fact = l.stop where s.country in %s)`, f.Countries),
		b.anyID("entities", "d.fact in (select fact from involved where entity in %s)", f.Entities, Kinds...),
		b.sources(factSources, f.MinSources),
		logic(s, b, f.And, f.Or, f.Not))
}

// disputes is a list of those of from, newest claim first.
func (s *Store) disputes(first int, parent, from string, f *DisputeFilter) (listing[Dispute], error) {
	l := listing[Dispute]{
		parent: parent, id: "d.fact", key: "d.day", tie: "d.slug", columns: disputeColumns,
		from:       from,
		b:          conditions{first: first},
		desc:       true,
		dest:       (*Dispute).dest,
		dimensions: disputeDimensions,
	}
	return l, f.conditions(s, &l.b)
}

// Disputes returns the facts on which sources disagree, newest claim first.
func (s *Store) Disputes(ctx context.Context, f DisputeFilter, p Page) (*List[Dispute], error) {
	l, err := s.disputes(0, "", "dispute d join fact f on f.id = d.fact", &f)
	if err != nil {
		return nil, err
	}
	return root[Dispute](ctx, s, l, p)
}

// DisputesOf returns the disputed facts that relate an entity, newest claim first.
func DisputesOf(ctx context.Context, e AnyEntity, f DisputeFilter, p Page) (*List[Dispute], error) {
	return below[Dispute](ctx, e.entity(), e.entity().cohort, "disputes", p, func(s *Store) (listing[Dispute], error) {
		return s.disputes(1, "n.entity", "(select distinct entity, fact from involved) n join dispute d on d.fact = n.fact join fact f on f.id = d.fact", &f)
	}, &f)
}

// addDisputes puts every disputed fact into words, when all facts are written.
func (w *Writer) addDisputes() error {
	return w.exec(`
		insert into dispute (fact, slug, about, day)
		select d.fact, d.slug, upper(substr(d.about, 1, 1)) || substr(d.about, 2), coalesce((
			select max(s.published_on) from claim c join source s on s.id = c.source where c.fact = d.fact), '')
		from (
			select m.fact, 'membership/' || b.kind || '/' || b.slug || '/' || c.slug || '/' || m.spell as slug, c.name || ' in ' || b.name as about
			from membership m join entity b on b.id = m.body join entity c on c.id = m.country
			union all
			select t.fact, 'tenure/' || o.slug || '/' || c.slug || '/' || replace(t.title, ' ', '_') || '/' || t.spell, o.name || ' as ' || t.title || ', ' || c.name
			from tenure t join entity o on o.id = t.official join entity c on c.id = t.country
			union all
			select p.fact, 'participation/' || m.slug || '/' || o.slug, o.name || ' in “' || m.name || '”'
			from participation p join entity o on o.id = p.official join entity m on m.id = p.meeting
			union all
			select t.fact, 'topic/' || m.slug || '/' || e.kind || '/' || e.slug, e.name || ' as a topic of “' || m.name || '”'
			from topic t join entity e on e.id = t.entity join entity m on m.id = t.meeting
			union all
			select p.fact, 'party/' || i.slug || '/' || c.slug, c.name || ' in “' || i.name || '”'
			from party p join entity c on c.id = p.country join entity i on i.id = p.issue
			union all
			select n.fact, 'concern/' || i.slug || '/' || k.slug, '“' || i.name || '” on the ' || k.name
			from concern n join entity i on i.id = n.issue join entity k on k.id = n.corridor
			union all
			select s.fact, 'stop/' || k.slug || '/' || s.branch || '/' || s.position, s.place || ' on the ' || k.name
			from stop s join entity k on k.id = s.corridor
			union all
			select l.fact, 'leg/' || k.slug || '/' || s.branch || '/' || s.position, 'the leg from ' || s.place || ' on the ' || k.name
			from leg l join stop s on s.fact = l.stop join entity k on k.id = s.corridor
			union all
			select p.fact, 'property/' || e.kind || '/' || e.slug || '/' || p.name, 
				case p.name
					when 'starts-on' then 'start' when 'ends-on' then 'end' when 'agreed-on' then 'agreement' when 'founded-on' then 'founding'
					when 'opened-on' then 'opening' when 'in-force-on' then 'entry into force' when 'supply-starts-on' then 'start of supply'
					when 'length-km' then 'length' else replace(p.name, '-', ' ') end || ' of “' || e.name || '”'
			from property p join entity e on e.id = p.entity
		) d join fact f on f.id = d.fact
		where f.disputed`)
}

// entityRef is an ID in parts.
type entityRef struct{ Kind, Slug string }

// entityRefs selects the keys of entities whose refs are in a parameter.
const entityRefs = `select e.id from json_each(%s) r join entity e on e.kind = r.value ->> 'Kind' and e.slug = r.value ->> 'Slug'`

// parseIDs splits the IDs of a field; the days that they may carry do not matter. It
// fails with Invalid when one is of no kind that the field takes.
func parseIDs(field string, ids []string, kinds ...string) ([]entityRef, error) {
	refs := []entityRef{}
	for _, id := range ids {
		kind, slug, _, err := ParseID(id)
		if err != nil {
			return nil, Errorf(Invalid, "%s: %s", field, err)
		}
		if !slices.Contains(kinds, kind) {
			return nil, Errorf(Invalid, "%s: %q is of kind %q. Give ids of these kinds: %s.", field, id, kind, strings.Join(kinds, ", "))
		}
		refs = append(refs, entityRef{kind, slug})
	}
	return refs, nil
}

// Coverage is what was looked at: an empty answer says no more than that nothing was
// found in it.
type Coverage struct {
	Scope             string // in words
	Since, Until      *Date  // when the first and the last of its meetings were; nil: there is none
	Meetings, Sources int
	Publishers        int // that speak for themselves
	Languages         []*LanguageCount
	Years             []*YearCount
}

// LanguageCount is how many sources are in a language.
type LanguageCount struct {
	Language string // BCP 47
	Sources  int
}

// YearCount is how many sources were published in a year.
type YearCount struct {
	Year    *Date // nil: undated
	Sources int
}

// Coverage returns what was looked at: the whole record, or, given codes of
// countries, the meetings that at least one of them took part in, hosted or was a
// topic of, and their accounts.
func (s *Store) Coverage(ctx context.Context, codes []string) (*Coverage, error) {
	countries, err := s.countryIDs("countries", codes)
	if err != nil {
		return nil, err
	}
	if countries == nil {
		countries = []int64{}
	}
	var languages, years string
	var since, until Date
	list, err := scan(ctx, s, func(c *Coverage) []any {
		return []any{&c.Scope, &since, &until, &c.Meetings, &c.Sources, &c.Publishers, &languages, &years}
	}, `
		with asked as (select value as country from json_each($1)),
		scope as (
			select id from meeting where not exists (select 1 from asked)
			union select meeting from mention where entity in (select country from asked)),
		cited as (
			select s.id, s.language, s.published_earliest, h.voice
			from source s join publisher h on h.id = s.publisher
			where not exists (select 1 from asked)
			or s.id in (select source from entity_source where entity in (select id from scope)))
		select
			coalesce('Meetings of ' || (select group_concat(name, ' or ') from (
				select name from entity where id in (select country from asked) order by sort_key)), 'The whole record'),
			(select starts_on from meeting where id in (select id from scope) order by starts_earliest, starts_latest limit 1),
			(select coalesce(ends_on, starts_on) from meeting where id in (select id from scope)
				order by coalesce(ends_latest, starts_latest) desc, starts_earliest desc limit 1),
			(select count(*) from scope), (select count(*) from cited), (select count(distinct voice) from cited),
			(select json_group_array(json_object('Language', language, 'Sources', n)) from (
				select language, count(*) as n from cited group by language order by n desc, language)),
			(select json_group_array(json_object('Year', year, 'Sources', n)) from (
				select substr(published_earliest, 1, 4) as year, count(*) as n from cited group by year order by year is null, year))`,
		jsonList(countries))
	if err != nil {
		return nil, err
	}
	c := list[0]
	c.Since, c.Until = since.orNil(), until.orNil()
	if err := json.Unmarshal([]byte(languages), &c.Languages); err != nil {
		return nil, err
	}
	return c, json.Unmarshal([]byte(years), &c.Years)
}
