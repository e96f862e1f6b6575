// Package hand answers the bench's questions without GraphQL: net/http, SQL written for
// each answer, structs and encoding/json. It is what a server that does nothing else
// would be, and what Readout is measured against. Its answers are those of the queries
// in ../queries, letter by letter. It may know SQL, since it stands in for a program of
// its own.
package hand

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"unicode/utf8"

	"readout/db"
)

// Open opens a release as package db does.
func Open(path string) (*sql.DB, error) {
	handle := sql.OpenDB(connector("file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro&immutable=1&_query_only=1&_mutex=no&_stmt_cache_size=128&_cache_size=-16384"))
	handle.SetMaxOpenConns(max(4, runtime.GOMAXPROCS(0)))
	handle.SetMaxIdleConns(max(4, runtime.GOMAXPROCS(0)))
	return handle, handle.Ping()
}

// connector opens what it names by package db's driver, which knows how text search ranks.
type connector string

func (c connector) Connect(context.Context) (driver.Conn, error) { return db.SQLite().Open(string(c)) }
func (c connector) Driver() driver.Driver                        { return db.SQLite() }

type server struct{ db *sql.DB }

// Handler answers GET /meeting, /traversal, /pair, /page, /years and /text, each with its
// variables in the address.
func Handler(handle *sql.DB) http.Handler {
	s := server{handle}
	mux := http.NewServeMux()
	for path, answer := range map[string]func(context.Context, url.Values) (any, error){
		"/meeting": s.meeting, "/traversal": s.traversal, "/pair": s.pair, "/page": s.page, "/years": s.years, "/text": s.text,
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			data, err := answer(r.Context(), r.URL.Query())
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			body, err := json.Marshal(data)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.Write(body)
		})
	}
	return mux
}

// rows reads each row into the places that dest names.
func rows[T any](ctx context.Context, handle *sql.DB, dest func(*T) []any, query string, args ...any) ([]T, error) {
	found, err := handle.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	list := []T{}
	for found.Next() {
		var row T
		if err := found.Scan(dest(&row)...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, found.Err()
}

// enum is a word as the schema spells it.
func enum(word *string) *string {
	if word == nil {
		return nil
	}
	spelled := strings.ToUpper(strings.ReplaceAll(*word, "-", "_"))
	return &spelled
}

type value struct {
	Value string `json:"value"`
}

type edges[T any] struct {
	Edges []T `json:"edges"`
}

type nodes[T any] struct {
	Nodes []T `json:"nodes"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type participant struct {
	meeting int64
	Role    *string `json:"role"`
	Country struct {
		Code string `json:"code"`
		Name string `json:"name,omitempty"`
	} `json:"country"`
	Node named `json:"node"`
}

type topic struct {
	Node struct {
		Typename string `json:"__typename"`
		named
	} `json:"node"`
}

type meeting struct {
	id           int64
	ID           string             `json:"id"`
	Title        string             `json:"title"`
	Kind         *string            `json:"kind"`
	StartsOn     value              `json:"startsOn"`
	Place        *string            `json:"place"`
	Summary      string             `json:"summary"`
	Participants edges[participant] `json:"participants"`
	Topics       edges[topic]       `json:"topics"`
}

// typenames are the kinds as the schema spells them.
var typenames = map[string]string{"issue": "Issue", "corridor": "Corridor", "organization": "Organization", "country": "Country"}

func (s server) meeting(ctx context.Context, v url.Values) (any, error) {
	found, err := rows(ctx, s.db, func(m *meeting) []any {
		return []any{&m.id, &m.ID, &m.Title, &m.Kind, &m.StartsOn.Value, &m.Place, &m.Summary}
	}, `
		select m.id, 'meeting:' || m.slug, e.name, m.kind, m.starts_on, m.place, m.summary
		from entity e join meeting m on m.id = e.id
		where e.kind = 'meeting' and e.slug = ?`, v.Get("slug"))
	if err != nil || len(found) == 0 {
		return map[string]any{"meeting": nil}, err
	}
	m := &found[0]
	m.Kind = enum(m.Kind)
	m.Participants.Edges, err = rows(ctx, s.db, func(p *participant) []any {
		return []any{&p.Role, &p.Country.Code, &p.Country.Name, &p.Node.ID, &p.Node.Name}
	}, `
		select p.role, c.slug, c.name, 'official:' || o.slug, o.name
		from participation p join entity o on o.id = p.official join entity c on c.id = p.country
		where p.meeting = ?
		order by o.sort_key, o.slug
		limit 20`, m.id)
	if err != nil {
		return nil, err
	}
	for i := range m.Participants.Edges {
		m.Participants.Edges[i].Role = enum(m.Participants.Edges[i].Role)
	}
	m.Topics.Edges, err = rows(ctx, s.db, func(t *topic) []any { return []any{&t.Node.Typename, &t.Node.ID, &t.Node.Name} }, `
		select e.kind, e.kind || ':' || e.slug, e.name
		from topic t join entity e on e.id = t.entity
		where t.meeting = ?
		order by case e.kind when 'issue' then 0 when 'corridor' then 1 when 'organization' then 2 else 3 end, e.sort_key, e.slug
		limit 20`, m.id)
	for i := range m.Topics.Edges {
		m.Topics.Edges[i].Node.Typename = typenames[m.Topics.Edges[i].Node.Typename]
	}
	return map[string]any{"meeting": m}, err
}

type tenure struct {
	country  int64
	Title    string `json:"title"`
	Official named  `json:"official"`
}

type member struct {
	country int64
	Role    *string `json:"role"`
	Node    struct {
		Code    string        `json:"code"`
		Name    string        `json:"name"`
		Tenures nodes[tenure] `json:"tenures"`
	} `json:"node"`
}

type corridor struct {
	id      int64
	Name    string        `json:"name"`
	Members edges[member] `json:"members"`
}

type traversal struct {
	id     int64
	Title  string          `json:"title"`
	Topics nodes[corridor] `json:"topics"`
}

func (s server) traversal(ctx context.Context, v url.Values) (any, error) {
	found, err := rows(ctx, s.db, func(m *traversal) []any { return []any{&m.id, &m.Title} },
		`select id, name from entity where kind = 'meeting' and slug = ?`, v.Get("slug"))
	if err != nil || len(found) == 0 {
		return map[string]any{"meeting": nil}, err
	}
	m := &found[0]
	m.Topics.Nodes, err = rows(ctx, s.db, func(k *corridor) []any { return []any{&k.id, &k.Name} }, `
		select e.id, e.name from topic t join entity e on e.id = t.entity
		where t.meeting = ? and e.kind = 'corridor'
		order by e.sort_key, e.slug
		limit 20`, m.id)
	if err != nil {
		return nil, err
	}
	for i := range m.Topics.Nodes {
		if m.Topics.Nodes[i].Members.Edges, err = s.members(ctx, m.Topics.Nodes[i].id); err != nil {
			return nil, err
		}
	}
	return map[string]any{"meeting": m}, nil
}

// members are those of a corridor, each with its first officials.
func (s server) members(ctx context.Context, corridor int64) ([]member, error) {
	members, err := rows(ctx, s.db, func(m *member) []any { return []any{&m.country, &m.Role, &m.Node.Code, &m.Node.Name} }, `
		select m.country, m.role, c.slug, c.name
		from membership m join entity c on c.id = m.country
		where m.body = ?
		order by case m.role when 'founder' then 0 when 'member' then 1 else 2 end, c.sort_key, c.slug, m.spell
		limit 20`, corridor)
	if err != nil {
		return nil, err
	}
	countries := make([]int64, len(members))
	for i := range members {
		members[i].Role = enum(members[i].Role)
		members[i].Node.Tenures.Nodes = []tenure{}
		countries[i] = members[i].country
	}
	list, err := json.Marshal(countries)
	if err != nil {
		return nil, err
	}
	tenures, err := rows(ctx, s.db, func(t *tenure) []any { return []any{&t.country, &t.Title, &t.Official.ID, &t.Official.Name} }, `
		select n.country, n.title, 'official:' || o.slug, o.name
		from json_each(?) c join tenure n on n.fact in (
			select t.fact from tenure t join entity e on e.id = t.official
			where t.country = c.value
			order by coalesce(t.since_earliest, '') desc, e.slug || '/' || t.title || printf('/%06d', t.spell) desc
			limit 5)
		join entity o on o.id = n.official
		order by c.key, n.since_earliest desc, o.slug || '/' || n.title || printf('/%06d', n.spell) desc`, string(list))
	for _, t := range tenures {
		for i := range members {
			if members[i].country == t.country {
				members[i].Node.Tenures.Nodes = append(members[i].Node.Tenures.Nodes, t)
			}
		}
	}
	return members, err
}

type listed struct {
	id           int64
	ID           string             `json:"id"`
	Title        string             `json:"title"`
	StartsOn     *value             `json:"startsOn,omitempty"`
	Participants edges[participant] `json:"participants"`
}

// participants gives each of some meetings its own.
func (s server) participants(ctx context.Context, list []listed) error {
	ids := make([]int64, len(list))
	at := make(map[int64]int, len(list))
	for i := range list {
		ids[i], at[list[i].id] = list[i].id, i
		list[i].Participants.Edges = []participant{}
	}
	wanted, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	found, err := rows(ctx, s.db, func(p *participant) []any {
		return []any{&p.meeting, &p.Role, &p.Country.Code, &p.Node.ID, &p.Node.Name}
	}, `
		select p.meeting, p.role, c.slug, 'official:' || o.slug, o.name
		from json_each(?) l join participation p on p.meeting = l.value
		join entity o on o.id = p.official join entity c on c.id = p.country
		order by p.meeting, o.sort_key, o.slug`, string(wanted))
	for _, p := range found {
		p.Role = enum(p.Role)
		to := &list[at[p.meeting]].Participants
		if len(to.Edges) < 20 {
			to.Edges = append(to.Edges, p)
		}
	}
	return err
}

func (s server) pair(ctx context.Context, v url.Values) (any, error) {
	list, err := rows(ctx, s.db, func(m *listed) []any {
		m.StartsOn = &value{}
		return []any{&m.id, &m.ID, &m.Title, &m.StartsOn.Value}
	}, `
		select m.id, 'meeting:' || m.slug, e.name, m.starts_on
		from mention n cross join meeting m on m.id = n.meeting join entity e on e.id = m.id
		where n.entity = (select id from entity where kind = 'country' and slug = ?) and n.took_part
			and exists (select 1 from participation where meeting = n.meeting and country = (select id from entity where kind = 'country' and slug = ?))
		order by n.ordinal desc
		limit 50`, v.Get("a"), v.Get("b"))
	if err == nil {
		err = s.participants(ctx, list)
	}
	return map[string]any{"meetings": nodes[listed]{list}}, err
}

type row struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Kind     *string `json:"kind"`
	StartsOn value   `json:"startsOn"`
	Place    *string `json:"place"`
}

type page struct {
	PageInfo struct {
		HasNextPage bool `json:"hasNextPage"`
	} `json:"pageInfo"`
	nodes[row]
}

func (s server) page(ctx context.Context, v url.Values) (any, error) {
	const size = 50
	kind := strings.ToLower(strings.ReplaceAll(v.Get("kind"), "_", "-"))
	args := []any{v.Get("country"), kind}
	after := ""
	if v.Has("after") {
		after = `and n.ordinal < (select ordinal from meeting where slug = ?)`
		args = append(args, v.Get("after"))
	}
	list, err := rows(ctx, s.db, func(r *row) []any { return []any{&r.ID, &r.Title, &r.Kind, &r.StartsOn.Value, &r.Place} }, `
		select 'meeting:' || m.slug, e.name, m.kind, m.starts_on, m.place
		from mention n cross join meeting m on m.id = n.meeting join entity e on e.id = m.id
		where n.entity = (select id from entity where kind = 'country' and slug = ?) and n.took_part and m.kind = ? `+after+`
		order by n.ordinal desc
		limit 51`, args...)
	var p page
	p.PageInfo.HasNextPage = len(list) > size
	p.Nodes = list[:min(size, len(list))]
	for i := range p.Nodes {
		p.Nodes[i].Kind = enum(p.Nodes[i].Kind)
	}
	return map[string]any{"meetings": p}, err
}

type year struct {
	Year  string `json:"year"`
	Count int    `json:"count"`
}

type years struct {
	Facets struct {
		Years []year `json:"years"`
	} `json:"facets"`
}

func (s server) years(ctx context.Context, v url.Values) (any, error) {
	var y years
	var err error
	y.Facets.Years, err = rows(ctx, s.db, func(y *year) []any { return []any{&y.Year, &y.Count} }, `
		select word, n from tally
		where list = 'attended' and parent = (select id from entity where kind = 'country' and slug = ?) and dimension = 'year'
		order by word`, v.Get("country"))
	return map[string]any{"meetings": y}, err
}

func (s server) text(ctx context.Context, v url.Values) (any, error) {
	list, err := rows(ctx, s.db, func(m *listed) []any { return []any{&m.id, &m.ID, &m.Title} }, `
		with hit as (
			select d.entity, printf('%012.6f', relevance(matchinfo(prose, 'pcnalx'), true)) as relevance
			from prose cross join document d on d.id = prose.docid
			where prose match ? and d.entity in (select id from meeting)
			limit 10000)
		select e.id, 'meeting:' || e.slug, e.name
		from hit join entity e on e.id = hit.entity
		order by hit.relevance desc, e.slug desc
		limit 20`, match(v.Get("text")))
	if err == nil {
		err = s.participants(ctx, list)
	}
	return map[string]any{"meetings": nodes[listed]{list}}, err
}

// match is a text in the language of FTS4: its last word may go on.
func match(text string) string {
	words := strings.Fields(strings.ToLower(text))
	for i, word := range words {
		if i == len(words)-1 && utf8.RuneCountInString(word) > 3 {
			word += "*"
		}
		words[i] = `"` + word + `"`
	}
	return strings.Join(words, " ")
}
