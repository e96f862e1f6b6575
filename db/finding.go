package db

import "context"

// Finding is a place where the record contradicts itself or has a gap. It may be
// right as it is: a person decides.
type Finding struct {
	Kind    string // such as "post-held-twice"
	Rows    []Row  // what to look at
	Message string // what is odd about them
}

// Row is a row of the data package, in its words.
type Row struct {
	Table string
	Key   []string // the primary key, or its beginning: all claims on a fact, where it ends in a source
}

// Findings returns what is odd in the record: by kind, then by key.
func (s *Store) Findings(ctx context.Context) ([]*Finding, error) {
	var all []*Finding
	for _, k := range kindsOfFinding {
		type found struct {
			message string
			rows    [][]string // each a table and a key
		}
		list, err := scan(ctx, s, func(f *found) []any { return []any{&f.message, jsonColumn[[]string]{&f.rows}} }, k.sql)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			finding := &Finding{Kind: k.kind, Message: f.message}
			for _, r := range f.rows {
				finding.Rows = append(finding.Rows, Row{Table: r[0], Key: r[1:]})
			}
			all = append(all, finding)
		}
	}
	return all, nil
}

// attended has the participations that a source asserts, itself or as an account of
// the meeting.
const attended = `attended as (
	select p.fact, p.meeting, p.official, p.country
	from participation p
	where not exists (select 1 from claim c where c.fact = p.fact)
	or exists (select 1 from claim c where c.fact = p.fact and c.stance = 'asserts'))`

// post has the tenures, each with the rows of its claims, separated by commas.
const post = `post as (
	select t.fact, t.official, t.country, o.name, o.slug, t.title || ' of ' || k.slug as title,
		coalesce(t.since, '?') || ' to ' || coalesce(t.until, '?') as spell,
		group_concat(json_array('tenures', o.slug, k.slug, t.title, t.spell || '', s.slug), ',' order by s.slug) as rows
	from tenure t join entity o on o.id = t.official join entity k on k.id = t.country
	join claim c on c.fact = t.fact join source s on s.id = c.source
	group by t.fact)`

// Each statement selects a message and a JSON list of rows. Dates are compared by the
// first and the last day that they may be, so that what is only known to the month is
// odd when every day of the month is; the days of a meeting go on to its end.
var kindsOfFinding = []struct{ kind, sql string }{
	// Someone takes part for a country, and all posts that are known of are over, not
	// begun, or of another country. One whose start is not known may have begun.
	{"no-post-at-the-time", `
		with ` + attended + `, ` + post + `,
		doubtful as (
			select p.fact, p.official, p.country, m.starts_on, e.slug as meeting
			from attended p join meeting m on m.id = p.meeting join entity e on e.id = p.meeting
			where exists (select 1 from tenure t where t.official = p.official)
			and not exists (
				select 1 from tenure t join validity v on v.fact = t.fact
				where t.official = p.official and t.country = p.country
				and (v.undated or v.possible_from <= coalesce(m.ends_latest, m.starts_latest))
				and (v.possible_until >= m.starts_earliest or v.undated and v.possible_until < v.possible_from)))
		select post.name || ' takes part for ' || k.slug || ' on ' || d.starts_on || ', which no post covers: '
				|| group_concat(post.title || ' ' || post.spell, '; ' order by post.spell, post.title),
			'[' || json_array('participants', d.meeting, post.slug) || ',' || group_concat(post.rows, ',' order by post.spell, post.title) || ']'
		from doubtful d join entity k on k.id = d.country
		join post on post.official = d.official and (post.country = d.country or not exists (
			select 1 from tenure t where t.official = d.official and t.country = d.country))
		group by d.fact
		order by d.meeting, post.slug`},

	// A claim states a date on which its source was out already. The source may have
	// announced it.
	{"later-than-its-source", `
		with spell as (
			select c.id as claim, o.name || ' as ' || t.title || ' of ' || k.slug as about,
				json_array('tenures', o.slug, k.slug, t.title, t.spell || '', s.slug) as row
			from tenure t join entity o on o.id = t.official join entity k on k.id = t.country
			join claim c on c.fact = t.fact join source s on s.id = c.source
			union all
			select c.id, k.name || ' in ' || b.name, json_array(b.kind || '_members', b.slug, k.slug, m.spell || '', s.slug)
			from membership m join entity b on b.id = m.body join entity k on k.id = m.country
			join claim c on c.fact = m.fact join source s on s.id = c.source)
		select p.about || case when c.since > s.published_latest then ' since ' || c.since else ' until ' || c.until end
				|| ', says a source of ' || s.published_on,
			'[' || p.row || ',' || json_array('sources', s.slug) || ']'
		from spell p join claim c on c.id = p.claim join source s on s.id = c.source
		where c.since > s.published_latest or c.until > s.published_latest -- '2024' is when all of its days are
		order by p.row`},

	// Two meetings of a kind with the same participants, which may be a day apart or less.
	{"meeting-told-twice", `
		with ` + attended + `,
		roster as materialized (select meeting, group_concat(official, ',' order by official) as officials from attended group by meeting),
		held as materialized (
			select m.kind, e.slug, r.officials, m.starts_on, m.starts_earliest as first, coalesce(m.ends_latest, m.starts_latest) as last
			from roster r join meeting m on m.id = r.meeting join entity e on e.id = m.id)
		select 'two meetings of kind ' || a.kind || ' with the same participants, on ' || a.starts_on || ' and ' || b.starts_on,
			json_array(json_array('meetings', a.slug), json_array('meetings', b.slug))
		from held a join held b on b.kind = a.kind and b.officials = a.officials and b.slug > a.slug
		where a.first <= date(b.last, '+1 day') and b.first <= date(a.last, '+1 day')
		order by a.slug, b.slug`},

	// Something was said more than a day before or after the meeting that it was said in.
	{"said-at-another-time", `
		select 'said on ' || t.stated_on || ' in a meeting of ' || m.starts_on || coalesce(' to ' || m.ends_on, ''),
			json_array(json_array('statements', t.slug), json_array('meetings', e.slug))
		from statement t join meeting m on m.id = t.meeting join entity e on e.id = m.id
		where t.stated_latest < date(m.starts_earliest, '-1 day')
		or t.stated_earliest > date(coalesce(m.ends_latest, m.starts_latest), '+1 day')
		order by t.slug`},

	// What was said in a meeting is about something that is none of its topics.
	{"not-a-topic-of-the-meeting", `
		select 'said about the ' || k.kind || ' ' || k.slug || ', which is no topic of ' || e.slug,
			json_array(json_array('statements', t.slug), json_array('meetings', e.slug))
		from statement t join entity e on e.id = t.meeting join entity k on k.id = t.topic
		where not exists (select 1 from topic o where o.meeting = t.meeting and o.entity = t.topic)
		order by t.slug`},

	// Two officials certainly hold a post together for more than 31 days; handovers are
	// shorter. Of deputies, vice presidents and ambassadors there may be several.
	{"post-held-twice", `
		with ` + post + `,
		held as (
			select t.fact, t.country, t.title, e.slug, max(v.certain_from) as since, min(v.certain_until) as until
			from tenure t join validity v on v.fact = t.fact join entity e on e.id = t.official
			where not (t.title glob '*Deputy*' or t.title glob '*Vice*' or t.title glob '*Ambassador*')
			group by t.fact),
		pair as (
			select a.fact as one, b.fact as other, max(a.since, b.since) as since, min(a.until, b.until) as until
			from held a join held b on b.country = a.country and b.title = a.title and b.slug > a.slug)
		select a.name || ' and ' || b.name || ' are both ' || a.title || ' from ' || p.since || ' to ' || p.until,
			'[' || a.rows || ',' || b.rows || ']'
		from pair p join post a on a.fact = p.one join post b on b.fact = p.other
		where p.until >= date(p.since, '+31 days')
		order by a.slug, b.slug, p.since, p.one, p.other`},

	// A source that nothing cites.
	{"source-without-use", `
		select 'nothing cites ' || s.slug, json_array(json_array('sources', s.slug))
		from source s
		where not exists (select 1 from claim c where c.source = s.id)
		and not exists (select 1 from entity_source c where c.source = s.id)
		and not exists (select 1 from alias c where c.source = s.id)
		and not exists (select 1 from statement t where t.source = s.id)
		order by s.slug`},

	// Nobody takes part, or one country only where the kind of meeting implies two.
	{"a-side-is-missing", `
		with ` + attended + `
		select 'a meeting of kind ' || m.kind || coalesce(' with participants of ' || max(k.slug) || ' only', ' without participants'),
			'[' || json_array('meetings', e.slug) || coalesce(',' || group_concat(json_array('participants', e.slug, o.slug), ',' order by o.slug) filter (where o.id is not null), '') || ']'
		from meeting m join entity e on e.id = m.id
		left join attended p on p.meeting = m.id left join entity o on o.id = p.official left join entity k on k.id = p.country
		group by m.id
		having count(k.id) = 0
		or count(distinct k.id) = 1 and m.kind in ('phone-call', 'video-call', 'bilateral-meeting', 'consultation')
		order by e.slug`},

	// An account of a meeting came out more than a day before it. It may announce it.
	{"account-before-the-meeting", `
		select 'an account of ' || s.published_on || ' of a meeting on ' || m.starts_on,
			json_array(json_array('meeting_sources', e.slug, s.slug), json_array('meetings', e.slug), json_array('sources', s.slug))
		from meeting m join entity e on e.id = m.id
		join entity_source a on a.entity = m.id join source s on s.id = a.source
		where s.published_latest < date(m.starts_earliest, '-1 day')
		order by e.slug, s.slug`},
}
