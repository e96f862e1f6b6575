package seeds_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"readout/db"
	"readout/seeds"
)

// load makes the file at path a release of files, and tells whether it was built.
func load(t *testing.T, files fs.FS, path string) bool {
	t.Helper()
	built, err := seeds.Load(t.Context(), files, path)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// open reads a release.
func open(t *testing.T, path string) *db.Store {
	t.Helper()
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSamePackageIsNotBuiltAgain(t *testing.T) {
	for name, files := range map[string]fs.FS{"small": small(t), "embedded": seeds.Embedded()} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "readout.db")
			if !load(t, files, path) {
				t.Fatal("the first load built nothing")
			}
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if load(t, files, path) {
				t.Error("the second load built a release")
			}
			if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("the file was replaced: %v", err)
			}
			p, err := seeds.Check(files)
			if err != nil {
				t.Fatal(err)
			}
			if got := open(t, path).Release(); got.Hash != p.Release.Hash || got.Name != p.Release.Name {
				t.Errorf("the file is release %+v, want %+v", got, p.Release)
			}
		})
	}
}

func TestChangedPackageReplacesTheReleaseWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	load(t, small(t), path)
	served := open(t, path) // as a server has it, which must not see the change

	for _, e := range []edit{
		{"officials.csv", "Jeyhun Bayramov,", "Ceyhun Əziz oğlu Bayramov,"},
		{"statements.csv", "\nst-2023-06-25-jeyhun-bayramov-6,", "\nst-2023-06-25-jeyhun-bayramov-7,"},
		{"datapackage.json", "1.0.0", "1.0.1"},
	} {
		files := small(t)
		e.apply(t, files)
		if !load(t, files, path) {
			t.Errorf("%s was changed, and nothing was built", e.file)
		}
	}
	nodes := func(store *db.Store, ids ...string) (known []bool) {
		list, err := store.Nodes(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			known = append(known, n != nil)
		}
		return known
	}
	replaced := open(t, path)
	if got := replaced.Release().Version; got != "1.0.1" {
		t.Errorf("version %q, want 1.0.1, the last that was loaded", got)
	}
	for _, store := range []*db.Store{served, replaced} { // the last package has the first one's rows
		if got := nodes(store, "statement:st-2023-06-25-jeyhun-bayramov-6", "statement:st-2023-06-25-jeyhun-bayramov-7"); !got[0] || got[1] {
			t.Errorf("statements 6 and 7 are there: %v; want true and false", got)
		}
	}
}

func TestRefusedPackageLeavesTheReleaseAsItWas(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "readout.db")
	load(t, small(t), path)
	before := contents(t, path)

	refused := map[string]edit{
		"a date that is not what its claims resolve to": {"meetings.csv", ",2023-06-25,", ",2023-06-26,"},
	}
	for _, m := range mistakes {
		refused[m.name] = m.edit
	}
	for name, e := range refused {
		t.Run(name, func(t *testing.T) {
			files := small(t)
			e.apply(t, files)
			built, err := seeds.Load(t.Context(), files, path)
			var problems seeds.Problems
			if built || !errors.As(err, &problems) {
				t.Errorf("got %v, %v; want Problems", built, err)
			}
			if !bytes.Equal(contents(t, path), before) {
				t.Error("the file has changed")
			}
		})
	}
	t.Run("a load that is interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if built, err := seeds.Load(ctx, seeds.Embedded(), path); built || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, %v; want %v", built, err, context.Canceled)
		}
		if !bytes.Equal(contents(t, path), before) {
			t.Error("the file has changed")
		}
	})
	left, err := filepath.Glob(filepath.Join(folder, "*.tmp*"))
	if err != nil || left != nil {
		t.Errorf("temporary files are left: %v %v", left, err)
	}
}

func TestDatesAreWhatTheirClaimsResolveTo(t *testing.T) {
	for _, c := range []struct {
		edit
		want string
	}{
		{edit{"meetings.csv", ",2023-06-25,", ",2023-06-26,"}, `meetings.csv:3: starts_on: "2023-06-26": the claims from line 2 of meeting_claims.csv resolve to "2023-06-25"; want the same here`},
		{edit{"corridors.csv", "2000-09-12", "2000-09"}, `corridors.csv:2: agreed_on: "2000-09": the claims from line 2 of corridor_claims.csv resolve to "2000-09-12"; want the same here`},
		{edit{"organization_claims.csv", "1985,asserts", ",omits"}, `organizations.csv:2: founded_on: "1985": the claims from line 2 of organization_claims.csv resolve to ""; want the same here`},
	} {
		files := small(t)
		c.apply(t, files)
		if _, err := seeds.Load(t.Context(), files, filepath.Join(t.TempDir(), "readout.db")); err == nil || err.Error() != c.want {
			t.Errorf("got\n%v\nwant\n%s", err, c.want)
		}
	}
}

func TestUnusableFileIsBuiltAnew(t *testing.T) {
	sound := filepath.Join(t.TempDir(), "sound.db")
	load(t, small(t), sound)
	release := contents(t, sound)
	write := func(text []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	change := func(statement string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			write(release)(t, path)
			handle, err := sql.Open("sqlite3", path)
			if err != nil {
				t.Fatal(err)
			}
			defer handle.Close()
			if _, err := handle.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(*testing.T, string)
	}{
		{"missing", func(*testing.T, string) {}},
		{"empty", write(nil)},
		{"garbage", write(bytes.Repeat([]byte("no database"), 1000))},
		{"truncated", write(release[:len(release)/2])},
		{"overwritten in the middle", write(bytes.Replace(release, release[len(release)/2:len(release)/2+8192], make([]byte, 8192), 1))},
		{"unfinished", change("pragma user_version = 0")},
		{"of an older schema", change("update release set value = 'older' where key = 'schema'")},
		{"without a hash", change("delete from release where key = 'hash'")},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "readout.db")
			c.spoil(t, path)
			if !load(t, small(t), path) {
				t.Error("nothing was built")
			}
			open(t, path)
			if load(t, small(t), path) {
				t.Error("it was built twice")
			}
		})
	}
}

func TestLoadIntoNoFolderFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if built, err := seeds.Load(t.Context(), small(t), filepath.Join(file, "readout.db")); built || err == nil {
		t.Errorf("got %v, %v; want an error", built, err)
	}
}

func TestSamePackageGivesTheSameBytes(t *testing.T) {
	for name, files := range map[string]fs.FS{"small": small(t), "embedded": seeds.Embedded()} {
		t.Run(name, func(t *testing.T) {
			var first []byte
			for range 3 {
				path := filepath.Join(t.TempDir(), "readout.db")
				load(t, files, path)
				if first == nil {
					first = contents(t, path)
				} else if !bytes.Equal(contents(t, path), first) {
					t.Fatal("two builds differ")
				}
			}
		})
	}
}

// The order of rows in a file is for its reader, except where it is that of travel.
func TestOrderOfRowsIsOfNoMatter(t *testing.T) {
	files := small(t)
	for name, file := range files {
		if lines := strings.SplitAfter(string(file.Data), "\n"); strings.HasSuffix(name, ".csv") && name != "stops.csv" && len(lines) > 3 {
			lines[1], lines[2] = lines[2], lines[1]
			files[name] = &fstest.MapFile{Data: []byte(strings.Join(lines, ""))}
		}
	}
	counts := func(files fs.FS) map[string]int {
		path := filepath.Join(t.TempDir(), "readout.db")
		load(t, files, path)
		return countsOf(t, open(t, path))
	}
	got, want := counts(files), counts(small(t))
	for kind := range want {
		if got[kind] != want[kind] {
			t.Errorf("%d of kind %s, want %d", got[kind], kind, want[kind])
		}
	}
}

// Names with a source follow those without, in the order of the file.
func TestAliasesKeepTheOrderOfTheFile(t *testing.T) {
	files := small(t)
	edit{"aliases.csv", "\nofficial", "\nofficial,jeyhun-bayramov,Ջեյհուն Բայրամով,minval-2023-04-08-fm-calls\nofficial"}.apply(t, files)
	path := filepath.Join(t.TempDir(), "readout.db")
	load(t, files, path)
	for _, name := range []string{"Джейхун Байрамов", "байрамов", "ԲԱՅՐԱՄՈՎ"} {
		e, err := open(t, path).EntityByName(t.Context(), db.KindOfficial, name)
		official, is := e.(*db.Official)
		if err != nil || !is {
			t.Fatalf("%q leads to %v, %v", name, e, err)
		}
		got, err := official.Aliases(t.Context())
		want := []string{"Ceyhun Bayramov", "Jeykhun Bayramov", "Jeyhoun Bayramov", "Djeyhoun Baïramov", "Ջեյհուն Բայրամով", "Джейхун Байрамов"}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: aliases %q, %v; want %q", name, got, err, want)
		}
	}
}

func countsOf(t *testing.T, store *db.Store) map[string]int {
	t.Helper()
	list, err := store.Dataset().Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, c := range list {
		counts[c.Kind] = c.Count
	}
	return counts
}

// What is in the files is in the database: as many of each kind as there are keys.
func TestNothingIsLostOnTheWay(t *testing.T) {
	files := seeds.Embedded()
	path := filepath.Join(t.TempDir(), "readout.db")
	load(t, files, path)
	store := open(t, path)
	got := countsOf(t, store)

	// distinct counts the different values that a file has in columns.
	distinct := func(resource string, columns ...string) int { return len(rows(t, files, resource, columns...)) }
	claims := 0
	for _, resource := range []string{
		"tenures", "organization_members", "corridor_members", "stops", "legs", "issue_corridors", "issue_parties", "participants",
		"topics", "meeting_claims", "corridor_claims", "organization_claims", "issue_claims",
	} {
		for _, times := range rows(t, files, resource, "stance", "source") {
			claims += times
		}
	}
	claims -= rows(t, files, "participants", "source")[""] // which rest on the meeting

	for kind, want := range map[string]int{
		"publisher":    distinct("publishers", "publisher"),
		"source":       distinct("sources", "source"),
		"country":      distinct("countries", "country"),
		"official":     distinct("officials", "official"),
		"organization": distinct("organizations", "organization"),
		"corridor":     distinct("corridors", "corridor"),
		"issue":        distinct("issues", "issue"),
		"meeting":      distinct("meetings", "meeting"),
		"tenure":       distinct("tenures", "official", "country", "title", "spell"),
		"membership": distinct("organization_members", "organization", "country", "spell") +
			distinct("corridor_members", "corridor", "country", "spell"),
		"stop":          distinct("stops", "corridor", "branch", "position"),
		"leg":           distinct("legs", "corridor", "branch", "position"),
		"concern":       distinct("issue_corridors", "issue", "corridor"),
		"party":         distinct("issue_parties", "issue", "country"),
		"participation": distinct("participants", "meeting", "official"),
		"topic":         distinct("topics", "meeting", "country", "organization", "corridor", "issue"),
		"statement":     distinct("statements", "statement"),
		"property": distinct("meeting_claims", "meeting", "property") + distinct("corridor_claims", "corridor", "property") +
			distinct("organization_claims", "organization", "property") + distinct("issue_claims", "issue", "property"),
		"claim": claims,
	} {
		if got[kind] != want || want == 0 {
			t.Errorf("%d of kind %s, want %d", got[kind], kind, want)
		}
		delete(got, kind)
	}
	for kind := range got {
		t.Errorf("kind %s is in no file", kind)
	}

	accounts := 0
	meetings, err := store.Meetings(t.Context(), db.MeetingFilter{}, db.Order{}, db.Page{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range meetings.Items {
		sources, err := db.SourcesOf(t.Context(), m.Row, db.SourceFilter{}, db.Order{}, db.Page{Limit: 1_000})
		if err != nil {
			t.Fatal(err)
		}
		accounts += len(sources.Items)
	}
	if want := distinct("meeting_sources", "meeting", "source"); accounts != want {
		t.Errorf("%d accounts of meetings, want %d", accounts, want)
	}
}

// rows counts how often a file has each of the values in columns. A column that it
// has not counts as blank.
func rows(t *testing.T, files fs.FS, resource string, columns ...string) map[string]int {
	t.Helper()
	file, err := files.Open(resource + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, record := range records[1:] {
		var key []string
		for i, name := range records[0] {
			for _, column := range columns {
				if name == column {
					key = append(key, record[i])
				}
			}
		}
		counts[strings.Join(key, "\n")]++
	}
	return counts
}

func TestConflictsAreResolvedAndStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	load(t, small(t), path)
	store := open(t, path)
	members := membersOf(t, store, "corridor:instc")
	for _, c := range []struct {
		country, role, since, by string
		disputed                 bool
		claims                   int
	}{
		{"AZE", "member", "2005", "latest", true, 2},       // December 2004, or 2005 by the later of two voices
		{"BGR", "member", "", "latest", true, 2},           // observer, or member by the later
		{"IND", "founder", "2000-09-12", "only", false, 1}, // nobody disagrees
	} {
		m := members[c.country]
		if m == nil {
			t.Errorf("%s is no member", c.country)
			continue
		}
		since := ""
		if m.Since() != nil {
			since = string(m.Since().Value())
		}
		claims, err := m.Claims(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if *m.Role != c.role || since != c.since || m.ResolvedBy != c.by || m.Disputed != c.disputed || len(claims) != c.claims {
			t.Errorf("%s: %s since %q by %s, disputed %v, %d claims; want %+v", c.country, *m.Role, since, m.ResolvedBy, m.Disputed, len(claims), c)
		}
	}
	theCall(t, store)
}

// The hardest cases of the dataset itself.
func TestEmbeddedConflicts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	load(t, seeds.Embedded(), path)
	store := open(t, path)
	members := membersOf(t, store, "corridor:instc")
	for _, country := range []string{"AZE", "BGR", "SYR", "OMN", "TKM"} {
		m := members[country]
		if m == nil {
			t.Errorf("%s is not in the record of the INSTC", country)
			continue
		}
		claims, err := m.Claims(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !m.Disputed || len(claims) < 2 {
			t.Errorf("%s: disputed %v with %d claims; want a dispute", country, m.Disputed, len(claims))
		}
	}
	theCall(t, store)
}

func membersOf(t *testing.T, store *db.Store, id string) map[string]*db.Membership {
	t.Helper()
	nodes, err := store.Nodes(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	list, err := db.Members(t.Context(), nodes[0].(db.AnyEntity), db.MembershipFilter{}, db.When{}, db.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]*db.Membership{}
	for _, item := range list.Items {
		country, err := item.Row.Country(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		members[country.Slug] = item.Row
	}
	return members
}

// theCall checks the day of the call on which the accounts differ: two say 25 June, one 26 June.
func theCall(t *testing.T, store *db.Store) {
	t.Helper()
	nodes, err := store.Nodes(t.Context(), []string{"meeting:2023-06-25-amirabdollahian-bayramov-call"})
	if err != nil {
		t.Fatal(err)
	}
	starts := nodes[0].(*db.Meeting).StartsOn()
	disputed, err := starts.Disputed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	claims, err := starts.Claims(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	days := map[db.Date]bool{}
	for _, c := range claims {
		days[*c.Date()] = true
	}
	if starts.Value() != "2023-06-25" || !disputed || !days["2023-06-25"] || !days["2023-06-26"] {
		t.Errorf("the call was on %s, disputed %v, claims for %v; want 2023-06-25, disputed by 2023-06-26", starts.Value(), disputed, days)
	}
}

// changing is a package of which a file is written while it is read.
type changing struct {
	fs.FS
	file string
}

func (c changing) Open(name string) (fs.File, error) {
	file, err := c.FS.Open(name)
	if err == nil && name == filepath.Base(c.file) {
		text, _ := os.ReadFile(c.file)
		err = os.WriteFile(c.file, append(text, '\n'), 0o644)
	}
	return file, err
}

// A package that changes while it is read may be half of one and half of another.
func TestPackageThatChangesWhileItIsReadIsRefused(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, small(t)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"datapackage.json", "meetings.csv"} {
		files := changing{os.DirFS(folder), filepath.Join(folder, name)}
		if _, err := seeds.Load(t.Context(), files, filepath.Join(folder, "readout.db")); err == nil ||
			err.Error() != name+": it changed while the package was read; load again when all files are in place" {
			t.Errorf("got %v", err)
		}
	}
	load(t, os.DirFS(folder), filepath.Join(folder, "readout.db"))
}
