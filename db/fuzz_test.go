package db

import (
	"strings"
	"testing"
	"time"
)

// What ParseDate takes is a date that keeps its form, and its days are in order.
func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2021", "2021-08", "2021-08-26", "2024-02-29", "2023-02-29", "0001", "9999-12-31", "0000", "..", "-001", "2021-8", "２０２１", "2021-08-26T00:00", " 2021"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDate(text)
		if err != nil {
			if d != "" {
				t.Errorf("%q is %q and an error", text, d)
			}
			return
		}
		first, last := d.Earliest(), d.Latest()
		for _, day := range []Date{first, last} {
			if _, err := time.Parse(time.DateOnly, string(day)); err != nil || !strings.HasPrefix(string(day), text) {
				t.Errorf("%q from %q to %q", text, first, last)
			}
		}
		if string(d) != text || first > last || !d.agrees(first) || !d.agrees(last) || d.agrees(first.dayBefore()) && d.Precision() == "day" {
			t.Errorf("%q from %q to %q", text, first, last)
		}
		if next := last.dayAfter(); next != "" && (next <= last || d.agrees(next)) {
			t.Errorf("%q is followed by %q", text, next)
		}
		if d.Display() == "" || d.Precision() == "" {
			t.Errorf("%q is shown as %q", text, d.Display())
		}
	})
}
