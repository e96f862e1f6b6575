package db

import (
	"cmp"
	"fmt"
)

// When asks for what held on a day.
type When struct {
	Day   Date     // a month or a year: on all of its days; "": the day of the Store, or any day
	Holds []string // with which certainty: "certainly", "possibly", "unknown"; nil: the first two
}

// beginning and end stand for no bound.
const (
	beginning Date = "0001-01-01"
	end       Date = "9999-12-31"
)

// window is the days from its first to its last. One that ends before it begins
// holds no day.
type window struct{ from, until Date }

// never is the window of a claim that does not assert.
var never = window{end, beginning}

// validity returns the days on which a fact may have held and those on which it held
// for certain, by c, where chosen is what the fact shows. What c does not say is
// filled from chosen. Where the start is still unknown, the fact is first attested
// when the first of the sources that assert it was published, or when it ended;
// undated says so.
//
// A start and an end may be any days of their dates, the start not after the end. An
// end that is not known is any day from the start on on which the source, which knows
// of none, had been published. A day is possible when it lies between some start and
// end, and certain when it lies between all of them.
func (c *NewClaim) validity(chosen span, attested Date) (possible, certain window, undated bool) {
	if c.Stance != "asserts" {
		return never, never, false
	}
	since, until := cmp.Or(c.Since, chosen.since), cmp.Or(c.Until, chosen.until)
	if since.Known() && until.Known() && until.Latest() < since.Earliest() {
		since, until = c.Since, c.Until // what the fact shows does not go with it
	}
	firstEnd, lastEnd := until.Earliest(), until.Latest()
	switch until {
	case OpenEnd:
		firstEnd, lastEnd = end, end
	case "":
		firstEnd, lastEnd = cmp.Or(c.published.Earliest(), beginning), end
	}
	if !since.Known() {
		undated = true
		since = attested
		if until.Known() && (!since.Known() || lastEnd < since.Earliest()) {
			since = until
		}
		if !since.Known() {
			return never, never, true
		}
	}
	possible = window{since.Earliest(), lastEnd}
	certain = window{min(since.Latest(), lastEnd), max(firstEnd, since.Earliest())}
	return possible, certain, undated
}

// attested returns when the first of the sources that assert a fact was published;
// "" when none is dated.
func attested(claims []NewClaim) (first Date) {
	for i := range claims {
		c := &claims[i]
		if c.Stance == "asserts" && c.published != "" && (first == "" || c.published.Earliest() < first.Earliest()) {
			first = c.published
		}
	}
	return first
}

// holding asks that the fact in a column held on the day of w, and returns the
// expression that says with which certainty: null when no day is asked for.
func (b *conditions) holding(fact string, s *Store, w When) string {
	day := cmp.Or(w.Day, s.at)
	if day == "" {
		return "null"
	}
	if w.Holds == nil {
		w.Holds = []string{"certainly", "possibly"}
	}
	first, last := b.arg(string(day.Earliest())), b.arg(string(day.Latest()))
	holds := fmt.Sprintf(`(select case
				when max(v.certain_from) <= %[2]s and min(v.certain_until) >= %[3]s then 'certainly'
				when max(v.possible_from <= %[3]s and v.possible_until >= %[2]s) then 'possibly'
				when max(v.undated and v.possible_from > %[3]s) then 'unknown' end
			from validity v where v.fact = %[1]s)`, fact, first, last)
	b.and(holds+" in (select value from json_each(%s))", jsonList(w.Holds))
	return holds
}
