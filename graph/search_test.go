package graph_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"readout/db"
)

// bearers returns the slugs of the officials whose name a search finds, best first.
func bearers(t testing.TB, store *db.Store, query string) (slugs []string) {
	t.Helper()
	page, err := store.Search(context.Background(), query, []string{db.KindOfficial}, db.Page{Limit: 100})
	if err != nil {
		t.Fatalf("%q: %s", query, err)
	}
	for _, item := range page.Items {
		if item.Row.Reason != "text" {
			slugs = append(slugs, strings.TrimPrefix(item.Row.Node.ID(), "official:"))
		}
	}
	return slugs
}

// However a name is spelled, its bearer is found first.
func TestSpellingsFindTheirOfficial(t *testing.T) {
	store := dataset(t)
	tried, found, first := 0, 0, 0
	for _, official := range slices.Concat(spellings, later, press) {
		for written := range strings.SplitSeq(official.written, "|") {
			slugs := bearers(t, store, written)
			is := len(slugs) > 0 && slugs[0] == official.official
			tried++
			if slices.Contains(slugs, official.official) {
				found++
			}
			if is {
				first++
			}
			if is == slices.Contains(missed, written) {
				t.Errorf("%q finds %v; first should be %s, unless it is known to be missed", written, slugs[:min(3, len(slugs))], official.official)
			}
		}
	}
	t.Logf("recall: %d spellings of %d officials; %d find theirs, %d of them first", tried, len(spellings)+len(later)+len(press), found, first)
}

// Someone with a like name is not taken for an official of the dataset.
func TestStrangersAreNotTaken(t *testing.T) {
	store := dataset(t)
	taken := 0
	for _, s := range strangers {
		slugs := bearers(t, store, s.written)
		first := ""
		if len(slugs) > 0 {
			first = slugs[0]
		}
		if first != s.right || first == s.not && s.not != s.right {
			taken++
			t.Errorf("%q finds %v, want %q first", s.written, slugs[:min(3, len(slugs))], s.right)
		}
	}
	for _, name := range nobody {
		if slugs := bearers(t, store, name); len(slugs) > 0 {
			taken++
			t.Errorf("%q finds %v, want nobody", name, slugs)
		}
	}
	t.Logf("precision: %d strangers, %d of them taken for another", len(strangers)+len(nobody), taken)
}

// What is no person is found in its languages too.
func TestSearchFindsWhatIsMeant(t *testing.T) {
	store := dataset(t)
	for _, c := range []struct{ query, want string }{
		{"INSC", "ALIAS corridor:instc"},
		{"instc", "ALIAS corridor:instc"},
		{"north south corridor", "FOLDED corridor:instc"},
		{"North–South Transport Corridor", "FOLDED corridor:instc"},
		{"middle corridor", "ALIAS corridor:middle-corridor"},
		{"zangezur", "FOLDED corridor:zangezur-corridor"},
		{"Zəngəzur", "FOLDED corridor:zangezur-corridor"},
		{"Зангезур", "PREFIX corridor:zangezur-corridor"},
		{"traceca", "ALIAS corridor:traceca"},
		{"Shanghai Cooperation Organization", "ALIAS organization:sco"},
		{"OSCE", "ALIAS organization:osce"},
		{"d8", "FOLDED organization:d8"},
		{"3+3", "ALIAS organization:three-plus-three"},
		{"Иран", "ALIAS country:IRN"},
		{"Ираном", "TRANSLITERATED country:IRN"},
		{"Ирана", "TRANSLITERATED country:IRN"},
		{"Ирану", "TRANSLITERATED country:IRN"},
		{"Армении", "TRANSLITERATED country:ARM"},
		{"Арменией", "TRANSLITERATED country:ARM"},
		{"Турцией", "TRANSLITERATED country:TUR"},
		{"Китаю", "TRANSLITERATED country:CHN"},
		{"Грузии", "TRANSLITERATED country:GEO"},
		{"Allemagne", "ALIAS country:DEU"},
		{"airline", "nothing"},
		{"Aliyeva", "nothing"},
		{"ایران", "ALIAS country:IRN"},
		{"Ադրբեջան", "ALIAS country:AZE"},
		{"azərbaycan", "ALIAS country:AZE"},
		{"აზერბაიჯანი", "ALIAS country:AZE"},
		{"Azerbaidschan", "TRANSLITERATED country:AZE"},
		{"AZE", "ALIAS country:AZE"},
		{"turkiye", "ALIAS country:TUR"},
		{"Rasht-Astara", "FOLDED corridor:rasht-astara-railway"},
	} {
		var into struct {
			Search struct {
				Edges []struct {
					Reason string
					Node   struct{ ID string }
				}
			}
		}
		answer(t, store, `query Q($q: String!) { search(query: $q, first: 1) { edges { reason node { id } } } }`, map[string]any{"q": c.query}, &into)
		got := "nothing"
		if edges := into.Search.Edges; len(edges) > 0 {
			got = edges[0].Reason + " " + edges[0].Node.ID
		}
		if got != c.want {
			t.Errorf("%q finds %s, want %s", c.query, got, c.want)
		}
	}
}
