package seeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"readout/db"
)

// Load makes the file at path the release of a package. When it is that already, it
// is left alone and built is false. Otherwise a new file replaces it whole; when
// that fails, with Problems or for another reason, the file is as it was.
func Load(ctx context.Context, fsys fs.FS, path string) (built bool, err error) {
	store, built, err := Open(ctx, fsys, path)
	if store != nil {
		err = errors.Join(err, store.Close())
	}
	return built, err
}

// Open is Load, and opens the file. When the load fails, store is the last good release
// if one is there, and nil otherwise.
func Open(ctx context.Context, fsys fs.FS, path string) (store *db.Store, built bool, err error) {
	// No lock is needed to find that all is well.
	there, unusable := db.Open(ctx, path)
	if errors.Is(unusable, fs.ErrNotExist) {
		unusable = nil
	}
	if there != nil {
		if hash := hashOf(fsys); hash != "" && hash == there.Release().Hash { // what it was built from was sound
			return there, false, nil
		}
	}
	p, err := checked(fsys)
	if err == nil {
		if unusable != nil && ctx.Err() == nil {
			slog.Warn("building the release anew", "reason", unusable)
		}
		built, err = p.build(ctx, path)
	}
	switch {
	case err == nil:
		if there != nil {
			there.Close()
		}
		store, err = db.Open(ctx, path)
		return store, built, err
	case unusable != nil && !errors.Is(err, ctx.Err()):
		err = fmt.Errorf("%w; and it cannot be built anew: %w", unusable, err)
	}
	return there, false, err
}

// build makes a release of the package at path.
func (p *Package) build(ctx context.Context, path string) (built bool, err error) {
	far := follow()
	defer far.end()
	return db.Build(ctx, path, p.Release, func(w *db.Writer) error {
		w.Begin, w.Done = far.begin, far.add
		err := p.write(w, far)
		debug.FreeOSMemory() // the rows of the package are not needed any more, and much is written yet
		return err
	})
}

// checked is Check, which says that it is at work when it takes longer than a second.
func checked(fsys fs.FS) (*Package, error) {
	far := follow()
	defer far.end()
	far.begin("checking the package", 0)
	return Check(fsys)
}

// write writes all rows: what is referred to before what refers to it. Rows that are
// written are forgotten, unless the package is kept.
func (p *Package) write(w *db.Writer, far *progress) error {
	rows := 0
	for _, t := range p.tables {
		rows += len(t.rows)
	}
	far.begin("writing rows", rows)
	for _, part := range []struct {
		name  string
		write func(*db.Writer, fact) error
	}{
		{"countries", writeCountry},
		{"publishers", writePublisher},
		{"sources", writeSource},
		{"countries", writeCountrySource},
		{"officials", writeOfficial},
		{"organizations", writeOrganization},
		{"corridors", writeCorridor},
		{"issues", writeIssue},
		{"aliases", writeAlias},
		{"meetings", writeMeeting},
		{"meeting_sources", writeMeetingSources},
		{"tenures", writeTenure},
		{"organization_members", writeMembership(db.KindOrganization)},
		{"corridor_members", writeMembership(db.KindCorridor)},
		{"stops", writeStop},
		{"legs", writeLeg},
		{"issue_corridors", writeConcern},
		{"issue_parties", writeParty},
		{"participants", writeParticipation},
		{"topics", writeTopic},
		{"statements", writeStatement},
		{"meeting_claims", writeProperty(db.KindMeeting)},
		{"corridor_claims", writeProperty(db.KindCorridor)},
		{"organization_claims", writeProperty(db.KindOrganization)},
		{"issue_claims", writeProperty(db.KindIssue)},
	} {
		t := p.table(part.name)
		if err := t.each(w, far, part.write); err != nil {
			return err
		}
		if part.name == "sources" { // all that it takes to say what claims resolve to
			if err := p.resolve(w); err != nil {
				return err
			}
		}
		if !p.kept && part.name != "countries" { // they are read twice
			*t = table{tableLaw: t.tableLaw, file: t.file}
		}
	}
	return nil
}

// each writes the facts of a table, by key; those whose order in the file means
// something in that order: stops and legs as one travels, names as they are shown.
func (t *table) each(w *db.Writer, far *progress, write func(*db.Writer, fact) error) error {
	facts := t.runs(t.fact)
	if t.column("position") >= 0 || t.name == "aliases" {
		facts = slices.Values(slices.SortedFunc(facts, func(a, b []int32) int {
			return cmp.Compare(slices.Min(a), slices.Min(b))
		}))
	}
	for rows := range facts {
		if err := write(w, fact{t, rows}); err != nil {
			return fmt.Errorf("%s:%d: %w", t.file, t.rows[rows[0]].line, err)
		}
		far.add(len(rows))
	}
	return nil
}

// resolve reports the values that are not what the claims about them resolve to.
func (p *Package) resolve(w *db.Writer) error {
	var problems Problems
	for _, t := range p.tables {
		if t.column("property") < 0 {
			continue
		}
		for rows := range t.runs(t.fact) {
			claims := fact{t, rows}
			property := claims.text("property")
			entity, c := p.shown(t, property)
			if entity == nil {
				continue
			}
			i := entity.keyed[t.value(rows[0], t.key[0])]
			value, err := w.Resolve(isDate(property), claims.claims())
			if err != nil {
				return err
			}
			if shown := entity.value(i, c); value != shown {
				problems = append(problems, Problem{
					entity.file, int(entity.rows[i].line), entity.Fields[c].Name, shown,
					fmt.Sprintf("the claims from line %d of %s resolve to %q; want the same here", t.rows[rows[0]].line, t.file, value),
				})
			}
		}
	}
	if problems != nil {
		return inOrder(problems, p.tables)
	}
	return nil
}

// fact is the rows on one fact. What they share is read from the first.
type fact struct {
	*table
	at []int32
}

// text returns the value of a column; "" when it is blank, or there is no such column.
func (f fact) text(column string) string { return f.cell(f.at[0], column) }

// optional returns the value of a column, or nil when it is blank.
func (f fact) optional(column string) *string { return optional(f.text(column)) }

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (f fact) date(column string) db.Date { return db.Date(f.text(column)) }

func (f fact) list(column string) []string {
	if f.text(column) == "" {
		return nil
	}
	return strings.Split(f.text(column), f.Fields[f.column(column)].Delimiter)
}

func (f fact) integer(column string) int {
	n, _ := strconv.Atoi(f.text(column)) // checked
	return n
}

// number returns the value of a column, or nil when it is blank.
func (f fact) number(column string) *float64 {
	n, err := strconv.ParseFloat(f.text(column), 64)
	if err != nil {
		return nil // blank, since it was checked
	}
	return &n
}

// subject returns which of the columns for subjects is given.
func (f fact) subject() (kind, slug string) {
	for _, kind := range subjects {
		if slug := f.text(kind); slug != "" {
			return kind, slug // the columns are called as the kinds are
		}
	}
	return "", ""
}

// claims are the rows as claims. A table without stances only asserts. A leg has a
// mode for a role and a status for a value.
func (f fact) claims() []db.NewClaim {
	claims := make([]db.NewClaim, len(f.at))
	for n, i := range f.at {
		claims[n] = db.NewClaim{
			Source:    f.cell(i, "source"),
			Stance:    cmp.Or(f.cell(i, "stance"), "asserts"),
			Preferred: f.cell(i, "preferred") == "true",
			Role:      cmp.Or(f.cell(i, "role"), f.cell(i, "mode")),
			Value:     cmp.Or(f.cell(i, "value"), f.cell(i, "status")),
			Since:     db.Date(f.cell(i, "since")),
			Until:     db.Date(f.cell(i, "until")),
			Note:      optional(f.cell(i, "note")),
		}
	}
	return claims
}

func writeCountry(w *db.Writer, f fact) error {
	return w.AddCountry(db.NewCountry{
		Code: f.text("country"), Alpha2: f.text("alpha2"), Numeric: f.text("numeric"),
		Name: f.text("name"), OfficialName: f.text("official_name"), Aliases: f.list("aliases"),
		Region: f.text("region"), Subregion: f.text("subregion"),
		Capital: f.optional("capital"), CapitalLatitude: f.number("capital_latitude"), CapitalLongitude: f.number("capital_longitude"),
		Wikidata: f.optional("wikidata"),
	})
}

func writeCountrySource(w *db.Writer, f fact) error {
	return w.AddEntitySource(db.KindCountry, f.text("country"), f.text("source"))
}

func writePublisher(w *db.Writer, f fact) error {
	return w.AddPublisher(db.NewPublisher{
		Slug: f.text("publisher"), Name: f.text("name"),
		Voice: f.text("voice"), Country: f.text("country"), Note: f.optional("note"),
	})
}

func writeSource(w *db.Writer, f fact) error {
	return w.AddSource(db.NewSource{
		Slug: f.text("source"), Publisher: f.text("publisher"), Title: f.text("title"),
		PublishedOn: f.date("published_on"), URL: f.text("url"), Language: f.text("language"),
	})
}

func writeOfficial(w *db.Writer, f fact) error {
	return w.AddOfficial(f.text("official"), f.text("name"), f.list("aliases"), f.optional("note"))
}

func writeOrganization(w *db.Writer, f fact) error {
	return w.AddOrganization(db.NewOrganization{
		Slug: f.text("organization"), Name: f.text("name"), Abbreviation: f.optional("abbreviation"), Aliases: f.list("aliases"),
		FoundedOn: f.date("founded_on"), Headquarters: f.optional("headquarters"), Summary: f.text("summary"), Source: f.text("source"),
	})
}

func writeCorridor(w *db.Writer, f fact) error {
	return w.AddCorridor(db.NewCorridor{
		Slug: f.text("corridor"), Name: f.text("name"), Abbreviation: f.optional("abbreviation"), Aliases: f.list("aliases"),
		Modes: f.list("modes"), AgreedOn: f.date("agreed_on"), Summary: f.text("summary"), Source: f.text("source"),
	})
}

func writeIssue(w *db.Writer, f fact) error {
	return w.AddIssue(db.NewIssue{
		Slug: f.text("issue"), Kind: f.text("kind"), Title: f.text("title"), Summary: f.text("summary"), Source: f.text("source"),
	})
}

func writeAlias(w *db.Writer, f fact) error {
	return w.AddAlias(f.text("kind"), f.text("slug"), f.text("alias"), f.text("source"))
}

func writeMeeting(w *db.Writer, f fact) error {
	return w.AddMeeting(db.NewMeeting{
		Slug: f.text("meeting"), Kind: f.text("kind"), Title: f.text("title"), Summary: f.text("summary"),
		StartsOn: f.date("starts_on"), EndsOn: f.date("ends_on"),
		Place: f.optional("place"), HostCountry: f.text("host_country"), Note: f.optional("note"),
	})
}

func writeMeetingSources(w *db.Writer, f fact) error {
	for _, i := range f.at {
		if err := w.AddEntitySource(db.KindMeeting, f.text("meeting"), f.cell(i, "source")); err != nil {
			return err
		}
	}
	return nil
}

func writeTenure(w *db.Writer, f fact) error {
	return w.AddTenure(f.text("official"), f.text("country"), f.text("title"), f.integer("spell"), f.claims())
}

func writeMembership(kind string) func(*db.Writer, fact) error {
	return func(w *db.Writer, f fact) error {
		return w.AddMembership(kind, f.text(kind), f.text("country"), f.integer("spell"), f.claims())
	}
}

func writeStop(w *db.Writer, f fact) error {
	return w.AddStop(db.NewStop{
		Corridor: f.text("corridor"), Branch: f.text("branch"), Position: f.integer("position"),
		Place: f.text("place"), Country: f.text("country"), Latitude: f.number("latitude"), Longitude: f.number("longitude"),
	}, f.claims())
}

func writeLeg(w *db.Writer, f fact) error {
	return w.AddLeg(f.text("corridor"), f.text("branch"), f.integer("position"), f.claims())
}

func writeConcern(w *db.Writer, f fact) error {
	return w.AddConcern(f.text("issue"), f.text("corridor"), f.claims())
}

func writeParty(w *db.Writer, f fact) error {
	return w.AddParty(f.text("issue"), f.text("country"), f.claims())
}

// writeParticipation writes a row without a source as a part that rests on the
// sources of its meeting.
func writeParticipation(w *db.Writer, f fact) error {
	claims := f.claims()
	if f.text("source") == "" {
		claims = nil
	}
	return w.AddParticipation(f.text("meeting"), f.text("official"), f.text("country"), f.text("role"), claims)
}

func writeTopic(w *db.Writer, f fact) error {
	kind, slug := f.subject()
	return w.AddTopic(f.text("meeting"), kind, slug, f.claims())
}

func writeStatement(w *db.Writer, f fact) error {
	kind, slug := f.subject()
	return w.AddStatement(db.NewStatement{
		Slug: f.text("statement"), Official: f.text("official"), Meeting: f.text("meeting"),
		TopicKind: kind, TopicSlug: slug,
		StatedOn: f.date("stated_on"), Paraphrase: f.text("paraphrase"), Source: f.text("source"),
	})
}

func writeProperty(kind string) func(*db.Writer, fact) error {
	return func(w *db.Writer, f fact) error {
		property := f.text("property")
		return w.AddProperty(kind, f.text(kind), property, isDate(property), f.claims())
	}
}
