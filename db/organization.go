package db

import (
	"cmp"
	"context"
)

// Organization is an intergovernmental body or a standing format.
type Organization struct {
	Entity
	Abbreviation *string
	founded      Date
	Headquarters *string
	Summary      string
}

// IsTopic marks what a meeting can be about.
func (o *Organization) IsTopic() {}

// IsBody marks what a country can belong to.
func (o *Organization) IsBody() {}

// FoundedOn returns when it was founded, or nil when that was not recorded.
func (o *Organization) FoundedOn() *SourcedDate { return o.sourcedDate(o.founded, "founded-on") }

const organizationColumns = `e.id, e.kind, e.slug, e.name, g.abbreviation, g.founded_on, g.headquarters, g.summary`

func (o *Organization) dest() []any {
	return []any{&o.id, &o.kind, &o.Slug, &o.Name, &o.Abbreviation, &o.founded, &o.Headquarters, &o.Summary}
}

// OrganizationFilter says which organizations. All conditions must hold; nil: any. Empty: none.
type OrganizationFilter struct {
	And, Or []*OrganizationFilter
	Not     *OrganizationFilter
	EntityConditions
	BodyConditions
}

// conditions are f in SQL, on organization g.
func (f *OrganizationFilter) conditions(s *Store, b *conditions) error {
	return cmp.Or(
		b.body(s, "g.id", f.BodyConditions),
		b.entity("g.id", KindOrganization, f.EntityConditions),
		logic(s, b, f.And, f.Or, f.Not))
}

// Organizations returns organizations in an order: by "name", number of "meetings" or
// "relevance"; by name where it does not say.
func (s *Store) Organizations(ctx context.Context, f OrganizationFilter, o Order, p Page) (*List[Organization], error) {
	return entities(ctx, s, KindOrganization, "g", organizationColumns, (*Organization).dest, &f, bodyDimensions, f.Meetings, f.Text, o, p)
}

// NewOrganization is an organization to be written.
type NewOrganization struct {
	Slug, Name   string
	Abbreviation *string
	Aliases      []string
	FoundedOn    Date
	Headquarters *string
	Summary      string
	Source       string
}

// AddOrganization writes an organization.
func (w *Writer) AddOrganization(o NewOrganization) error {
	id, err := w.addEntity(KindOrganization, o.Slug, o.Name, o.Aliases, deref(o.Abbreviation), o.Source)
	if err != nil {
		return err
	}
	return w.exec(`insert into organization (id, abbreviation, founded_on, headquarters, summary) values ($1, $2, $3, $4, $5)`,
		id, o.Abbreviation, o.FoundedOn.orNull(), o.Headquarters, o.Summary)
}
