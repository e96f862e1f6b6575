package db

import (
	"cmp"
	"fmt"
	"slices"
)

// When asks for what held on a day.
type When struct {
	Day   Date     // a month or a year: certain if on all of its days, possible if on some; "": the day of the Store, or whatever the day
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

// never is the window without days.
var never = window{end, beginning}

// version is what claims that agree, or one that disagrees, say of the days on which
// a fact held: on which it may have, and on which it did for certain.
type version struct {
	possible, certain window
	undated           bool // its start is not known: it was first read of on the first possible day
}

// versions returns what claims on a fact say of its days. Agreeing are the claims that
// agree with what the fact shows; they are one version together. Each other claim that
// asserts the fact is one of its own. One that denies it leaves no day certain, and a
// list that omits it none from its publication on.
func versions(claims []NewClaim, agreeing []*NewClaim, shown span) []version {
	list := []version{{possible: never, certain: never}}
	if len(agreeing) > 0 {
		list[0] = versionOf(shown, agreeing)
	}
	for i := range claims {
		c := &claims[i]
		switch {
		case c.Stance == "denies" || c.Stance == "omits" && c.published == "":
			list = append(list, version{possible: never, certain: never})
		case c.Stance == "omits":
			list = append(list, version{possible: never, certain: window{beginning, c.published.Earliest().dayBefore()}})
		case !slices.Contains(agreeing, c):
			own := span{cmp.Or(c.Since, shown.since), cmp.Or(c.Until, shown.until)}
			if own.since.Known() && own.until.Known() && own.until.Latest() < own.since.Earliest() {
				own = span{c.Since, c.Until} // what the fact shows does not go with it
			}
			list = append(list, versionOf(own, []*NewClaim{c}))
		}
	}
	return list
}

// versionOf returns the version of claims that say since and until.
//
// A start and an end may be any days of their dates, the start not after the end. An
// end that is not known, or that is open, is any day from the start on by which the
// sources, which know of none, had been published. Where the start is not known, the
// fact is first attested when the first of them was published, or when it ended. A day
// is possible when it lies between some start and end, and certain when it lies
// between all of them.
func versionOf(s span, claims []*NewClaim) (v version) {
	firstEnd, lastEnd := s.until.Earliest(), s.until.Latest()
	if !s.until.Known() {
		firstEnd, lastEnd = beginning, end
		for _, c := range claims {
			firstEnd = max(firstEnd, c.published.Earliest())
		}
	}
	start := window{s.since.Earliest(), s.since.Latest()}
	if !s.since.Known() {
		v.undated = true
		start = attested(claims)
		if s.until.Known() && (start == window{} || lastEnd < start.from) {
			start = window{firstEnd, lastEnd}
		}
		if start == (window{}) {
			return version{never, never, true}
		}
	}
	v.possible = window{start.from, lastEnd}
	v.certain = window{min(start.until, lastEnd), max(firstEnd, start.from)}
	return v
}

// attested returns the days on one of which the first of the sources of claims was
// published; none when no source is dated. One of 2003 and one of May 2003 make it
// known by the end of May.
func attested(claims []*NewClaim) (first window) {
	for _, c := range claims {
		switch {
		case c.published == "":
		case first == window{}:
			first = window{c.published.Earliest(), c.published.Latest()}
		default:
			first = window{min(first.from, c.published.Earliest()), min(first.until, c.published.Latest())}
		}
	}
	return first
}

// addValidity writes what claims say of the days on which a fact held.
func (w *Writer) addValidity(fact int64, list []version) error {
	for _, v := range list {
		if err := w.exec(`
			insert into validity (fact, possible_from, possible_until, certain_from, certain_until, undated)
			values ($1, $2, $3, $4, $5, $6)`,
			fact, string(v.possible.from), string(v.possible.until), string(v.certain.from), string(v.certain.until), v.undated); err != nil {
			return err
		}
	}
	return nil
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
