package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
)

// Country is a state, by ISO 3166-1.
type Country struct {
	Entity
	Alpha2, Numeric                   string
	OfficialName                      string
	Region, Subregion                 string // UN M49
	CapitalName                       *string
	CapitalLatitude, CapitalLongitude *float64 // degrees, WGS 84
	WikidataID                        *string
}

// Capital is a seat of government.
type Capital struct {
	Name                string
	Latitude, Longitude *float64 // degrees, WGS 84; nil: not recorded
}

// IsTopic marks what a meeting can be about.
func (c *Country) IsTopic() {}

// Code returns the ISO 3166-1 alpha-3 code.
func (c *Country) Code() string { return c.Slug }

// Capital returns the seat of government, or nil when none was recorded.
func (c *Country) Capital() *Capital {
	if c.CapitalName == nil {
		return nil
	}
	return &Capital{*c.CapitalName, c.CapitalLatitude, c.CapitalLongitude}
}

const countryColumns = `e.id, e.kind, e.slug, e.name, c.alpha2, c.numeric, c.official_name, c.region, c.subregion,
	c.capital, c.capital_latitude, c.capital_longitude, c.wikidata`

func (c *Country) dest() []any {
	return []any{
		&c.id, &c.kind, &c.Slug, &c.Name, &c.Alpha2, &c.Numeric, &c.OfficialName, &c.Region, &c.Subregion,
		&c.CapitalName, &c.CapitalLatitude, &c.CapitalLongitude, &c.WikidataID,
	}
}

// countriesByID returns the countries that exist, keyed by id, without a statement.
func countriesByID(_ context.Context, s *Store, ids []int64) (map[int64]*Country, error) {
	return heldByID[*Country](s, ids), nil
}

// CountryFilter says which countries. All conditions must hold; nil: any. Empty: none.
type CountryFilter struct {
	And, Or []*CountryFilter
	Not     *CountryFilter
	EntityConditions
	Codes               []string
	Regions, Subregions []string
	MemberOf            []string       // IDs: belongs or belonged to one of these
	Meetings            *MeetingFilter // took part in, hosted, or was a topic of such a meeting
}

// conditions are f in SQL, on country c.
func (f *CountryFilter) conditions(s *Store, b *conditions) error {
	return cmp.Or(
		b.anyRegion("regions", "c.region", s.regions, f.Regions),
		b.anyRegion("subregions", "c.subregion", s.subregions, f.Subregions),
		b.anyCountry(s, "codes", "c.id in %s", f.Codes),
		b.anyID("memberOf", "c.id in (select country from membership where body in %s)", f.MemberOf, KindCorridor, KindOrganization),
		has(s, b, `c.id in (select n.country from participation n join meeting m on m.id = n.meeting where %s
			union all select m.host_country from meeting m where %s
			union all `+wasTopic+`)`, f.Meetings),
		b.entity("c.id", KindCountry, f.EntityConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// anyRegion asks that column is one of some regions, whatever their case. It fails with
// Invalid when one is not known.
func (b *conditions) anyRegion(field, column string, known map[string]string, asked []string) error {
	names := slices.Clone(asked)
	for i, name := range names {
		if names[i] = known[strings.ToLower(name)]; names[i] == "" {
			return Errorf(Invalid, "%s: %q is no region here. Give one of %s.", field, name, strings.Join(slices.Sorted(maps.Values(known)), ", "))
		}
	}
	b.anyOf(column, names)
	return nil
}

// Countries returns countries in an order: by "name", number of "meetings" or
// "relevance"; by name where it does not say.
func (s *Store) Countries(ctx context.Context, f CountryFilter, o Order, p Page) (*List[Country], error) {
	return entities(ctx, s, KindCountry, "c", countryColumns, (*Country).dest, &f, countryDimensions, f.Meetings, f.Text, o, p)
}

// CountryByCode returns the country with an ISO 3166-1 alpha-3, alpha-2 or numeric
// code in any case, or nil.
func (s *Store) CountryByCode(ctx context.Context, code string) (*Country, error) {
	id := s.countries[strings.ToUpper(code)]
	found, err := countriesByID(ctx, s, []int64{id})
	return found[id], err
}

// countryIDs are the keys of the countries with these codes. It fails with Invalid
// when there is no such code.
func (s *Store) countryIDs(field string, codes []string) ([]int64, error) {
	if codes == nil {
		return nil, nil
	}
	ids := []int64{}
	for _, code := range codes {
		id, known := s.countries[strings.ToUpper(code)]
		if !known {
			return nil, Errorf(Invalid, "%s: %q is no country code here. Give ISO 3166-1 alpha-3 (\"AZE\"), alpha-2 (\"AZ\") or numeric (\"031\").", field, code)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *Store) loadCountries(ctx context.Context) error {
	for _, e := range s.topics {
		c, is := e.(*Country)
		if !is {
			continue
		}
		s.countries[c.Slug], s.countries[c.Alpha2], s.countries[c.Numeric] = c.id, c.id, c.id
		s.regions[strings.ToLower(c.Region)] = c.Region
		s.subregions[strings.ToLower(c.Subregion)] = c.Subregion
	}
	type met struct {
		country int64
		times   int
	}
	counts, err := scan(ctx, s, func(m *met) []any { return []any{&m.country, &m.times} }, `
		select entity, took_part from mentions join country on id = entity`)
	for _, m := range counts {
		s.met[m.country] = m.times
	}
	return err
}

// NewCountry is a country to be written.
type NewCountry struct {
	Code, Alpha2, Numeric             string
	Name, OfficialName                string
	Aliases                           []string
	Region, Subregion                 string
	Capital                           *string
	CapitalLatitude, CapitalLongitude *float64
	Wikidata                          *string
}

// AddCountry writes a country. Its sources follow with AddEntitySource, since
// sources name countries.
func (w *Writer) AddCountry(c NewCountry) error {
	id, err := w.addEntity(KindCountry, c.Code, c.Name, c.Aliases, c.OfficialName)
	if err != nil {
		return err
	}
	return w.exec(`
		insert into country (id, alpha2, numeric, official_name, region, subregion, capital, capital_latitude, capital_longitude, wikidata)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id, c.Alpha2, c.Numeric, c.OfficialName, c.Region, c.Subregion, c.Capital, c.CapitalLatitude, c.CapitalLongitude, c.Wikidata)
}
