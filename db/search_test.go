package db

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// library writes what the tests of search look for.
func library(w *Writer) error {
	abbreviation := "BTR"
	note := "Also spelled with a hyphen."
	return errors.Join(
		ground(w),
		w.AddOfficial("cavusoglu", "Mevlüt Çavuşoğlu", []string{"M. Cavusoglu"}, &note),
		w.AddOfficial("aliyev", "Ilham Aliyev", []string{"Ilham Heydar oglu Aliyev"}, nil),
		w.AddOfficial("amir", "Hossein Amir-Abdollahian", nil, nil),
		w.AddOfficial("lavrov", "Sergey Lavrov", nil, nil),
		w.AddOfficial("ali", "Ali Asadov", nil, nil),
		w.AddOfficial("alieva", "Ali Alizada", nil, nil),
		w.AddTenure("lavrov", "AAA", "Minister of Foreign Affairs", 1, []NewClaim{{Source: "b", Stance: "asserts", Since: "2004"}}),
		w.AddCorridor(NewCorridor{
			Slug: "btr", Name: "Bay to River railway", Abbreviation: &abbreviation, Aliases: []string{"Wet Road"}, Modes: []string{"rail"},
			Summary: "A railway from the bay to the river; freight trains cross the river by ferry. " + strings.Repeat("Sand and stone go by. ", 30) +
				"The last bridge is of timber.", Source: "b",
		}),
		w.AddIssue(NewIssue{Slug: "bridge", Kind: "project", Title: "The river bridge", Summary: "A bridge of stone was agreed.", Source: "b"}),
		w.AddMeeting(NewMeeting{
			Slug: "2020-call", Kind: "phone-call", Title: "Lavrov phones Aliyev", Summary: "They spoke of freight trains and élan.",
			StartsOn: "2020", Sources: []string{"b"},
		}),
		w.AddParticipation("2020-call", "lavrov", "AAA", "", nil),
		w.AddParticipation("2020-call", "aliyev", "BBB", "", nil),
		w.AddTopic("2020-call", KindIssue, "bridge", []NewClaim{{Source: "b", Stance: "asserts"}}),
		w.AddStatement(NewStatement{
			Slug: "st-1", Official: "lavrov", Meeting: "2020-call", StatedOn: "2020", Paraphrase: "The timber bridge should be closed to freight.", Source: "b",
		}),
	)
}

// results are what a search finds, each as "reason kind:slug".
func results(t testing.TB, s *Store, query string) []string {
	t.Helper()
	page, err := s.Search(context.Background(), query, nil, Page{Limit: 100})
	if err != nil {
		t.Fatalf("%q: %s", query, err)
	}
	list := []string{}
	for _, item := range page.Items {
		list = append(list, item.Row.Reason+" "+item.Row.Node.ID())
	}
	return list
}

func TestWhySearchFinds(t *testing.T) {
	s := build(t, library)
	for _, c := range []struct {
		query string
		want  []string // the first of what is found
	}{
		{"Ilham Aliyev", []string{"exact official:aliyev", "text meeting:2020-call"}},
		{"  ilham ALIYEV ", []string{"exact official:aliyev"}},
		{"Ilham Heydar oglu Aliyev", []string{"alias official:aliyev"}},
		{"BTR", []string{"alias corridor:btr"}},
		{"wet road", []string{"alias corridor:btr"}},
		{"cavusoglu", []string{"folded official:cavusoglu"}},
		{"mevlut cavusoglu", []string{"folded official:cavusoglu"}},
		{"Aliyev, Ilham", []string{"folded official:aliyev"}},
		{"amirabdollahian", []string{"folded official:amir"}},
		{"amir abdollahian", []string{"folded official:amir"}},
		{"abdollahian", []string{"folded official:amir"}},
		{"lavr", []string{"prefix official:lavrov"}},
		{"al", []string{"prefix official:ali", "prefix official:alieva", "prefix official:aliyev"}},
		{"Чавушоглу", []string{"transliterated official:cavusoglu"}},
		{"حسین امیرعبداللهیان", []string{"transliterated official:amir"}},
		{"Лавровым", []string{"transliterated official:lavrov"}},
		{"Лавр", []string{"transliterated official:lavrov"}},
		{"Sergey Lavorv", []string{"fuzzy official:lavrov"}},
		{"Lavrov S.V.", []string{"prefix official:lavrov"}},
		{"Minister Lavrov", []string{"folded official:lavrov"}},
		{"Лавров, министр иностранных дел", []string{"transliterated official:lavrov"}},
		{"S. Lavrov", []string{"prefix official:lavrov"}},
		{"Dr. Sergey Viktorovich Lavrov", []string{"folded official:lavrov"}},
		{"timber", []string{"text statement:st-1", "text corridor:btr"}},
		{"foreign minister", []string{"text official:lavrov"}},
		{"elan", []string{"text meeting:2020-call"}},
		{"freight trai", []string{"text meeting:2020-call", "text corridor:btr"}},
		{`"freight trains"`, []string{"text meeting:2020-call", "text corridor:btr"}},
		{"«cross the river»", []string{"text corridor:btr"}},
	} {
		got := results(t, s, c.query)
		if len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) {
			t.Errorf("%q: got %q, want first %q", c.query, got, c.want)
		}
	}
}

func TestSearchFindsNothing(t *testing.T) {
	s := build(t, library)
	for query, why := range map[string]string{
		"":                     "no word",
		" \t\n":                "no word",
		"...!?«»\"\"'":         "no word",
		"😀🚂":                   "no word",
		"\u202e\u200f\u200d":   "no word",
		"\x00\x01":             "no word",
		"a":                    "one letter is no word of a text, and begins too many names",
		"Heydar Aliyev":        "his father; every word must be met by the name of one person",
		"B. Lavrov":            "another initial",
		"Ali Lavrov":           "two people",
		"Lavrin":               "too far",
		"V.S. Lavrov":          "the first initial is his own",
		"Lavrova":              "a woman",
		"Minister Wet Road":    "a minister is a person",
		"Sara":                 "too short to be meant for Sergey",
		`"trains freight"`:     "not in that order",
		`"freight trai"`:       "in quotes words are whole",
		"freight zeppelin":     "one of the words is nowhere",
		"body:freight":         "no column is asked for: body is a word",
		"timber NOT bridge":    "not is a word",
		"timber NEAR/2 bridge": "near is a word",
	} {
		if got := results(t, s, query); len(got) > 0 {
			t.Errorf("%q finds %q: %s", query, got, why)
		}
	}
}

func TestSearchTakesNothingForSyntax(t *testing.T) {
	s := build(t, library)
	for _, query := range []string{
		`timber"`, `"timber`, `"timber" "`, "timber*", "*timber", "-timber", "(timber", "timber)", "^timber", "timber\x00", "timber;--", "timber\u202e", "\xfftimber\xfe",
		"'timber'", "{timber}", "timber\\", "%timber%", "timber😀", "tim\u00adber", "TIMBER", "t\u200dimber", "„timber“", "＂timber＂",
	} {
		if got := results(t, s, query); !slices.Contains(got, "text statement:st-1") {
			t.Errorf("%q finds %q", query, got)
		}
	}
}

func TestSearchRefusesLongText(t *testing.T) {
	s := build(t, library)
	if got := results(t, s, strings.Repeat("ə", maxQuery)); len(got) > 0 {
		t.Errorf("found %q", got)
	}
	_, err := s.Search(t.Context(), strings.Repeat("ə", 10_000), nil, Page{Limit: 1})
	var ours *Error
	if !errors.As(err, &ours) || ours.Code != Invalid || !strings.Contains(ours.Message, "query: 10000 characters") {
		t.Errorf("got %v", err)
	}
}

func TestSnippets(t *testing.T) {
	s := build(t, library)
	for _, c := range []struct{ query, id, matched, snippet string }{
		{"amirabdollahian", "official:amir", "Hossein Amir-Abdollahian", "Hossein [Amir]-[Abdollahian]"},
		{"Чавушоглу", "official:cavusoglu", "Mevlüt Çavuşoğlu", "Mevlüt [Çavuşoğlu]"},
		{"elan", "meeting:2020-call", "Lavrov phones Aliyev", "They spoke of freight trains and [élan]."},
		{"freight trai", "meeting:2020-call", "Lavrov phones Aliyev", "They spoke of [freight] [trains] and élan."},
		{"foreign minister", "official:lavrov", "Sergey Lavrov", "[Minister] of [Foreign] Affairs, Country AAA"},
		{"timber", "statement:st-1", "Sergey Lavrov", "The [timber] bridge should be closed to freight."},
		{
			"timber", "corridor:btr", "Bay to River railway", "… and stone go by. " + strings.Repeat("Sand and stone go by. ", 6) + "The last bridge is of [timber].",
		},
	} {
		page, err := s.Search(t.Context(), c.query, nil, Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(page.Items, func(i Item[Hit]) bool { return i.Row.Node.ID() == c.id })
		if at < 0 {
			t.Errorf("%q does not find %s", c.query, c.id)
			continue
		}
		hit := page.Items[at].Row
		marked := ""
		for _, part := range hit.Excerpts {
			if part.Matched {
				marked += "[" + part.Text + "]"
			} else {
				marked += part.Text
			}
		}
		if hit.Matched != c.matched || marked != c.snippet {
			t.Errorf("%q: %s matched %q with %q, want %q with %q", c.query, c.id, hit.Matched, marked, c.matched, c.snippet)
		}
		if plain := strings.NewReplacer("[", "", "]", "").Replace(marked); hit.Snippet() != plain {
			t.Errorf("%q: the snippet is %q, its parts %q", c.query, hit.Snippet(), plain)
		}
	}
}

// However a list is paged, forwards or backwards, it is the same list.
func TestSearchPages(t *testing.T) {
	s := build(t, library)
	for _, kinds := range [][]string{nil, {KindOfficial, KindCorridor}, {}} {
		whole, err := s.Search(t.Context(), "al", kinds, Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{}
		for _, item := range whole.Items {
			want = append(want, item.Row.Node.ID())
		}
		if total, _ := whole.Count(t.Context()); total != len(want) || kinds == nil && total < 3 {
			t.Errorf("kinds %q: %d of %q", kinds, total, want)
		}
		for _, backward := range []bool{false, true} {
			for size := 1; size <= len(want); size++ {
				got := []string{}
				page := Page{Limit: size, Backward: backward}
				for {
					found, err := s.Search(t.Context(), "al", kinds, page)
					if err != nil {
						t.Fatal(err)
					}
					ids := []string{}
					for _, item := range found.Items {
						ids = append(ids, item.Row.Node.ID())
					}
					if backward {
						got = append(ids, got...)
						if page.Before = nil; found.HasPrevious {
							page.Before = &found.Items[0].Position
						}
					} else {
						got = append(got, ids...)
						if page.After = nil; found.HasNext {
							page.After = &found.Items[len(ids)-1].Position
						}
					}
					if page.After == nil && page.Before == nil {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("kinds %q, backward %t, by %d: got %q, want %q", kinds, backward, size, got, want)
				}
			}
		}
	}
}

func TestSearchCountsKinds(t *testing.T) {
	s := build(t, library)
	for _, kinds := range [][]string{nil, {KindMeeting}, {}} {
		found, err := s.Search(t.Context(), "bridge", kinds, Page{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range found.Kinds {
			got += fmt.Sprintf("%s %d, ", c.Kind, c.Count)
		}
		if want := "corridor 1, issue 1, meeting 1, statement 1, "; got != want {
			t.Errorf("with %q: %q, want %q", kinds, got, want)
		}
	}
}

// However many letters of a word may be read in several ways, it is read in few.
func TestReadingsAreBounded(t *testing.T) {
	s := build(t, func(w *Writer) error {
		return errors.Join(library(w), w.AddOfficial("hostile", "Xaxaxcjcjchshthdh", []string{strings.Repeat("жчг", 30), strings.Repeat("وwو", 30)}, nil))
	})
	for _, word := range []string{
		"chchchcccxxxjjjshshshththth", "dhdhdhththth", strings.Repeat("chcxjshthdhə", 21), strings.Repeat("x", 256), strings.Repeat("və", 128),
		strings.Repeat("و", 256), strings.Repeat("г", 256), strings.Repeat("ჯი", 100), "Acharchichiashvili", "Xaxaxcjcjchshthdh",
	} {
		if n := len(sounds(word)); n == 0 || n > maxSounds {
			t.Errorf("%q is read in %d ways", word, n)
		}
		if n := len(heard(strings.ToLower(word))); n > maxSounds {
			t.Errorf("%q is heard in %d ways", word, n)
		}
		results(t, s, word)
		results(t, s, strings.Join(slices.Repeat([]string{word[:min(len(word), 20)]}, 6), " "))
	}
}

// A search ends with the request that it is for.
func TestNamesAreSoughtWhileAsked(t *testing.T) {
	s := build(t, library)
	names, err := s.names()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if hits, err := names.search(ctx, "Lavrov"); !errors.Is(err, context.Canceled) {
		t.Errorf("found %d and %v", len(hits), err)
	}
}

// A list may be asked for what search finds in texts, and be ordered by it.
func TestListsByText(t *testing.T) {
	s := build(t, library)
	freight := MeetingFilter{EntityConditions: EntityConditions{Text: ptr("freight")}}
	list, err := s.Meetings(t.Context(), freight, Order{"relevance", "desc"}, Page{Limit: 10})
	if err != nil || len(list.Items) != 1 || list.Items[0].Row.Slug != "2020-call" {
		t.Errorf("got %v, %v", list, err)
	}
	for query, want := range map[string]int{"freight": 1, "timber bridge": 1, "stone": 0, "lavrov": 0, "timber lavrov": 0} { // of its words, not its speaker's
		list, err := s.Statements(t.Context(), StatementFilter{Text: &query}, Order{}, Page{Limit: 10})
		if err != nil || len(list.Items) != want {
			t.Errorf("%q: got %d statements, want %d; %v", query, len(list.Items), want, err)
		}
	}
	for _, c := range []struct{ kind, query, want string }{
		{KindCorridor, "BTR", "btr"},
		{KindCorridor, "wet road", "btr"},
		{KindCorridor, "wet railway timber", "btr"}, // an alias, the name and the summary
		{KindCorridor, "bay river", "btr"},
		{KindCorridor, "Lavrov", ""},
		{KindOfficial, "heydar", "aliyev"},
		{KindOfficial, "Çavuşoğlu", "cavusoglu"},
		{KindOfficial, "wet road", ""},
	} {
		var b conditions
		if err := b.text("text", c.kind, "e.id", c.query); err != nil {
			t.Fatal(err)
		}
		b.and("e.kind = %s", c.kind)
		hits, err := b.relevant("text", c.kind, c.query)
		if err != nil {
			t.Fatal(err)
		}
		for _, ordered := range []string{"", " join " + hits + " hit on hit.id = e.id"} {
			found, err := scan(t.Context(), s, func(slug *string) []any { return []any{slug} }, `select e.slug from entity e`+ordered+b.where(), b.args...)
			got := ""
			for _, slug := range found {
				got += *slug
			}
			if err != nil || got != c.want {
				t.Errorf("%s %q finds %q, want %q; %v", c.kind, c.query, got, c.want, err)
			}
		}
	}
	for _, query := range []string{"", "?!", "a", strings.Repeat("a", maxQuery+1)} {
		var b conditions
		var ours *Error
		if err := b.text("text", KindMeeting, "m.id", query); !errors.As(err, &ours) || ours.Code != Invalid || !strings.HasPrefix(ours.Message, "text: ") {
			t.Errorf("%q: got %v", query, err)
		}
	}
}

// Of a word that more texts have than are ranked, those of the kinds asked for are found.
func TestKindsAreChosenBeforeTextsAreCounted(t *testing.T) {
	s := build(t, func(w *Writer) error {
		errs := []error{ground(w), w.AddOfficial("speaker", "Speaker", nil, nil)}
		errs = append(errs, w.AddStatement(NewStatement{Slug: "st-1", Official: "speaker", StatedOn: "2020", Paraphrase: "Freight first.", Source: "b"}))
		note := "freight"
		for i := range maxRanked + 1 {
			errs = append(errs, w.AddOfficial(fmt.Sprint("o", i), fmt.Sprint("O", i), nil, &note))
		}
		return errors.Join(errs...)
	})
	found, err := s.Search(t.Context(), "freight", []string{KindStatement}, Page{Limit: 10})
	if err != nil || len(found.Items) != 1 {
		t.Errorf("found %v, %v", found, err)
	}
	for kind, want := range map[string]int{KindStatement: 1, KindOfficial: maxRanked + 1} {
		var b conditions
		if err := b.text("text", kind, "id", "freight"); err != nil {
			t.Fatal(err)
		}
		if list, err := scan(t.Context(), s, func(id *int64) []any { return []any{id} }, "select id from "+kind+b.where(), b.args...); err != nil || len(list) != want {
			t.Errorf("%d of %d of kind %s have the word, %v", len(list), want, kind, err)
		}
		hits, err := b.relevant("text", kind, "freight")
		if err != nil {
			t.Fatal(err)
		}
		if list, err := scan(t.Context(), s, func(id *int64) []any { return []any{id} }, "select id from "+hits, b.args...); err != nil || len(list) != min(want, maxRanked) {
			t.Errorf("%d of kind %s are ranked, %v", len(list), kind, err)
		}
	}
}

// Whatever is typed, the answer is a list in order, each entry once, or a refusal that says why.
func FuzzSearch(f *testing.F) {
	for _, text := range []string{
		"Lavrov", "حسین امیر", "Çavuş", `"freight tra`, "a AND b", "NEAR(", "*", "-", "\x00", "\xff", "\u202e", "😀", strings.Repeat("x", 300), "Heydar oglu", "J. P.", "ու և", "习近平",
		"ال ال ال", "x j c ch sh th", "chchchcccxxxjjjshshshththth", "dhdhdhthththəəəWWW", "W", "ее ъ ь", strings.Repeat("a ", 100), "ﷺ", "İ", "ß", "½", "é", "e\u0301",
	} {
		f.Add(text)
	}
	path := filepath.Join(f.TempDir(), "readout.db")
	if _, err := Build(f.Context(), path, Release{Hash: "0"}, library); err != nil {
		f.Fatal(err)
	}
	s, err := Open(f.Context(), path)
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	f.Fuzz(func(t *testing.T, text string) {
		found, err := s.Search(t.Context(), text, nil, Page{Limit: 100})
		var ours *Error
		switch {
		case errors.As(err, &ours) && utf8.RuneCountInString(text) > maxQuery:
			return
		case err != nil:
			t.Fatalf("%q: %s", text, err)
		}
		seen := map[string]bool{}
		for i, item := range found.Items {
			id := item.Row.Node.ID()
			if seen[id] {
				t.Errorf("%q finds %s twice", text, id)
			}
			seen[id] = true
			if i > 0 && found.Items[i-1].Row.compare(item.Row) >= 0 || i > 0 && found.Items[i-1].Position.Key > item.Position.Key {
				t.Errorf("%q: %v stands before %v", text, found.Items[i-1].Position, item.Position)
			}
			if item.Row.Score <= 0 || item.Row.Score > 1 || item.Row.Snippet() == "" || !utf8.ValidString(item.Row.Snippet()) {
				t.Errorf("%q: %s has the score %g and the snippet %q", text, id, item.Row.Score, item.Row.Snippet())
			}
		}
	})
}
