package graph_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// tdi is the pattern of a source that is the seed article: The Diplomatic Insight,
// 26 June 2023, on the call of the foreign ministers of Iran and Azerbaijan.
const tdi = `"source": {"publisher": "The Diplomatic Insight", "publishedOn": {"value": "2023-06-26"}, "url": "~thediplomaticinsight.com"}`

const (
	cited = " note stance source { publisher publishedOn { value } url }"
	named = " { ... on Entity { id } }"
)

// call asks the article's meeting.
func call(fields string) string {
	return `query Q { of: meeting(by: {slug: "2023-06-25-amirabdollahian-bayramov-call"}) { ` + fields + ` } }`
}

// issue asks an issue that the article speaks of.
func issue(slug string) string {
	return `query Q { of: issue(by: {slug: "` + slug + `"}) { kind summary
		properties { name claims { value` + cited + ` } }
		parties { edges { node { code } role claims { role` + cited + ` } } } } }`
}

// corridor asks the corridor by the article's abbreviation.
func corridor(fields string) string {
	return `query Q { of: corridor(by: {name: "INSC"}) { ` + fields + ` } }`
}

// said is a statement of the call: who, on which topic, in which words.
func said(who, topic, words string) string {
	if topic != "null" {
		topic = fmt.Sprintf(`{"id": %q}`, topic)
	}
	return fmt.Sprintf(`{"official": {"id": "official:%s"}, "topic": %s, "paraphrase": %q, %s}`, who, topic, words, tdi)
}

// about is a topic of the call, with what the note of its claim says.
func about(topic, note string) string {
	return fmt.Sprintf(`{"node": {"id": %q}, "claims": [{"stance": "ASSERTS", "note": %q, %s}]}`, topic, note, tdi)
}

// background is what an issue has from the article.
func background(words string) string {
	return fmt.Sprintf(`{"name": "BACKGROUND", "claims": [{"stance": "ASSERTS", "value": %q, %s}]}`, words, tdi)
}

// party is a country's part in an issue by the article.
func party(code, role string) string {
	return fmt.Sprintf(`{"node": {"code": %q}, "claims": [{"stance": "ASSERTS", "role": %s, %s}]}`, code, role, tdi)
}

const (
	iran, azerbaijan = "hossein-amirabdollahian", "jeyhun-bayramov"
	relations        = "issue:bilateral-relations-state"
)

var (
	statements = call("statements { nodes { official { id } topic" + named + " paraphrase" + strings.ReplaceAll(cited, " note stance", "") + " } }")
	topics     = call("topics { edges { node" + named + " claims {" + cited + " } } }")
)

// Every line of the seed article is answerable, and attributed to The Diplomatic
// Insight. A want is a part of what the answer has: an object has at least these
// fields, a list at least these items, and a text after ~ is a regular expression.
func TestEveryLineOfTheSeedArticle(t *testing.T) {
	t.Parallel()
	lines := []struct{ says, query, want string }{
		{
			"the two foreign ministers spoke by telephone on 25 June 2023",
			call(`kind startsOn { disputed claims { date { value }` + cited + ` } }
				participants { edges { node { id } country { code } tenure { title } claims { basis` + cited + ` } } }`),
			`{"kind": "PHONE_CALL",
				"startsOn": {"disputed": true, "claims": [
					{"stance": "ASSERTS", "date": {"value": "2023-06-25"}, ` + tdi + `},
					{"stance": "ASSERTS", "date": {"value": "2023-06-26"}, "note": "~Monday", "source": {"publisher": "~ABNA"}}]},
				"participants": {"edges": [
					{"node": {"id": "official:` + iran + `"}, "country": {"code": "IRN"}, "tenure": {"title": "Minister of Foreign Affairs"},
						"claims": [{"stance": "ASSERTS", ` + tdi + `}]},
					{"node": {"id": "official:` + azerbaijan + `"}, "country": {"code": "AZE"}, "tenure": {"title": "Minister of Foreign Affairs"},
						"claims": [{"stance": "ASSERTS", ` + tdi + `}]}]}}`,
		},
		{
			"they exchanged views on political, economic and consular issues",
			topics,
			`{"topics": {"edges": [
				` + about("issue:bilateral-political-issues", "~exchanged views") + `,
				` + about("issue:bilateral-economic-issues", "~exchanged views") + `,
				` + about("issue:bilateral-consular-issues", "~exchanged views") + `]}}`,
		},
		{
			"Amirabdollahian spoke of developments, and called steady consultation important",
			statements,
			`{"statements": {"nodes": [
				` + said(iran, "null", "~region.*world") + `,
				` + said(iran, relations, "~consultation.*important") + `]}}`,
		},
		{
			"the main subject was the state and the prospects of the relationship",
			topics, `{"topics": {"edges": [` + about(relations, "~main subject.*state.*prospects") + `]}}`,
		},
		{
			"Amirabdollahian: work together on problems, and set the relationship on course",
			statements, `{"statements": {"nodes": [` + said(iran, relations, "~jointly.*problems.*course") + `]}}`,
		},
		{
			"tension rose earlier in 2023, in part over Azerbaijan's closer ties with Israel",
			issue("azerbaijan-israel-ties"),
			`{"properties": [` + background("~tension.*earlier in 2023.*in part.*Israel") + `],
				"parties": {"edges": [` + party("AZE", "null") + `, ` + party("IRN", "null") + `, ` + party("ISR", "null") + `]}}`,
		},
		{
			"Bayramov: mutual engagement in various fields matters",
			statements, `{"statements": {"nodes": [` + said(azerbaijan, relations, "~various fields matter") + `]}}`,
		},
		{
			"Bayramov hoped that ties flourish and contested matters are settled soon",
			statements, `{"statements": {"nodes": [` + said(azerbaijan, relations, "~hoped.*ties.*contested.*soon") + `]}}`,
		},
		{
			"there is a long history of discord between the two",
			issue("bilateral-relations-state"),
			`{"properties": [` + background("~long history of discord") + `],
				"parties": {"edges": [` + party("AZE", `"PARTY"`) + `, ` + party("IRN", `"PARTY"`) + `]}}`,
		},
		{
			"its main reason is Iran's alleged support for Armenia over Nagorno-Karabakh",
			issue("alleged-iranian-support-armenia"),
			`{"kind": "GRIEVANCE", "summary": "~alleged",
				"properties": [{"name": "BACKGROUND", "claims": [{"stance": "ASSERTS",
					"value": "~main reason.*alleged support of Iran for Armenia over Nagorno-Karabakh", "note": "~allegation", ` + tdi + `}]}],
				"parties": {"edges": [` + party("IRN", `"ACCUSED"`) + `, ` + party("ARM", `"PARTY"`) + `]}}`,
		},
		{
			"Tehran accused Baku of stirring separatism in north-western Iran",
			issue("alleged-separatism-incitement"),
			`{"kind": "GRIEVANCE", "summary": "~accused",
				"properties": [` + background("~Tehran has accused Baku.*separatism.*north-western Iran") + `],
				"parties": {"edges": [` + party("IRN", `"ACCUSER"`) + `, ` + party("AZE", `"ACCUSED"`) + `]}}`,
		},
		{
			"Bayramov thanked his counterpart for easing tension, and called the talk a step towards peace",
			statements,
			`{"statements": {"nodes": [
				` + said(azerbaijan, "issue:bilateral-political-issues", "~thanked.*ease tension") + `,
				` + said(azerbaijan, relations, "~step towards peace") + `]}}`,
		},
		{
			"both showed keen interest in economic and transport cooperation",
			call("topics { edges { node" + named + " claims {" + cited + " } } } " +
				"statements { nodes { official { id } topic" + named + " paraphrase source { publisher publishedOn { value } url } } }"),
			`{"topics": {"edges": [
					` + about("issue:economic-cooperation", "~[Bb]oth.*keen interest") + `,
					` + about("issue:transport-cooperation", "~[Bb]oth.*keen interest") + `]},
				"statements": {"nodes": [
					` + said(iran, "issue:economic-cooperation", "~interest") + `, ` + said(iran, "issue:transport-cooperation", "~interest") + `,
					` + said(azerbaijan, "issue:economic-cooperation", "~interest") + `, ` + said(azerbaijan, "issue:transport-cooperation", "~interest") + `]}}`,
		},
		{
			"they discussed the state of the INSC, and ways to speed up its development",
			topics,
			`{"topics": {"edges": [
				` + about("corridor:instc", "~state.*speed up its development.*INSC") + `,
				` + about("issue:instc-development", "~speed up") + `]}}`,
		},
		{
			"the corridor is multimodal, and joins India and the Persian Gulf to Russia through Iran",
			corridor("id properties { name claims { value" + cited + " } }"),
			`{"id": "corridor:instc", "properties": [
				{"name": "MODES", "claims": [{"stance": "ASSERTS", "value": "multimodal", ` + tdi + `}]},
				{"name": "ROUTE", "claims": [{"stance": "ASSERTS", "value": "~India and the Persian Gulf to Russia through Iran", ` + tdi + `}]}]}`,
		},
		{
			"it grew by eleven further countries, along with Azerbaijan",
			corridor("properties { name disputed claims { value" + cited + " } } members { edges { node { code } claims { role" + cited + " } } }"),
			`{"properties": [{"name": "MEMBER_COUNT", "disputed": true, "claims": [
					{"stance": "ASSERTS", "value": "11 further", "note": "~unclear", ` + tdi + `},
					{"stance": "ASSERTS", "value": "13", "source": {"publisher": "~Trend", "publishedOn": {"value": "~2023"}}},
					{"stance": "ASSERTS", "value": "14", "source": {"publisher": "~Mehr", "publishedOn": {"value": "~2019"}}}]}],
				"members": {"edges": [{"node": {"code": "AZE"}, "claims": [{"stance": "ASSERTS", "role": "MEMBER", "note": "~unclear", ` + tdi + `}]}]}}`,
		},
		{
			"they discussed prospects of cooperation within ECO and NAM",
			topics,
			`{"topics": {"edges": [
				` + about("organization:eco", "~[Pp]rospects of cooperation") + `,
				` + about("organization:nam", "~[Pp]rospects of cooperation") + `,
				` + about("issue:cooperation-in-eco-and-nam", "~[Pp]rospects of cooperation") + `]}}`,
		},
	}
	if len(lines) != 17 {
		t.Errorf("%d lines; the article has 17", len(lines))
	}
	for i, line := range lines {
		t.Run(fmt.Sprintf("line %d, %s", i+1, line.says), func(t *testing.T) {
			var data struct{ Of any }
			answer(t, dataset(t), line.query, nil, &data)
			var want any
			if err := json.Unmarshal([]byte(line.want), &want); err != nil {
				t.Fatal(err)
			}
			if missing := lacks(data.Of, want, "answer"); missing != "" {
				t.Error(missing)
			}
		})
	}
}

// lacks says what of want is not in got, or "".
func lacks(got, want any, path string) string {
	switch want := want.(type) {
	case object:
		g, is := got.(object)
		if !is {
			return fmt.Sprintf("%s is %v; want an object", path, got)
		}
		for key, w := range want {
			if missing := lacks(g[key], w, path+"."+key); missing != "" {
				return missing
			}
		}
		return ""
	case []any:
		g, _ := got.([]any)
	items:
		for _, w := range want {
			for _, item := range g {
				if lacks(item, w, path) == "" {
					continue items
				}
			}
			text, _ := json.Marshal(w)
			return fmt.Sprintf("%s: none of %d items is like %s", path, len(g), text)
		}
		return ""
	case string:
		if pattern, is := strings.CutPrefix(want, "~"); is {
			if text, is := got.(string); is && regexp.MustCompile(pattern).MatchString(text) {
				return ""
			}
		}
	}
	if got != want {
		return fmt.Sprintf("%s is %v; want %v", path, got, want)
	}
	return ""
}
