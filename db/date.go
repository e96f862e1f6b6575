package db

import (
	"fmt"
	"time"
)

// Date is a calendar date of year, month or day precision in EDTF level 0
// (https://www.loc.gov/standards/datetime/): "2021", "2021-08", "2021-08-26".
// The zero Date is no date: not known, or not stated.
type Date string

// OpenEnd stands in place of an end: it goes on, says the source. An end that is
// merely not known is the zero Date.
const OpenEnd Date = ".."

// layouts are the three precisions, coarse to fine, by their length.
var layouts = map[int]struct{ parse, display, precision string }{
	4:  {"2006", "2006", "year"},
	7:  {"2006-01", "January 2006", "month"},
	10: {"2006-01-02", "2 January 2006", "day"},
}

// ParseDate checks s. It fails on anything but a real date of one of the three
// precisions in the years 0001 to 9999.
func ParseDate(s string) (Date, error) {
	layout, known := layouts[len(s)]
	if !known {
		return "", fmt.Errorf("%q is not a date: want YYYY, YYYY-MM or YYYY-MM-DD", s)
	}
	if t, err := time.Parse(layout.parse, s); err != nil || t.Year() == 0 {
		return "", fmt.Errorf("%q is not a date of the calendar: want YYYY, YYYY-MM or YYYY-MM-DD", s)
	}
	return Date(s), nil
}

// Known tells whether d is a date: neither absent nor OpenEnd.
func (d Date) Known() bool { return d != "" && d != OpenEnd }

// start is the first day of d. A Date that is not Known gives the zero time.
func (d Date) start() time.Time {
	t, _ := time.Parse(layouts[len(d)].parse, string(d))
	return t
}

// Value returns d as given.
func (d Date) Value() Date { return d }

// Earliest returns the first day that d may be.
func (d Date) Earliest() Date {
	if !d.Known() {
		return ""
	}
	return Date(d.start().Format(time.DateOnly))
}

// Latest returns the last day that d may be.
func (d Date) Latest() Date {
	last := d.start()
	switch d.Precision() {
	case "year":
		last = last.AddDate(1, 0, -1)
	case "month":
		last = last.AddDate(0, 1, -1)
	case "":
		return ""
	}
	return Date(last.Format(time.DateOnly))
}

// Precision returns "year", "month" or "day", and "" when d is not Known.
func (d Date) Precision() string {
	if !d.Known() {
		return ""
	}
	return layouts[len(d)].precision
}

// Display returns d in plain English: "2021", "August 2021", "26 August 2021".
func (d Date) Display() string {
	if !d.Known() {
		return ""
	}
	return d.start().Format(layouts[len(d)].display)
}

// dayBefore returns the day before d, which is a day.
func (d Date) dayBefore() Date { return Date(d.start().AddDate(0, 0, -1).Format(time.DateOnly)) }

// dayAfter returns the day after d, which is a day; the last of all days has none.
func (d Date) dayAfter() Date {
	if d == end {
		return ""
	}
	return Date(d.start().AddDate(0, 0, 1).Format(time.DateOnly))
}

// agrees tells whether d and e may be the same day. What is not known agrees with anything.
func (d Date) agrees(e Date) bool {
	return !d.Known() || !e.Known() || d.Earliest() <= e.Latest() && e.Earliest() <= d.Latest()
}

// Scan reads a column; null is the zero Date.
func (d *Date) Scan(column any) error {
	switch v := column.(type) {
	case nil:
		*d = ""
	case string:
		*d = Date(v)
	default:
		return fmt.Errorf("a date column holds %T", column)
	}
	return nil
}

// orNull is d as a column: the zero Date is null.
func (d Date) orNull() any {
	if d == "" {
		return nil
	}
	return string(d)
}

// columns are d, its earliest and its latest day as columns.
func (d Date) columns() []any {
	return []any{d.orNull(), d.Earliest().orNull(), d.Latest().orNull()}
}

// DateRange is the days from Since to Until, both included. Nil: no bound.
type DateRange struct{ Since, Until *Date }

// DateFilter is a condition on a date of any precision: one of the two.
type DateFilter struct {
	Overlaps *DateRange // may fall in it
	Within   *DateRange // certainly falls in it
}

// orNil returns nil when d is not Known.
func (d Date) orNil() *Date {
	if !d.Known() {
		return nil
	}
	return &d
}
