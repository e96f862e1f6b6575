package seeds_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"readout/seeds"
)

// small returns a small package of a few rows a file, in memory, to be broken.
func small(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS("testdata/small")
	names, err := fs.Glob(root, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}

// edit is a change of a file: of the first place where it says from.
type edit struct{ file, from, to string }

func (e edit) apply(t *testing.T, files fstest.MapFS) {
	t.Helper()
	text := string(files[e.file].Data)
	if !strings.Contains(text, e.from) {
		t.Fatalf("%s does not say %q", e.file, e.from)
	}
	files[e.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, e.from, e.to, 1))}
}

// Each mistake is one problem: one line that names file, line and column, the value,
// what is wrong and what would be right.
var mistakes = []struct {
	name string
	edit
	want string
}{
	// Files and lines.
	{
		"a bare quote",
		edit{"officials.csv", `jeyhun-bayramov,Jeyhun Bayramov`, `jeyhun-bayramov,Jeyhun "Bayramov"`},
		`officials.csv:3: malformed CSV: bare " in non-quoted-field; a value with a double quote stands in double quotes, and the quote is doubled`,
	},
	{
		"a quote that is never closed",
		edit{"meetings.csv", `,"The ministers talked`, `,"The ""ministers"" "talked`},
		`meetings.csv:3: malformed CSV: extraneous or missing " in quoted-field; a value with a double quote stands in double quotes, and the quote is doubled`,
	},
	{
		"a comma too many",
		edit{"publishers.csv", `Trend,,,`, `Trend,,,,`},
		`publishers.csv:18: 6 fields where the header has 5; a value with a comma stands in double quotes`,
	},
	{
		"a comma too few",
		edit{"stops.csv", `coordinates approximate`, "coordinates approximate\ninstc,western"},
		`stops.csv:3: 2 fields where the header has 9; a value with a comma stands in double quotes`,
	},
	{
		"invalid UTF-8",
		edit{"officials.csv", "Ba\u00eframov", "Ba\xeframov"},
		`officials.csv:3: aliases: "Ceyhun Bayramov|Jeykhun Bayramov|Jeyhoun Bayramov|Djeyhoun Ba\xeframov": not UTF-8; save the file in that encoding`,
	},
	{
		"an unknown column",
		edit{"legs.csv", "corridor,branch,position,mode,status,stance,source,preferred,note", "corridor,branch,position,mode,status,stance,source,preferred,nota"},
		"legs.csv:1: unknown column \"nota\"; did you mean note?\n" +
			`legs.csv:1: note: the column is missing; add it to the header (its values may be blank where they are not required)`,
	},
	{
		"a missing column",
		edit{"issue_claims.csv", ",note", ""},
		`issue_claims.csv:1: note: the column is missing; add it to the header (its values may be blank where they are not required)`,
	},
	{
		"a column twice",
		edit{"issue_claims.csv", ",note", ",note,note"},
		`issue_claims.csv:1: note: the column is there twice; keep one`,
	},

	// Values.
	{
		"a blank name",
		edit{"officials.csv", "Jeyhun Bayramov", ""},
		`officials.csv:3: name: blank; every row needs a value here`,
	},
	{
		"a name of spaces",
		edit{"officials.csv", "Jeyhun Bayramov", "  "},
		`officials.csv:3: name: "  ": spaces around the value; take them away`,
	},
	{
		"an impossible date",
		edit{"sources.csv", ",2023-10-27,", ",2023-02-30,"},
		`sources.csv:18: published_on: "2023-02-30": not a date of the calendar; want YYYY, YYYY-MM or YYYY-MM-DD`,
	},
	{
		"a date in another form",
		edit{"meetings.csv", ",2021-10-23,", ",23.10.2021,"},
		`meetings.csv:2: starts_on: "23.10.2021": not a date of the calendar; want YYYY, YYYY-MM or YYYY-MM-DD`,
	},
	{
		"an end that cannot be open",
		edit{"meetings.csv", ",2021-10-23,,", ",2021-10-23,..,"},
		`meetings.csv:2: ends_on: "..": not a date of the calendar; want YYYY, YYYY-MM or YYYY-MM-DD`,
	},
	{
		"a half open end",
		edit{"tenures.csv", "2020-07-16,,", "2020-07-16,...,"},
		`tenures.csv:5: until: "...": not a date of the calendar; want YYYY, YYYY-MM or YYYY-MM-DD, or .. when it goes on`,
	},
	{
		"an unknown word",
		edit{"legs.csv", "operational", "operationl"},
		`legs.csv:2: status: "operationl": unknown word; want operational, partial, under-construction or planned; did you mean operational?`,
	},
	{
		"a url without http",
		edit{"sources.csv", "https://www.dw.com/", "ftp://www.dw.com/"},
		`sources.csv:5: url: "ftp://www.dw.com/en/iran-parliament-approves-new-foreign-minister-cabinet/a-58984013": not a web address; want one that begins with http:// or https:// and names a host`,
	},
	{
		"a url without a host",
		edit{"sources.csv", "http://worldwizzy.com/", "http:///"},
		`sources.csv:21: url: "http:///library/Economic_Cooperation_Organization": not a web address; want one that begins with http:// or https:// and names a host`,
	},
	{
		"a slug in capitals",
		edit{"issues.csv", "\ninstc-disputed-membership,", "\nDisputed_membership,issue,x,x,caliber-novak-instc\ninstc-disputed-membership,"},
		`issues.csv:4: issue: "Disputed_membership": wrong form; want ^[a-z0-9]+(-[a-z0-9]+)*$` + "\n" +
			`issues.csv:4: kind: "issue": unknown word; want dispute, grievance, security, cooperation, economic, transport, energy, environment, consular or bottleneck`,
	},
	{
		"no whole number",
		edit{"tenures.csv", ",1,2018-04-23", ",one,2018-04-23"},
		`tenures.csv:4: spell: "one": not a whole number; want digits only, without leading zeros`,
	},
	{
		"a number below the least",
		edit{"tenures.csv", ",1,2018-04-23", ",0,2018-04-23"},
		`tenures.csv:4: spell: "0": too small; want 1 or more`,
	},
	{
		"a latitude beyond the pole",
		edit{"countries.csv", "40.38", "94.38"},
		`countries.csv:2: capital_latitude: "94.38": too great; want 90 or less`,
	},
	{
		"no number",
		edit{"countries.csv", "40.38", "40°"},
		`countries.csv:2: capital_latitude: "40°": not a number; want digits with a point before decimals, such as 40.41`,
	},
	{
		"half a place",
		edit{"stops.csv", "59.93,30.34", "59.93,"},
		`stops.csv:2: longitude: blank, but latitude is given; want both or neither`,
	},
	{
		"neither yes nor no",
		edit{"legs.csv", "timesca-2016-nstc,,", "timesca-2016-nstc,yes,"},
		`legs.csv:2: preferred: "yes": neither yes nor no; want true or false or a blank`,
	},
	{
		"a list with a gap",
		edit{"corridors.csv", "road|rail|sea", "road||sea"},
		`corridors.csv:2: modes: "road||sea": item 2 is blank or has spaces around it; want items separated by | alone`,
	},
	{
		"an alias twice",
		edit{"officials.csv", "Jeykhun Bayramov", "Ceyhun Bayramov"},
		`officials.csv:3: aliases: "Ceyhun Bayramov|Ceyhun Bayramov|Jeyhoun Bayramov|Djeyhoun Baïramov": "Ceyhun Bayramov" is there twice; want each item once`,
	},

	// Keys and references.
	{
		"a duplicate id",
		edit{"publishers.csv", "bulgarian-national-radio,", "abna24,"},
		`publishers.csv:3: publisher: "abna24": already on line 2; want one row for each publisher`,
	},
	{
		"a value that must be unique",
		edit{"countries.csv", "BG,100", "AZ,100"},
		`countries.csv:3: alpha2: "AZ": already on line 2; want a value of its own`,
	},
	{
		"a claim twice",
		edit{"corridor_members.csv", "instc,BGR,1,observer,,,asserts,rbth-2017-04-03-instc", "instc,BGR,1,observer,,,asserts,trend-2023-10-27-lavrov-instc"},
		`corridor_members.csv:5: corridor, country, spell, source: "instc, BGR, 1, trend-2023-10-27-lavrov-instc": already on line 4; want one row for each corridor, country, spell, source`,
	},
	{
		"a part in a meeting twice",
		edit{"participants.csv", "2023-06-25-amirabdollahian-bayramov-call,jeyhun-bayramov,AZE", "2023-06-25-amirabdollahian-bayramov-call,hossein-amirabdollahian,IRN"},
		`participants.csv:5: meeting, official, source: "2023-06-25-amirabdollahian-bayramov-call, hossein-amirabdollahian, ": already on line 4; want one row for each meeting, official, source`,
	},
	{
		"a reference to nothing",
		edit{"topics.csv", ",,eco,", ",,opec,"},
		`topics.csv:5: organization: "opec": no such organization in organizations.csv`,
	},
	{
		"a reference misspelt",
		edit{"participants.csv", "jeyhun-bayramov", "jeyhun-bairamov"},
		`participants.csv:3: official: "jeyhun-bairamov": no such official in officials.csv; did you mean jeyhun-bayramov?`,
	},
	{
		"a reference that may be one of two",
		edit{"stops.csv", "RUS", "BRR"},
		`stops.csv:2: country: "BRR": no such country in countries.csv; did you mean BGR or BLR?`,
	},
	{
		"a leg from nowhere",
		edit{"legs.csv", "western,2", "western,9"},
		`legs.csv:3: corridor, branch, position: "instc, western, 9": no such corridor, branch, position in stops.csv`,
	},

	// Sources.
	{
		"a fact without a source",
		edit{"corridor_members.csv", "rbth-2017-04-03-instc", ""},
		`corridor_members.csv:4: source: blank; every fact names its source`,
	},
	{
		"a meeting without an account",
		edit{"meeting_sources.csv", "2021-10-23-amirabdollahian-bayramov-call,tt-2021-10-24-fm-call\n", ""},
		`meetings.csv:2: meeting: "2021-10-23-amirabdollahian-bayramov-call": nothing in meeting_sources.csv; want an account of it`,
	},
	{
		"an official of whom nothing is known",
		edit{"officials.csv", "jeyhun-bayramov,", "ilham-aliyev,Ilham Aliyev,,\njeyhun-bayramov,"},
		`officials.csv:3: official: "ilham-aliyev": nothing in tenures.csv, participants.csv or statements.csv; want a sourced fact on each`,
	},

	// Rows.
	{
		"an end before its beginning",
		edit{"tenures.csv", "2018-04-23,2020-07-16", "2018-04-23,2018-03"},
		`tenures.csv:4: until: "2018-03": before since, which is 2018-04-23`,
	},
	{
		"a meeting that ends before it begins",
		edit{"meetings.csv", ",2021-10-23,,", ",2021-10-23,2020,"},
		`meetings.csv:2: ends_on: "2020": before starts_on, which is 2021-10-23`,
	},
	{
		"a topic without a subject",
		edit{"topics.csv", ",,eco,", ",,,"},
		`topics.csv:5: country, organization, corridor, issue: ", , , ": none is given; want one of them`,
	},
	{
		"a topic with two",
		edit{"topics.csv", ",,eco,", ",,eco,instc"},
		`topics.csv:5: organization, corridor: "eco, instc": 2 are given; want one: a row for each`,
	},
	{
		"a statement on two subjects",
		edit{"statements.csv", ",,instc,,", ",eco,instc,,"},
		`statements.csv:4: organization, corridor: "eco, instc": 2 are given; want one: a row for each`,
	},
	{
		"a denial with a value",
		edit{"corridor_members.csv", "observer,,,asserts", "observer,,,denies"},
		`corridor_members.csv:4: role: "observer": given, but the stance is denies; want it blank`,
	},
	{
		"a denial without a source",
		edit{"participants.csv", "jeyhun-bayramov,AZE,principal,asserts", "jeyhun-bayramov,AZE,,denies"},
		`participants.csv:3: source: blank; a row that denies a fact names the source that does`,
	},
	{
		"a property without a value",
		edit{"corridor_claims.csv", "2000-09-12", ""},
		`corridor_claims.csv:2: value: blank, but the stance is asserts; want what the source gives`,
	},
	{
		"a property that is a date",
		edit{"meeting_claims.csv", "2023-06-26,", "26 June 2023,"},
		`meeting_claims.csv:2: value: "26 June 2023": not a date of the calendar; want YYYY, YYYY-MM or YYYY-MM-DD`,
	},

	// Other names.
	{
		"a name of someone unknown",
		edit{"aliases.csv", "official,jeyhun-bayramov", "official,jeyhun-bairamov"},
		`aliases.csv:3: slug: "jeyhun-bairamov": no such official in officials.csv; did you mean jeyhun-bayramov?`,
	},
	{
		"a name of something of another kind",
		edit{"aliases.csv", "country,AZE", "corridor,AZE"},
		`aliases.csv:2: slug: "AZE": no such corridor in corridors.csv`,
	},
	{
		"a name of a kind that has no others",
		edit{"aliases.csv", "country,AZE", "meeting,AZE"},
		`aliases.csv:2: kind: "meeting": unknown word; want country, official, organization or corridor`,
	},
	{
		"a name without a source",
		edit{"aliases.csv", "Джейхун Байрамов,minval-2023-04-08-fm-calls", "Джейхун Байрамов,"},
		`aliases.csv:3: source: blank; every fact names its source`,
	},
	{
		"a name twice",
		edit{"aliases.csv", "\nofficial", "\ncountry,AZE,Азербайджан,trend-2022-09-09-declaration\nofficial"},
		`aliases.csv:3: kind, slug, alias: "country, AZE, Азербайджан": already on line 2; want one row for each kind, slug, alias`,
	},
	{
		"a name that is a name already",
		edit{"aliases.csv", "Азербайджан", "Azerbaijan"},
		`aliases.csv:2: alias: "Azerbaijan": already in name on line 2 of countries.csv; want each name in one place`,
	},
	{
		"a name that is an alias already",
		edit{"aliases.csv", "Джейхун Байрамов", "Jeyhoun Bayramov"},
		`aliases.csv:3: alias: "Jeyhoun Bayramov": already in aliases on line 3 of officials.csv; want each name in one place`,
	},

	// Claims on one fact.
	{
		"a preference for a denial",
		edit{"corridor_members.csv", "observer,,,asserts,rbth-2017-04-03-instc,", ",,,denies,rbth-2017-04-03-instc,true"},
		`corridor_members.csv:4: preferred: "true": the row asserts nothing that could be preferred; want it blank`,
	},
	{
		"two preferred claims",
		edit{"meeting_claims.csv", "call,,\n2023-06-25-amirabdollahian-bayramov-call,starts-on,2023-06-25,asserts,tdi-2023-06-26-baku-tehran,", "call,true,\n2023-06-25-amirabdollahian-bayramov-call,starts-on,2023-06-25,asserts,tdi-2023-06-26-baku-tehran,true"},
		`meeting_claims.csv:4: preferred: "true": line 3 is preferred already; want one claim of a fact at most`,
	},
	{
		"a source on one claim alone",
		edit{"participants.csv", "\n2023", "\n2021-10-23-amirabdollahian-bayramov-call,jeyhun-bayramov,AZE,guest,asserts,tt-2021-10-24-fm-call,,\n2023"},
		`participants.csv:3: source: blank, but line 4 on the same fact has a source; want one on each row, or a single row without`,
	},
	{
		"a part for two countries",
		edit{"participants.csv", "jeyhun-bayramov,AZE,principal,asserts,,,\n", "jeyhun-bayramov,AZE,principal,asserts,abna-de-1375533,,\n2021-10-23-amirabdollahian-bayramov-call,jeyhun-bayramov,IRN,principal,asserts,tt-2021-10-24-fm-call,,\n"},
		`participants.csv:4: country: "IRN": line 3 on the same fact has "AZE"; want the same on each row`,
	},
	{
		"a spell left out",
		edit{"organization_members.csv", "sco,BLR,2", "sco,BLR,4"},
		`organization_members.csv:6: spell: "3": spell 2 is missing; want them counted from 1 without gaps`,
	},
	{
		"a first spell that is not 1",
		edit{"organization_members.csv", "sco,RUS,1", "sco,RUS,2"},
		`organization_members.csv:7: spell: "2": spell 1 is missing; want them counted from 1 without gaps`,
	},

	// Tables.
	{
		"a chain of voices",
		edit{"publishers.csv", "trend,Trend,,,", "trend,Trend,,turan,"},
		`publishers.csv:19: voice: "trend": is itself counted with another; want "turan", its voice`,
	},
	{
		"a voice that is its own",
		edit{"publishers.csv", "turan,Turan,,,", "turan,Turan,,turan,"},
		`publishers.csv:20: voice: "turan": the publisher itself; leave it blank for a voice of its own`,
	},
	{
		"stops out of order",
		edit{"stops.csv", "western,3", "western,4"},
		`stops.csv:4: position: "4": out of order; want 3: the stops of a branch follow one another, from 1`,
	},
	{
		"a leg that leads nowhere",
		edit{"legs.csv", "western,2", "western,3"},
		`legs.csv:3: corridor, branch, position: "instc, western, 3": no stop follows in stops.csv; want the stop where the leg begins`,
	},

	// The descriptor.
	{
		"a descriptor that is no JSON",
		edit{"datapackage.json", `"name": "small",`, `"name": "small"`},
		`datapackage.json:4: not a descriptor of a data package: invalid character '"' after object key:value pair`,
	},
	{
		"no version",
		edit{"datapackage.json", `"version": "1.0.0",`, ``},
		`datapackage.json: version: missing; a release is known by it, such as "1.0.0"`,
	},
	{
		"no licence",
		edit{"datapackage.json", `"licenses"`, `"licences"`},
		`datapackage.json: licenses: missing; give at least one, such as [{"name": "CC-BY-4.0"}]`,
	},
	{
		"a resource missing",
		edit{"datapackage.json", `    {"name": "issue_corridors", "path": "issue_corridors.csv"},`, ``},
		`datapackage.json: resources: "issue_corridors": missing; add the resource with its path, such as "issue_corridors.csv" (it may have no rows)`,
	},
	{
		"a resource unknown",
		edit{"datapackage.json", `"resources": [`, `"resources": [{"name": "topic", "path": "topics.csv"},`},
		`datapackage.json: resources: "topic": unknown resource; did you mean topics?`,
	},
	{
		"a resource elsewhere",
		edit{"datapackage.json", `"path": "legs.csv"`, `"path": "https://example.org/legs.csv"`},
		`datapackage.json: resources: "legs": the path "https://example.org/legs.csv" does not lead to a file of the package; give one such as "legs.csv"`,
	},
	{
		"a file that is not there",
		edit{"datapackage.json", `"path": "legs.csv"`, `"path": "legs2.csv"`},
		`legs2.csv: no such file`,
	},
}

func TestCheckNamesEachMistakeOnce(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			files := small(t)
			m.apply(t, files)
			_, err := seeds.Check(files)
			var problems seeds.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want Problems", err)
			}
			if err.Error() != m.want {
				t.Errorf("got\n%v\nwant\n%s", err, m.want)
			}
		})
	}
}

func TestCheckNamesAllMistakesAtOnceInOrder(t *testing.T) {
	files := small(t)
	for _, e := range []edit{
		{"topics.csv", ",,eco,", ",,opec,"},
		{"tenures.csv", "2018-04-23,2020-07-16,asserts", "2018-04-31,2020-07-16,assert"},
		{"tenures.csv", "hossein-amirabdollahian,", "hosein-amirabdollahian,"},
		{"countries.csv", "AZ,031", "AZ,31"},
		{"datapackage.json", `"version": "1.0.0",`, ``},
	} {
		e.apply(t, files)
	}
	want := `countries.csv:2: numeric: "31": wrong form; want ^[0-9]{3}$
datapackage.json: version: missing; a release is known by it, such as "1.0.0"
tenures.csv:2: official: "hosein-amirabdollahian": no such official in officials.csv; did you mean hossein-amirabdollahian?
tenures.csv:4: since: "2018-04-31": not a date of the calendar; want YYYY, YYYY-MM or YYYY-MM-DD
tenures.csv:4: stance: "assert": unknown word; want asserts, denies or omits; did you mean asserts?
topics.csv:5: organization: "opec": no such organization in organizations.csv`
	if _, err := seeds.Check(files); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestCheckAccepts(t *testing.T) {
	for _, c := range []struct {
		name string
		edit
	}{
		{"what it is given", edit{"officials.csv", "", ""}},
		{"a byte order mark", edit{"officials.csv", "official,", "\uFEFFofficial,"}},
		{"carriage returns", edit{"issue_corridors.csv", ",note\n", ",note\r\n"}},
		{"columns in another order", edit{"meeting_sources.csv", "meeting,source\n2021-10-23-amirabdollahian-bayramov-call,tt-2021-10-24-fm-call\n2023-06-25-amirabdollahian-bayramov-call,abna-de-1375533\n2023-06-25-amirabdollahian-bayramov-call,rossaprimavera-8d2a88ee-call\n2023-06-25-amirabdollahian-bayramov-call,tdi-2023-06-26-baku-tehran", "source,meeting\ntt-2021-10-24-fm-call,2021-10-23-amirabdollahian-bayramov-call\ntdi-2023-06-26-baku-tehran,2023-06-25-amirabdollahian-bayramov-call"}},
		{"an end that is open", edit{"tenures.csv", "2020-07-16,,", "2020-07-16,..,"}},
		{"a year that may be after a day of it", edit{"tenures.csv", "2018-04-23,2020-07-16", "2018-04-23,2018"}},
		{"letters of any script in a url", edit{"sources.csv", "https://rossaprimavera.ru/news/8d2a88ee", "https://rossaprimavera.ru/новости/8d2a88ee"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := small(t)
			c.apply(t, files)
			if _, err := seeds.Check(files); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckOfNothingSaysWhatAPackageIs(t *testing.T) {
	want := "datapackage.json: no such file; a data package has this file at its root"
	if _, err := seeds.Check(os.DirFS(t.TempDir())); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestEmbeddedPackageIsSound(t *testing.T) {
	p, err := seeds.Check(seeds.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Release; r.Name == "" || r.Title == "" || r.Version == "" || len(r.Hash) != 16 || len(r.Licences) == 0 {
		t.Errorf("the release is not fully described: %+v", r)
	}
}
