package db

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// fill is a part of what a release is filled with.
type fill = func(w *Writer) error

// met writes a meeting in which the officials x, y and z took part for countries: "x AAA".
func met(slug, kind string, starts, ends Date, sources []string, parts ...string) fill {
	return func(w *Writer) error {
		errs := []error{w.AddMeeting(NewMeeting{Slug: slug, Kind: kind, Title: "Meeting " + slug, StartsOn: starts, EndsOn: ends, Sources: sources})}
		for _, p := range parts {
			official, country, _ := strings.Cut(p, " ")
			errs = append(errs, w.AddParticipation(slug, official, country, "principal", nil))
		}
		return errors.Join(errs...)
	}
}

// denied writes a part in a meeting that a source denies.
func denied(meeting, official, country string) fill {
	return func(w *Writer) error {
		return w.AddParticipation(meeting, official, country, "", []NewClaim{{Source: "b", Stance: "denies"}})
	}
}

func held(official, country, title string, claims ...NewClaim) fill {
	return func(w *Writer) error {
		for i := range claims {
			if claims[i].Stance == "" {
				claims[i].Stance = "asserts"
			}
		}
		return w.AddTenure(official, country, title, 1, claims)
	}
}

func belongs(kind, body, country string, claims ...NewClaim) fill {
	return func(w *Writer) error { return w.AddMembership(kind, body, country, 1, claims) }
}

// said writes a statement of x in the meeting m on a road, or on no subject.
func said(on Date, topic string) fill {
	return func(w *Writer) error {
		s := NewStatement{Slug: "s", Official: "x", Meeting: "m", StatedOn: on, Paraphrase: "Well.", Source: "d"}
		if topic != "" {
			s.TopicKind, s.TopicSlug = KindCorridor, topic
		}
		return w.AddStatement(s)
	}
}

func about(topic string) fill {
	return func(w *Writer) error {
		return w.AddTopic("m", KindCorridor, topic, []NewClaim{{Source: "d", Stance: "asserts"}})
	}
}

// Each kind of finding, and what just misses it.
func TestFindings(t *testing.T) {
	until := func(d Date) NewClaim { return NewClaim{Source: "d", Since: "2000-05", Until: d} }
	from := func(d Date) NewClaim { return NewClaim{Source: "d", Since: d, Until: "2020"} }
	var (
		accounts = []string{"d"} // undated
		phoned   = met("m", "phone-call", "2010-05-20", "", accounts, "x AAA", "y BBB")
		minister = "tenures x/AAA/Minister/1/d"
	)
	for _, c := range []struct {
		kind, name string
		fill       []fill
		want       []string
	}{
		{
			"no-post-at-the-time", "it ended the month before",
			[]fill{phoned, held("x", "AAA", "Minister", until("2010-04"))},
			[]string{"participants m/x, " + minister + ": X takes part for AAA on 2010-05-20, which no post covers: Minister of AAA 2000-05 to 2010-04"},
		},
		{
			"no-post-at-the-time", "it may have ended that month",
			[]fill{phoned, held("x", "AAA", "Minister", until("2010-05"))},
			nil,
		},
		{
			"no-post-at-the-time", "it ended that day",
			[]fill{phoned, held("x", "AAA", "Minister", until("2010-05-20"))},
			nil,
		},
		{
			"no-post-at-the-time", "it began the day after, and another ended the day before",
			[]fill{
				phoned,
				held("x", "AAA", "Minister", NewClaim{Source: "d", Since: "2010-05-21"}, NewClaim{Source: "c", Since: "2010-05-21"}),
				held("x", "AAA", "Envoy", until("2010-05-19")), held("x", "BBB", "Consul", until("..")),
			},
			[]string{"participants m/x, tenures x/AAA/Envoy/1/d, tenures x/AAA/Minister/1/c, " + minister + ": X takes part for AAA on 2010-05-20, which no post covers: " +
				"Envoy of AAA 2000-05 to 2010-05-19; Minister of AAA 2010-05-21 to ?"},
		},
		{
			"no-post-at-the-time", "it began on the last day of the meeting",
			[]fill{met("m", "visit", "2010-05-20", "2010-05-21", accounts, "x AAA"), held("x", "AAA", "Minister", NewClaim{Source: "d", Since: "2010-05-21"})},
			nil,
		},
		{
			"no-post-at-the-time", "one of two sources has it begin in time",
			[]fill{phoned, held("x", "AAA", "Minister", NewClaim{Source: "c", Since: "2010-06"}, NewClaim{Source: "d", Since: "2010-05"})},
			nil,
		},
		{
			"no-post-at-the-time", "its start is not known",
			[]fill{phoned, held("x", "AAA", "Minister", NewClaim{Source: "d"})},
			nil,
		},
		{
			"no-post-at-the-time", "its start is not known, and it ended",
			[]fill{phoned, held("x", "AAA", "Minister", NewClaim{Source: "d", Until: "2009"})},
			[]string{"participants m/x, " + minister + ": X takes part for AAA on 2010-05-20, which no post covers: Minister of AAA ? to 2009"},
		},
		{
			"no-post-at-the-time", "it was first read of later",
			[]fill{met("m", "phone-call", "2000", "", accounts, "x AAA", "y BBB"), held("x", "AAA", "Minister", NewClaim{Source: "b"})},
			nil,
		},
		{
			"no-post-at-the-time", "of another country",
			[]fill{phoned, held("x", "CCC", "Minister", until(OpenEnd))},
			[]string{"participants m/x, tenures x/CCC/Minister/1/d: X takes part for AAA on 2010-05-20, which no post covers: Minister of CCC 2000-05 to .."},
		},
		{
			"no-post-at-the-time", "the part is denied",
			[]fill{met("m", "visit", "2010-05-20", "", accounts), denied("m", "x", "AAA"), held("x", "AAA", "Minister", until("2010-04"))},
			nil,
		},

		{
			"later-than-its-source", "an end in the year after",
			[]fill{held("x", "AAA", "Minister", NewClaim{Source: "b", Since: "2000", Until: "2004-01"})},
			[]string{"tenures x/AAA/Minister/1/b, sources b: X as Minister of AAA until 2004-01, says a source of 2003"},
		},
		{
			"later-than-its-source", "an end in the year of the source, none, and one by an undated source",
			[]fill{held("x", "AAA", "Minister", NewClaim{Source: "b", Since: "2000", Until: "2003-12-31"}, NewClaim{Source: "c", Until: OpenEnd}, NewClaim{Source: "d", Until: "2004-01"})},
			nil,
		},
		{
			"later-than-its-source", "memberships",
			[]fill{
				belongs(KindCorridor, "road", "AAA", NewClaim{Source: "b", Stance: "asserts", Since: "2004"}, NewClaim{Source: "c", Stance: "asserts", Since: "2004"}),
				belongs(KindOrganization, "club", "BBB", NewClaim{Source: "a1", Stance: "asserts", Since: "2002-01-01", Until: "2003"}),
			},
			[]string{
				"corridor_members road/AAA/1/b, sources b: Country AAA in Road since 2004, says a source of 2003",
				"organization_members club/BBB/1/a1, sources a1: Country BBB in Club since 2002-01-01, says a source of 2001",
			},
		},

		{
			"meeting-told-twice", "on days in a row, whoever comes first",
			[]fill{
				phoned,
				met("l", "phone-call", "2010-05-21", "", accounts, "y BBB", "x AAA"), met("n", "phone-call", "2010-05-19", "", accounts, "y BBB", "x AAA"),
			},
			[]string{
				"meetings l, meetings m: two meetings of kind phone-call with the same participants, on 2010-05-21 and 2010-05-20",
				"meetings m, meetings n: two meetings of kind phone-call with the same participants, on 2010-05-20 and 2010-05-19",
			},
		},
		{
			"meeting-told-twice", "perhaps, in a month that ended the day before",
			[]fill{phoned, met("l", "phone-call", "2010-04", "2010-05-19", accounts, "y BBB", "x AAA")},
			[]string{"meetings l, meetings m: two meetings of kind phone-call with the same participants, on 2010-04 and 2010-05-20"},
		},
		{
			"meeting-told-twice", "two days apart, of another kind, with one more, with nobody",
			[]fill{
				phoned,
				met("n1", "phone-call", "2010-05-22", "", accounts, "y BBB", "x AAA"),
				met("n2", "video-call", "2010-05-20", "", accounts, "y BBB", "x AAA"),
				met("n3", "phone-call", "2010-05-20", "", accounts, "y BBB", "x AAA", "z AAA"),
				met("n4", "phone-call", "2010-05-20", "", accounts), met("n5", "phone-call", "2010-05-20", "", accounts),
			},
			nil,
		},

		{
			"said-at-another-time", "two days after",
			[]fill{phoned, said("2010-05-22", "")},
			[]string{"statements s, meetings m: said on 2010-05-22 in a meeting of 2010-05-20"},
		},
		{
			"said-at-another-time", "two days before one of several days",
			[]fill{met("m", "visit", "2010-05-20", "2010-05-22", accounts), said("2010-05-18", "")},
			[]string{"statements s, meetings m: said on 2010-05-18 in a meeting of 2010-05-20 to 2010-05-22"},
		},
		{
			"said-at-another-time", "the day after the end",
			[]fill{met("m", "visit", "2010-05-20", "2010-05-22", accounts), said("2010-05-23", "")},
			nil,
		},
		{"said-at-another-time", "the day before", []fill{phoned, said("2010-05-19", "")}, nil},
		{"said-at-another-time", "in that month", []fill{phoned, said("2010-05", "")}, nil},

		{
			"not-a-topic-of-the-meeting", "another corridor",
			[]fill{phoned, about("road"), said("2010-05-20", "rail")},
			[]string{"statements s, meetings m: said about the corridor rail, which is no topic of m"},
		},
		{"not-a-topic-of-the-meeting", "that corridor", []fill{phoned, about("road"), said("2010-05-20", "road")}, nil},
		{"not-a-topic-of-the-meeting", "on nothing", []fill{phoned, about("road"), said("2010-05-20", "")}, nil},

		{
			"post-held-twice", "for 32 days",
			[]fill{held("y", "AAA", "Minister", from("2010-05-31")), held("x", "AAA", "Minister", until("2010-07-01"))},
			[]string{minister + ", tenures y/AAA/Minister/1/d: X and Y are both Minister of AAA from 2010-05-31 to 2010-07-01"},
		},
		{
			"post-held-twice", "for 31 days",
			[]fill{held("y", "AAA", "Minister", from("2010-05-31")), held("x", "AAA", "Minister", until("2010-06-30"))},
			nil,
		},
		{
			"post-held-twice", "from some day of a month until the last that was read of it",
			[]fill{
				held("x", "AAA", "Minister", NewClaim{Source: "a1", Since: "2000"}, NewClaim{Source: "c"}),
				held("y", "AAA", "Minister", from("2003-11")),
			},
			[]string{"tenures x/AAA/Minister/1/a1, tenures x/AAA/Minister/1/c, tenures y/AAA/Minister/1/d: X and Y are both Minister of AAA from 2003-11-30 to 2004-01-01"},
		},
		{
			"post-held-twice", "if it went on after it was last read of",
			[]fill{
				held("x", "AAA", "Minister", NewClaim{Source: "a1", Since: "2000"}, NewClaim{Source: "c"}),
				held("y", "AAA", "Minister", from("2004-01")),
			},
			nil,
		},
		{
			"post-held-twice", "perhaps, for the year of the end is all that is known",
			[]fill{held("y", "AAA", "Minister", from("2010-05-31")), held("x", "AAA", "Minister", until("2010"))},
			nil,
		},
		{
			"post-held-twice", "unless the source is right that denies one of them",
			[]fill{
				held("y", "AAA", "Minister", from("2010-05-31")),
				held("x", "AAA", "Minister", until("2011"), NewClaim{Source: "c", Stance: "denies"}),
			},
			nil,
		},
		{
			"post-held-twice", "of two countries, with two titles, and by those of whom there are several",
			[]fill{
				held("x", "AAA", "Minister", from("2001")), held("y", "BBB", "Minister", from("2001")), held("y", "AAA", "President", from("2001")),
				held("x", "AAA", "Deputy Minister", from("2001")), held("y", "AAA", "Deputy Minister", from("2001")),
				held("x", "AAA", "First Vice President", from("2001")), held("y", "AAA", "First Vice President", from("2001")),
				held("x", "AAA", "Ambassador", from("2001")), held("y", "AAA", "Ambassador", from("2001")),
			},
			nil,
		},
		{
			"post-held-twice", "Service is no Vice",
			[]fill{held("x", "AAA", "Head of the Service", until("2010-07-01")), held("y", "AAA", "Head of the Service", from("2010-05-31"))},
			[]string{"tenures x/AAA/Head of the Service/1/d, tenures y/AAA/Head of the Service/1/d: X and Y are both Head of the Service of AAA from 2010-05-31 to 2010-07-01"},
		},

		{
			"source-without-use", "all that neither a claim nor an account nor a statement uses",
			[]fill{
				met("m", "visit", "2010-05-20", "", []string{"a1"}, "x AAA"), said("2010-05-20", ""),
				belongs(KindCorridor, "road", "AAA", NewClaim{Source: "c", Stance: "omits"}),
			},
			[]string{"sources a2: nothing cites a2", "sources b: nothing cites b"},
		},

		{
			"a-side-is-missing", "on a call, and everybody",
			[]fill{
				met("m", "phone-call", "2010", "", accounts, "x AAA", "z AAA"), met("n", "visit", "2010", "", accounts),
				met("o", "bilateral-meeting", "2010", "", accounts, "y BBB"), denied("o", "x", "AAA"),
			},
			[]string{
				"meetings m, participants m/x, participants m/z: a meeting of kind phone-call with participants of AAA only",
				"meetings n: a meeting of kind visit without participants",
				"meetings o, participants o/y: a meeting of kind bilateral-meeting with participants of BBB only",
			},
		},
		{
			"a-side-is-missing", "two sides, and one at a signing",
			[]fill{phoned, met("n", "signing", "2010", "", accounts, "x AAA")},
			nil,
		},

		{
			"account-before-the-meeting", "two days before",
			[]fill{met("m", "visit", "2005-01-02", "", []string{"d", "c"}, "x AAA")},
			[]string{"meeting_sources m/c, meetings m, sources c: an account of 2004 of a meeting on 2005-01-02"},
		},
		{
			"account-before-the-meeting", "the day before, and in a year in which the meeting may have begun",
			[]fill{met("m", "visit", "2005-01-01", "", []string{"c"}, "x AAA"), met("n", "visit", "2004", "2005-06", []string{"c"}, "x AAA")},
			nil,
		},
	} {
		t.Run(c.kind+": "+c.name, func(t *testing.T) {
			store := build(t, func(w *Writer) error {
				errs := []error{
					ground(w), w.AddOfficial("x", "X", nil, nil), w.AddOfficial("y", "Y", nil, nil), w.AddOfficial("z", "Z", nil, nil),
					w.AddOrganization(NewOrganization{Slug: "club", Name: "Club", Source: "d"}),
					w.AddCorridor(NewCorridor{Slug: "road", Name: "Road", Source: "d"}), w.AddCorridor(NewCorridor{Slug: "rail", Name: "Rail", Source: "d"}),
				}
				for _, write := range c.fill {
					errs = append(errs, write(w))
				}
				return errors.Join(errs...)
			})
			findings, err := store.Findings(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				if f.Kind != c.kind {
					continue // sources that this case does not use, say
				}
				var rows []string
				for _, r := range f.Rows {
					rows = append(rows, r.Table+" "+strings.Join(r.Key, "/"))
				}
				got = append(got, strings.Join(rows, ", ")+": "+f.Message)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
