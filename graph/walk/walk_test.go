package walk

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// What is written is what gqlgen's marshalers write.
func TestScalars(t *testing.T) {
	compare := func(want graphql.Marshaler, write func(*Walk) bool) {
		t.Helper()
		var text bytes.Buffer
		want.MarshalGQL(&text)
		w := new(Walk)
		if !write(w) || string(w.out) != strings.TrimSuffix(text.String(), "\n") {
			t.Errorf("got %s, want %s", w.out, text.String())
		}
	}
	for _, s := range []string{"", "plain", `a "quote" \ and /`, "\x00\x01\x1f\t\r\n\x7f end", "Əliyev, Мамед\u200c, 日本 \u2028", "no \xff UTF-8"} {
		compare(graphql.MarshalString(s), func(w *Walk) bool { return w.String(s) })
	}
	for _, n := range []int{0, -1, math.MaxInt32} {
		compare(graphql.MarshalInt(n), func(w *Walk) bool { return w.Int(n) })
	}
	for _, f := range []float64{0, -0.5, 40.4093, 1e6, 123456789, 1e21, 1e-7, 1. / 3} {
		compare(graphql.MarshalFloat(f), func(w *Walk) bool { return w.Float(f) })
	}
	for _, b := range []bool{true, false} {
		compare(graphql.MarshalBoolean(b), func(w *Walk) bool { return w.Boolean(b) })
	}
	m := map[string]any{"type": "Point", "coordinates": []any{49.87, 40.41}, "<&>": nil}
	compare(graphql.MarshalMap(m), func(w *Walk) bool { return w.Map(m) })
}
