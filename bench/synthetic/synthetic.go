// Package synthetic makes up a diplomatic record of any size, in the format of the
// dataset, to measure with. Nobody in it exists: its country codes are those that
// ISO 3166 leaves to users, its web addresses are at example.org, its titles say
// "[synthetic]". It is never part of the dataset.
package synthetic

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"readout/seeds"
)

// What there is of each, whatever the number of meetings.
const (
	Countries     = 250
	Corridors     = 50
	Organizations = 60
	Issues        = 500
	publishers    = 400
	mostOfficials = 20_000
)

// The record goes from 1990 to 2025; the number of meetings a year rises evenly.
var (
	begin = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	days  = int(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Sub(begin).Hours() / 24)
)

// Write writes a data package of that many meetings into a folder, always the same
// bytes. A meeting has 2.5 participants and 2 topics on average; a few countries,
// pairs, people and words make up most of the record. There are 20,000 officials, or two
// a meeting where that is fewer, and a source for five meetings.
func Write(folder string, meetings int) error {
	w := &world{
		out:      newTables(folder),
		dice:     rand.New(rand.NewPCG(1, 1)),
		meetings: meetings,
		sources:  max(meetings/5, 1),
		words:    newVocabulary(),
	}
	defer w.out.close()
	if err := writeDescriptor(folder, meetings); err != nil {
		return err
	}
	w.writePublishers()
	w.writeSources()
	w.writeCountries()
	w.writeOfficials(min(mostOfficials, 2*meetings))
	w.writeOrganizations()
	w.writeCorridors()
	w.writeIssues()
	w.dice = rand.New(rand.NewPCG(2, 2)) // so that meetings are alike however many there are
	for i := range meetings {
		w.writeMeeting(i)
	}
	return w.out.close()
}

// writeDescriptor writes the dataset's own descriptor under another name.
func writeDescriptor(folder string, meetings int) error {
	text, err := fs.ReadFile(seeds.Embedded(), "datapackage.json")
	if err != nil {
		return err
	}
	var descriptor map[string]any
	if err := json.Unmarshal(text, &descriptor); err != nil {
		return err
	}
	maps.Copy(descriptor, map[string]any{
		"name":        "synthetic",
		"version":     fmt.Sprintf("1.0.0-%d", meetings),
		"title":       fmt.Sprintf("Synthetic: %d made-up meetings to measure with", meetings),
		"description": "None of this happened and none of these people exist.",
		"licenses":    []map[string]string{{"name": "CC0-1.0"}},
		"sources":     []map[string]string{{"title": "A random number generator"}},
		"keywords":    []string{"synthetic"},
	})
	if text, err = json.MarshalIndent(descriptor, "", "  "); err != nil {
		return err
	}
	return writeFile(folder, "datapackage.json", text)
}

// world is what meetings are made of.
type world struct {
	out      *tables
	dice     *rand.Rand
	words    *vocabulary
	meetings int
	sources  int

	countries []country
	prominent shares // countries, as often as they meet
	topics    [4]shares
}

type country struct {
	code, name string
	cities     []string
	neighbours []int
	officials  []official // by when they came to office
}

type official struct{ slug, family string }

// chance is true n times of a hundred.
func (w *world) chance(n int) bool { return w.dice.IntN(100) < n }

// pick is one of a list.
func pick[T any](w *world, list ...T) T { return list[w.dice.IntN(len(list))] }

// several are n different indices below size, or all.
func (w *world) several(n, size int, from shares) []int {
	n = min(n, size)
	var list []int
	for tries := 0; len(list) < n; tries++ {
		i := w.dice.IntN(size)
		if tries < 20*n {
			i = from.draw(w.dice)
		}
		if !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}

func (w *world) source() string { return sourceSlug(w.dice.IntN(w.sources)) }

// disagreeing are two different sources n times of a hundred, and one otherwise.
func (w *world) disagreeing(n int) []string {
	one := w.dice.IntN(w.sources)
	if !w.chance(n) || w.sources == 1 {
		return []string{sourceSlug(one)}
	}
	return []string{sourceSlug(one), sourceSlug((one + 1 + w.dice.IntN(w.sources-1)) % w.sources)}
}

func sourceSlug(i int) string { return fmt.Sprintf("syn-%07d", i) }

// day is when the i-th of n things happened.
func day(i, n int) time.Time {
	return begin.AddDate(0, 0, int(math.Sqrt(float64(i)/float64(n))*float64(days)))
}

func date(t time.Time) string { return t.Format(time.DateOnly) }

// year is a random one of the record.
func (w *world) year() int { return 1990 + w.dice.IntN(36) }

func (w *world) writePublishers() {
	file := w.out.table("publishers", "publisher", "name", "country", "voice", "note")
	for i := range publishers {
		voice := ""
		if i > 40 && w.chance(10) {
			voice = publisherSlug(w.dice.IntN(40))
		}
		file.write(publisherSlug(i), fmt.Sprintf("Synthetic Agency %d", i), Code(i%Countries), voice, "")
	}
}

func publisherSlug(i int) string { return fmt.Sprintf("synthetic-agency-%d", i) }

func (w *world) writeSources() {
	file := w.out.table("sources", "source", "publisher", "title", "published_on", "url", "language")
	houses := newShares(publishers)
	for i := range w.sources {
		file.write(sourceSlug(i), publisherSlug(houses.draw(w.dice)), "[synthetic] "+w.words.sentence(w.dice, 5), date(day(i, w.sources)),
			fmt.Sprintf("https://example.org/synthetic/%d", i), pick(w, "en", "en", "en", "fa", "az", "ru"))
	}
}

// Code is an ISO 3166-1 alpha-3 code for users: XAA, XAB …
func Code(country int) string { return "X" + alpha2(country) }

func alpha2(country int) string {
	return string([]byte{'A' + byte(country/26), 'A' + byte(country%26)})
}

func (w *world) writeCountries() {
	file := w.out.table("countries", "country", "alpha2", "numeric", "name", "official_name", "aliases",
		"region", "subregion", "capital", "capital_latitude", "capital_longitude", "wikidata", "source")
	w.prominent = newShares(Countries)
	names := w.words.names(w.dice, Countries, 2, 4, "ia", "stan", "land", "or", "en", "ova")
	for i, name := range names {
		c := country{code: Code(i), name: name, cities: w.words.names(w.dice, 5, 2, 3, "grad", "abad", "ton", "ek", "a")}
		c.neighbours = w.several(8, Countries, w.prominent)
		w.countries = append(w.countries, c)
		region := i % 5
		file.write(c.code, alpha2(i), fmt.Sprintf("%03d", i+1), name, pick(w, "Republic of ", "Kingdom of ", "Federation of ")+name, "",
			fmt.Sprintf("Region %d", region+1), fmt.Sprintf("Subregion %d", region*4+i/5%4+1), c.cities[0],
			w.coordinate(80), w.coordinate(179), "", w.source())
	}
}

// coordinate is one between -most and most.
func (w *world) coordinate(most int) string {
	return strconv.FormatFloat(float64(w.dice.IntN(2*most*100)-most*100)/100, 'f', -1, 64)
}

var posts = []string{
	"Minister of Foreign Affairs", "Deputy Minister of Foreign Affairs", "Ambassador", "President", "Prime Minister",
	"Minister of Transport", "Minister of Energy", "Minister of Economy", "Secretary of the Security Council", "Special Envoy",
}

// writeOfficials gives each country officials who follow one another in office, more to
// one that meets more.
func (w *world) writeOfficials(n int) {
	people := w.out.table("officials", "official", "name", "aliases", "note")
	tenures := w.out.table("tenures", "official", "country", "title", "spell", "since", "until", "stance", "source", "preferred", "note")
	given := w.words.names(w.dice, 400, 2, 3, "", "a", "an", "o", "ir")
	family := w.words.names(w.dice, 4000, 2, 4, "ov", "son", "zade", "i", "er", "es", "yan", "im")
	known := map[string]int{}
	count := slices.Repeat([]int{n / (2 * Countries)}, Countries)
	for range n - n/(2*Countries)*Countries {
		count[w.prominent.draw(w.dice)]++
	}
	for c := range w.countries {
		for i := range count[c] {
			first, last := pick(w, given...), pick(w, family...)
			slug := strings.ToLower(first + "-" + last)
			if known[slug]++; known[slug] > 1 {
				slug += "-" + strconv.Itoa(known[slug])
			}
			w.countries[c].officials = append(w.countries[c].officials, official{slug, last})
			alias := ""
			if w.chance(20) {
				alias = pick(w, "Dr. ", "Seyed ", "H.E. ") + first + " " + last
			}
			people.write(slug, first+" "+last, alias, "")

			from := 1990 - 6 + (36+6)*i/count[c]
			for _, title := range shuffled(w, posts)[:1+w.dice.IntN(3)] {
				until := from + 2 + w.dice.IntN(5)
				end := strconv.Itoa(until)
				if until > 2025 {
					end = ".."
				}
				since := fmt.Sprintf("%d-%02d", from, 1+w.dice.IntN(12))
				for k, source := range w.disagreeing(5) {
					if k > 0 {
						since = strconv.Itoa(from + 1)
					}
					tenures.write(slug, w.countries[c].code, title, "1", since, end, "asserts", source, "", "")
				}
				from = until
			}
		}
	}
}

func shuffled[T any](w *world, list []T) []T {
	list = slices.Clone(list)
	w.dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (w *world) writeOrganizations() {
	file := w.out.table("organizations", "organization", "name", "abbreviation", "aliases", "founded_on", "headquarters", "summary", "source")
	members := w.out.table("organization_members", "organization", "country", "spell", "role", "since", "until", "stance", "source", "preferred", "note")
	for i := range Organizations {
		slug, year := fmt.Sprintf("synthetic-organization-%d", i), w.year()
		city := pick(w, w.countries[w.prominent.draw(w.dice)].cities...)
		file.write(slug, pick(w, "Council", "Union", "League", "Forum")+" of "+city+" "+strconv.Itoa(i), fmt.Sprintf("SO%d", i), "",
			strconv.Itoa(year), city, "[synthetic] "+w.words.sentence(w.dice, 15), w.source())
		w.writeMembers(members, slug, 5+w.dice.IntN(60), year, "member", "member", "member", "observer", "partner")
	}
	w.topics[organizationTopic] = newShares(Organizations)
}

// writeMembers lets n countries join a body, of which every tenth is said to have joined
// at another time.
func (w *world) writeMembers(file *table, body string, n, founded int, roles ...string) {
	for _, c := range w.several(n, Countries, w.prominent) {
		since, role := min(2025, founded+w.dice.IntN(10)), pick(w, roles...)
		until := ""
		if w.chance(5) {
			until = strconv.Itoa(since + 5)
		}
		for k, source := range w.disagreeing(10) {
			file.write(body, w.countries[c].code, "1", role, strconv.Itoa(since-k), until, "asserts", source, "", "")
		}
	}
}

func (w *world) writeCorridors() {
	file := w.out.table("corridors", "corridor", "name", "abbreviation", "aliases", "modes", "agreed_on", "summary", "source")
	members := w.out.table("corridor_members", "corridor", "country", "spell", "role", "since", "until", "stance", "source", "preferred", "note")
	stops := w.out.table("stops", "corridor", "branch", "position", "place", "country", "latitude", "longitude", "source", "note")
	legs := w.out.table("legs", "corridor", "branch", "position", "mode", "status", "stance", "source", "preferred", "note")
	for i := range Corridors {
		slug, year := fmt.Sprintf("synthetic-corridor-%d", i), w.year()
		route := w.several(5+w.dice.IntN(15), Countries, w.prominent)
		from, to := w.countries[route[0]], w.countries[route[len(route)-1]]
		file.write(slug, fmt.Sprintf("%s-%s Corridor", from.name, to.name), fmt.Sprintf("SC%d", i), "", pick(w, "road", "rail", "road|rail", "sea|rail"),
			strconv.Itoa(year), "[synthetic] "+w.words.sentence(w.dice, 15), w.source())
		w.writeMembers(members, slug, 3+w.dice.IntN(13), year, "founder", "member", "member", "observer", "transit")
		for k, c := range route {
			position := strconv.Itoa(k + 1)
			stops.write(slug, "main", position, pick(w, w.countries[c].cities...), w.countries[c].code, w.coordinate(80), w.coordinate(179), w.source(), "")
			if k < len(route)-1 {
				legs.write(slug, "main", position, pick(w, "road", "rail"), pick(w, "operational", "planned"), "asserts", w.source(), "", "")
			}
		}
	}
	w.topics[corridorTopic] = newShares(Corridors)
}

func (w *world) writeIssues() {
	file := w.out.table("issues", "issue", "kind", "title", "summary", "source")
	parties := w.out.table("issue_parties", "issue", "country", "role", "stance", "source", "preferred", "note")
	concerns := w.out.table("issue_corridors", "issue", "corridor", "source", "note")
	for i := range Issues {
		slug := issueSlug(i)
		file.write(slug, pick(w, "dispute", "security", "cooperation", "economic", "transport", "energy", "consular"),
			"[synthetic] "+w.words.sentence(w.dice, 3), "[synthetic] "+w.words.sentence(w.dice, 15), w.source())
		for _, c := range w.several(2+w.dice.IntN(4), Countries, w.prominent) {
			parties.write(slug, w.countries[c].code, pick(w, "party", "party", "affected", "mediator"), "asserts", w.source(), "", "")
		}
		for _, c := range w.several(w.dice.IntN(3), Corridors, w.topics[corridorTopic]) {
			concerns.write(slug, fmt.Sprintf("synthetic-corridor-%d", c), w.source(), "")
		}
	}
	w.topics[issueTopic] = newShares(Issues)
	w.topics[countryTopic] = w.prominent
}

func issueSlug(i int) string { return fmt.Sprintf("synthetic-issue-%d", i) }
