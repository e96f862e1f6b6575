// Package wire holds what the schema adds to the rows of package db: Relay's
// connections with their cursors, and how enum words and dates are written.
package wire

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"readout/db"
)

// Connection is a page of a list in the form of Relay's specification
// (https://relay.dev/graphql/connections.htm), with the nodes beside the edges.
type Connection[E, N any] struct {
	PageInfo *PageInfo
	edges    func() []*E
	nodes    func(context.Context) ([]N, error)
	total    func(context.Context) (int, error)
	coverage func(context.Context) (*db.Coverage, error)
}

// Coverage returns what was looked at for the list. It costs a statement.
func (c *Connection[E, N]) Coverage(ctx context.Context) (*db.Coverage, error) {
	return c.coverage(ctx)
}

// Edges returns the entries of the page.
func (c *Connection[E, N]) Edges() []*E { return c.edges() }

// Nodes returns the nodes of the edges.
func (c *Connection[E, N]) Nodes(ctx context.Context) ([]N, error) { return c.nodes(ctx) }

// TotalCount returns how many entries the whole list has. It costs a statement.
func (c *Connection[E, N]) TotalCount(ctx context.Context) (int, error) { return c.total(ctx) }

// Faceted is a Connection whose entries are counted by what they have.
type Faceted[R any] struct {
	*Connection[Edge[*R], *R]
	facets *db.Facets
}

// Facets counts the whole list by what its entries have.
func (f *Faceted[R]) Facets() *db.Facets { return f.facets }

// Timeline counts the whole list by time. It costs a statement.
func (f *Faceted[R]) Timeline(ctx context.Context, by string) (*db.Timeline, error) {
	return f.facets.Timeline(ctx, by)
}

// PageInfo says where a page stands in its list.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	start, end                   *Place // nil: an empty page
}

// StartCursor returns the cursor of the first edge, or nil where there is none.
func (p *PageInfo) StartCursor() *string { return p.start.pointer() }

// EndCursor returns the cursor of the last edge, or nil where there is none.
func (p *PageInfo) EndCursor() *string { return p.end.pointer() }

// Place is where an entry stands in its list.
type Place struct {
	list *List
	at   db.Position
}

// Cursor writes the place, after the mark of its list.
func (p Place) Cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.list.mark() + "\x00" + p.at.Key + "\x00" + p.at.Tie))
}

func (p *Place) pointer() *string {
	if p == nil {
		return nil
	}
	cursor := p.Cursor()
	return &cursor
}

// Edge is an entry that says nothing but what it leads to.
type Edge[N any] struct {
	Place
	Node N
}

// The edges that are facts.
type (
	// MemberEdge is a country's place in a corridor or organization.
	MemberEdge struct {
		Place
		*db.Membership
	}
	// MembershipEdge is the same seen from the country.
	MembershipEdge struct {
		Place
		*db.Membership
	}
	// ParticipantEdge is someone's part in a meeting.
	ParticipantEdge struct {
		Place
		*db.Participation
	}
	// TopicEdge is what a meeting was about.
	TopicEdge struct {
		Place
		*db.About
	}
	// PartyEdge is a country's part in an issue.
	PartyEdge struct {
		Place
		*db.Party
	}
	// CountryIssueEdge is the same seen from the country.
	CountryIssueEdge struct {
		Place
		*db.Party
	}
	// CorridorIssueEdge is an issue that touches a corridor.
	CorridorIssueEdge struct {
		Place
		*db.Concern
	}
	// IssueCorridorEdge is the same seen from the issue.
	IssueCorridorEdge struct {
		Place
		*db.Concern
	}
)

// SearchEdge is something that a search found.
type SearchEdge struct {
	Place
	*db.Hit
}

// SearchConnection is a page of what a search found, with how much of each kind.
type SearchConnection struct {
	*Connection[SearchEdge, db.Node]
	Kinds []*db.Count
}

// The connections of the schema.
type (
	SourceConnection        = Faceted[db.Source]
	CountryConnection       = Faceted[db.Country]
	OfficialConnection      = Faceted[db.Official]
	TenureConnection        = Faceted[db.Tenure]
	OrganizationConnection  = Faceted[db.Organization]
	CorridorConnection      = Faceted[db.Corridor]
	IssueConnection         = Faceted[db.Issue]
	MeetingConnection       = Faceted[db.Meeting]
	StatementConnection     = Faceted[db.Statement]
	DisputeConnection       = Faceted[db.Dispute]
	StopConnection          = Faceted[db.Stop]
	MemberConnection        = Connection[MemberEdge, *db.Country]
	MembershipConnection    = Connection[MembershipEdge, db.Body]
	ParticipantConnection   = Connection[ParticipantEdge, *db.Official]
	TopicConnection         = Connection[TopicEdge, db.Topic]
	PartyConnection         = Connection[PartyEdge, *db.Country]
	CountryIssueConnection  = Connection[CountryIssueEdge, *db.Issue]
	CorridorIssueConnection = Connection[CorridorIssueEdge, *db.Issue]
	IssueCorridorConnection = Connection[IssueCorridorEdge, *db.Corridor]
)

// The edges of entries that say nothing but what they lead to.
type (
	SourceEdge       = Edge[*db.Source]
	CountryEdge      = Edge[*db.Country]
	OfficialEdge     = Edge[*db.Official]
	TenureEdge       = Edge[*db.Tenure]
	OrganizationEdge = Edge[*db.Organization]
	CorridorEdge     = Edge[*db.Corridor]
	IssueEdge        = Edge[*db.Issue]
	MeetingEdge      = Edge[*db.Meeting]
	StatementEdge    = Edge[*db.Statement]
	DisputeEdge      = Edge[*db.Dispute]
	StopEdge         = Edge[*db.Stop]
)

// Ask is what a client says about the page that it wants. Nil: nothing.
type Ask struct {
	first, last   *int
	after, before *string
}

// Window is an Ask from the arguments of a field, in the order of the schema.
func Window(first *int, after *string, last *int, before *string) Ask {
	return Ask{first: first, after: after, last: last, before: before}
}

// The sizes of a page.
const (
	DefaultPage = 20
	MaxPage     = 100
)

// List names a list by what it holds and what it was filtered and ordered by, so
// that a cursor of another list is told from its own.
type List struct {
	what string
	by   []any
	once sync.Once
	made string
}

// ListOf returns the name of a list.
func ListOf(what string, by ...any) *List { return &List{what: what, by: by} }

// mark is the name in short, made when the first cursor wants it. What a filter leaves
// out does not count, so that cursors outlive a schema that has gained a condition.
func (l *List) mark() string {
	l.once.Do(func() {
		description, err := json.Marshal(l.by)
		if err != nil {
			panic(err) // filters and orders are plain data
		}
		sum := sha256.Sum256(append([]byte(l.what), absent.ReplaceAll(description, nil)...))
		l.made = base64.RawURLEncoding.EncodeToString(sum[:6])
	})
	return l.made
}

// absent is a field of an object that is null. A quote within a text is escaped, so
// no text looks like one.
var absent = regexp.MustCompile(`"\w+":null,?`)

// page checks what a client asks for. It fails with Invalid when a size is out of
// bounds or first and last come together, and with CursorMismatch when a cursor is
// not one of this list.
func (l *List) page(ask Ask) (db.Page, error) {
	page := db.Page{Limit: DefaultPage}
	if ask.first != nil && ask.last != nil {
		return page, db.Errorf(db.Invalid, "first and last: give one of them; together they have no clear meaning.")
	}
	for name, size := range map[string]*int{"first": ask.first, "last": ask.last} {
		if size == nil {
			continue
		}
		if *size < 0 || *size > MaxPage {
			return page, db.Errorf(db.Invalid, "%s: %d is out of bounds. Ask for 0 to %d and follow pageInfo for more.", name, *size, MaxPage)
		}
		page.Limit, page.Backward = *size, name == "last"
	}
	var err error
	if page.After, err = l.position("after", ask.after); err != nil {
		return page, err
	}
	page.Before, err = l.position("before", ask.before)
	return page, err
}

func (l *List) position(name string, cursor *string) (*db.Position, error) {
	if cursor == nil {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(*cursor)
	parts := strings.Split(string(text), "\x00")
	if err != nil || len(parts) != 3 {
		return nil, db.Errorf(db.Invalid, "%s: this is no cursor. Take one from pageInfo or an edge.", name)
	}
	if parts[0] != l.mark() {
		return nil, db.Errorf(db.CursorMismatch, "%s: this cursor belongs to another list, filter or order. Take one from this list.", name)
	}
	return &db.Position{Key: parts[1], Tie: parts[2]}, nil
}

// Connect fetches the page that a client asks for. Edge makes an edge of a row;
// node follows it.
func Connect[R, E, N any](l *List, ask Ask, fetch func(db.Page) (*db.List[R], error),
	edge func(Place, *R) *E, node func(*R, context.Context) (N, error),
) (*Connection[E, N], error) {
	page, err := l.page(ask)
	if err != nil {
		return nil, err
	}
	list, err := fetch(page)
	if err != nil {
		return nil, err
	}
	c := &Connection[E, N]{
		PageInfo: &PageInfo{HasNextPage: list.HasNext, HasPreviousPage: list.HasPrevious},
		total:    list.Count,
		coverage: list.Coverage,
		edges: func() []*E {
			edges := make([]*E, len(list.Items))
			for i, item := range list.Items {
				edges[i] = edge(Place{l, item.Position}, item.Row)
			}
			return edges
		},
		nodes: func(ctx context.Context) ([]N, error) {
			nodes := make([]N, len(list.Items))
			for i, item := range list.Items {
				var err error
				if nodes[i], err = node(item.Row, ctx); err != nil {
					return nil, err
				}
			}
			return nodes, nil
		},
	}
	if n := len(list.Items); n > 0 {
		c.PageInfo.start, c.PageInfo.end = &Place{l, list.Items[0].Position}, &Place{l, list.Items[n-1].Position}
	}
	return c, nil
}

// Plain is Connect for a list whose rows are the nodes.
func Plain[R any](l *List, ask Ask, fetch func(db.Page) (*db.List[R], error)) (*Faceted[R], error) {
	var facets *db.Facets
	connection, err := Connect(l, ask,
		func(p db.Page) (*db.List[R], error) {
			list, err := fetch(p)
			if err == nil {
				facets = &list.Facets
			}
			return list, err
		},
		func(at Place, row *R) *Edge[*R] { return &Edge[*R]{at, row} },
		func(row *R, _ context.Context) (*R, error) { return row, nil })
	return &Faceted[R]{connection, facets}, err
}
