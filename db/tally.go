package db

import (
	"fmt"
	"maps"
	"slices"
)

// tallied is where the table tally has the counts of a list. The zero value: nowhere.
type tallied struct {
	list   string
	parent int64 // of a list without parents in this package's sense
	totals bool  // it has how long the list is, and no more
}

// ofEntities are the dimensions by which the lists of each entity but officials are
// counted. Lists of all rows are counted by all that they have.
var ofEntities = []string{"kind", "year", "date"}

func (t tallied) has(dimension string) bool {
	switch t.list {
	case "":
		return false
	case "mentions", "attended":
		return !t.totals && slices.Contains(ofEntities, dimension)
	}
	return true
}

// read selects the first counts of a dimension; of "" the length.
func (t tallied) read(parents []int64, dimension string, first int) (text string, args []any) {
	column := "parent"
	if parents == nil {
		parents, column = []int64{t.parent}, "0 as parent"
	}
	return `select ` + column + `, nth, word, entity, n from tally
		where list = $2 and parent ` + among(parents) + ` and dimension = $3 and nth <= $4
		order by parent, nth`, []any{oneOf(parents), t.list, dimension, first}
}

// addLists writes what lists of a large record are read from, when all else is written.
func (w *Writer) addLists() error {
	statements := []string{
		`update meeting set ordinal = p.ordinal
			from (select id, row_number() over (order by starts_earliest, slug) as ordinal from meeting) p where p.id = meeting.id`,
		`insert into mention (entity, ordinal, meeting, took_part)
			select n.entity, m.ordinal, m.id, n.took_part from (
				select official as entity, meeting, 1 as took_part from participation
				union all select country, meeting, 1 from participation
				union all select host_country, id, 0 from meeting where host_country is not null
				union all select entity, meeting, 0 from topic) n join meeting m on m.id = n.meeting
			order by n.entity, m.ordinal, n.took_part desc
			on conflict do nothing`,
		`insert into mentions (entity, meetings, took_part)
			select entity, count(*), sum(took_part) from mention group by entity`,
		`insert into speaks_for (official, country)
			select official, country from participation union select official, country from tenure`,
		`insert into tally (list, parent, dimension, nth, word, entity, n)
			select 'mentions', entity, '', 1, '', 0, meetings from mentions
			union all select 'attended', entity, '', 1, '', 0, took_part from mentions where took_part > 0`,
	}
	count := func(list, dimension, counts string) {
		statements = append(statements, fmt.Sprintf(`
			insert into tally (list, parent, dimension, nth, word, entity, n)
			select '%s', parent, '%s', nth, word, entity, n from (%s)`, list, dimension, ordered(counts)))
	}
	statements = append(statements, `
		create temp table met as
			select n.entity, n.took_part, m.kind, `+monthOf("m.starts_on")+` as date, count(*) as n
			from mention n join meeting m on m.id = n.meeting
			where n.entity not in (select id from official)
			group by n.entity, n.took_part, m.kind, date`)
	for _, dimension := range ofEntities {
		word := map[string]string{"kind": "kind", "year": "substr(date, 1, 4)", "date": "date"}[dimension]
		const counts = `select entity as parent, %s as word, 0 as entity, sum(n) as n from met where %s group by met.entity, word`
		count("mentions", dimension, fmt.Sprintf(counts, word, "true"))
		count("attended", dimension, fmt.Sprintf(counts, word, "took_part"))
	}
	statements = append(statements, `drop table met`)
	for _, all := range []struct {
		table string
		dimensions
	}{
		{KindCountry, countryDimensions},
		{KindOfficial, officialDimensions},
		{KindOrganization, bodyDimensions},
		{KindCorridor, bodyDimensions},
		{KindIssue, issueDimensions},
		{KindMeeting, meetingDimensions},
		{kindSource, sourceDimensions},
		{kindStatement, statementDimensions},
	} {
		statements = append(statements, fmt.Sprintf(`
			insert into tally (list, parent, dimension, nth, word, entity, n)
			select '%[1]s', 0, '', 1, '', 0, count(*) from %[1]s`, all.table))
		for _, dimension := range slices.Sorted(maps.Keys(all.dimensions)) { // in order: the same package gives the same file
			count(all.table, dimension, counted(`select 0 as parent, id from `+all.table, all.dimensions[dimension]))
		}
	}
	for _, statement := range statements {
		if err := w.exec(statement); err != nil {
			return err
		}
	}
	return nil
}
