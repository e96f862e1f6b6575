package synthetic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kinds of topics, in the order of their columns.
const (
	countryTopic = iota
	organizationTopic
	corridorTopic
	issueTopic
)

// Of a hundred meetings, how many have so many participants, or topics, or are of a kind.
var (
	participantsOf = []int{1: 5, 2: 66, 3: 17, 4: 7, 6: 3, 10: 2}
	topicsOf       = []int{1: 35, 2: 38, 3: 19, 4: 8}
	kindOfTopic    = []int{countryTopic: 10, organizationTopic: 15, corridorTopic: 15, issueTopic: 60}
	kindsOf        = []int{60, 20, 5, 5, 5, 5}
	kinds          = []string{"phone-call", "bilateral-meeting", "consultation", "signing", "video-call", "visit"}
)

// of draws an index from how many of a hundred have it.
func (w *world) of(hundred []int) int {
	at := w.dice.IntN(100)
	for i, n := range hundred {
		if at < n {
			return i
		}
		at -= n
	}
	return len(hundred) - 1
}

// writeMeeting writes the i-th meeting, with all that belongs to it.
func (w *world) writeMeeting(i int) {
	on := day(i, w.meetings)
	guests := w.guests(i)
	kind := kinds[w.of(kindsOf)]
	if len(guests) > 3 {
		kind = pick(w, "multilateral-meeting", "multilateral-meeting", "summit")
	}
	slug := fmt.Sprintf("%s-%s-%s-%07d", date(on), strings.ToLower(guests[0].family), kind, i)
	starts, ends, place, host := date(on), "", "", ""
	switch w.dice.IntN(25) {
	case 0:
		starts = on.Format("2006-01")
	case 1:
		ends = date(on.AddDate(0, 0, 1+w.dice.IntN(3)))
	}
	if kind != "phone-call" && kind != "video-call" {
		c := w.countries[guests[0].country]
		place, host = pick(w, c.cities...), c.code
	}
	names := guests[0].family
	if len(guests) > 1 {
		names += " and " + guests[1].family
	}
	w.out.table("meetings", "meeting", "kind", "starts_on", "ends_on", "place", "host_country", "title", "summary", "note").write(
		slug, kind, starts, ends, place, host,
		"[synthetic] "+names+" on "+w.words.sentence(w.dice, 3), w.words.sentence(w.dice, 8+w.dice.IntN(18)), "")

	// It is told by sources of those days.
	mine := min(i/5, w.sources-1)
	told := []string{sourceSlug(mine)}
	if w.chance(30) && mine > 0 {
		told = append(told, sourceSlug(mine-1-w.dice.IntN(min(mine, 20))))
	}
	for _, source := range told {
		w.out.table("meeting_sources", "meeting", "source").write(slug, source)
	}
	if ends == "" && len(starts) == 10 && len(told) > 1 && w.chance(3) {
		claims := w.out.table("meeting_claims", "meeting", "property", "value", "stance", "source", "preferred", "note")
		claims.write(slug, "starts-on", starts, "asserts", told[0], "true", "")
		claims.write(slug, "starts-on", date(on.AddDate(0, 0, 1)), "asserts", told[1], "", "")
	}

	participants := w.out.table("participants", "meeting", "official", "country", "role", "stance", "source", "preferred", "note")
	for k, g := range guests {
		role, source := "guest", ""
		switch {
		case host == "":
			role = "principal"
		case k == 0:
			role = "host"
		}
		if w.chance(5) {
			source = told[0]
		}
		participants.write(slug, g.slug, w.countries[g.country].code, role, "asserts", source, "", "")
	}

	var subjects [][4]string
	for range w.of(topicsOf) {
		var subject [4]string
		what := w.of(kindOfTopic)
		n := w.topics[what].draw(w.dice)
		switch what {
		case countryTopic:
			subject[what] = Code(n)
		case organizationTopic:
			subject[what] = fmt.Sprintf("synthetic-organization-%d", n)
		case corridorTopic:
			subject[what] = fmt.Sprintf("synthetic-corridor-%d", n)
		case issueTopic:
			subject[what] = issueSlug(n)
		}
		if !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
			w.out.table("topics", "meeting", "country", "organization", "corridor", "issue", "stance", "source", "note").write(
				slug, subject[0], subject[1], subject[2], subject[3], "asserts", told[0], "")
		}
	}

	if w.chance(10) {
		about := pick(w, subjects...)
		w.out.table("statements", "statement", "meeting", "official", "stated_on", "paraphrase", "country", "organization", "corridor", "issue", "source").write(
			"st-"+strconv.Itoa(i), slug, guests[0].slug, date(on), "[synthetic] "+w.words.sentence(w.dice, 12), about[0], about[1], about[2], about[3], told[0])
	}
}

// guest is an official who takes part for a country.
type guest struct {
	official
	country int
}

// guests are those of the i-th meeting: officials in office at the time, of countries that
// mostly have much to do with one another.
func (w *world) guests(i int) []guest {
	first := w.prominent.draw(w.dice)
	share := float64(day(i, w.meetings).Year()-1990) / 36
	var list []guest
	for k := range w.of(participantsOf) {
		c := first
		switch {
		case k == 0:
		case k == 2 && w.chance(50): // a second one of the first country
		case w.chance(60):
			neighbours := w.countries[first].neighbours
			c = neighbours[min(w.dice.IntN(len(neighbours)), w.dice.IntN(len(neighbours)))]
		default:
			c = w.prominent.draw(w.dice)
		}
		// About a sixth of a country's officials are in office; the first of them meets most.
		all := w.countries[c].officials
		if len(all) == 0 {
			c, all = 0, w.countries[0].officials
		}
		now := max(1, len(all)/6)
		at := min(int(share*float64(len(all)))+newest(w, now), len(all)-1)
		if g := (guest{all[at], c}); !slices.ContainsFunc(list, func(other guest) bool { return other.slug == g.slug }) {
			list = append(list, g)
		}
	}
	return list
}

// newest is an index below n, small ones most often.
func newest(w *world, n int) int { return w.dice.IntN(w.dice.IntN(n) + 1) }
