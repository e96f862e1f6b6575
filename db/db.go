// Package db holds the dataset: its types, its SQL and its migrations. Everything
// else in the project reaches rows through a Store and the rows that it returns.
//
// A database file is a release: Build makes one beside its place and renames it
// there whole, and a Store only ever reads it. Rows know the rows that they were
// loaded with and the Store that read them (cohort.go), so following a relation from
// each of them costs one statement, not one a row; a list below a row, such as
// Members, asks the row for its Store.
package db

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/mattn/go-sqlite3"
)

// Store reads a release. It is safe for concurrent use.
type Store struct {
	ro                  *sql.DB
	file                *os.File // the one that is read, whatever is at its path by now
	topics              map[int64]AnyEntity
	countries           map[string]int64  // by ISO 3166-1 alpha-3, alpha-2 and numeric
	regions, subregions map[string]string // UN M49, by their names in lower case
	release             Release
	met                 map[int64]int              // in how many meetings each country took part
	names               func() (*directory, error) // read on first use
	links               *lazyNetwork
	at                  Date // the day that states are told for; "": all days
}

// At returns s as it stood on a day: what it leads to, however far, is told for that
// day, and its IDs carry the day.
func (s *Store) At(day Date) *Store {
	view := *s
	view.at = day
	return &view
}

// Open opens the release at path for reading. It fails when there is none, and with
// a reason when the file is unfinished, damaged or of another schema. The Store goes on
// reading that file when another takes its place.
func Open(ctx context.Context, path string) (*Store, error) {
	// No lock is taken (immutable) because a release is replaced, never changed.
	ro, file, err := openPinned(ctx, path, "mode=ro&immutable=1&_query_only=1&_mutex=no&_stmt_cache_size=128&_cache_size=-16384", max(4, runtime.GOMAXPROCS(0)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := &Store{ro: ro, file: file, countries: map[string]int64{}, regions: map[string]string{}, subregions: map[string]string{}, met: map[int64]int{}, topics: map[int64]AnyEntity{}, links: newLazyNetwork()}
	if s.release, err = s.verify(ctx); err == nil {
		err = s.holdTopics(ctx)
	}
	if err == nil {
		err = s.loadCountries(ctx)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s.names = sync.OnceValues(func() (*directory, error) { return readDirectory(context.Background(), s) })
	return s, nil
}

// Close frees what the Store holds.
func (s *Store) Close() error {
	s.links.cancel()
	return errors.Join(s.ro.Close(), s.file.Close())
}

// Ready waits until what search and paths are looked up in is in memory, so that the
// first of them takes no longer than the next.
func (s *Store) Ready(ctx context.Context) error {
	s.warm()
	_, err := s.names()
	if err == nil {
		_, err = s.network(ctx)
	}
	return err
}

// dsn names the file at path, whatever letters are in it.
func dsn(path, settings string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings
}

// Version returns the version of SQLite.
func Version() string {
	version, _, _ := sqlite3.Version()
	return version
}

type countKey struct{}

// CountStatements returns a context under which statements are counted, and the count.
func CountStatements(ctx context.Context) (context.Context, *atomic.Int64) {
	count := new(atomic.Int64)
	return context.WithValue(ctx, countKey{}, count), count
}

// scan runs a statement and returns its rows. Its parameters are $1, $2 …, as in
// PostgreSQL, in any order.
func scan[T any](ctx context.Context, s *Store, dest func(*T) []any, text string, args ...any) ([]*T, error) {
	var list []*T
	err := read(ctx, s, dest, func(row *T) {
		found := *row
		list = append(list, &found)
	}, text, args...)
	return list, err
}

// read runs a statement and shows each of its rows. Dest names the places of the
// columns in a T, which all rows are read into, one after the other; a null as a zero value.
func read[T any](ctx context.Context, s *Store, dest func(*T) []any, show func(*T), text string, args ...any) error {
	if count, counted := ctx.Value(countKey{}).(*atomic.Int64); counted {
		count.Add(1)
	}
	text = strings.ReplaceAll(text, "$", "?") // SQLite numbers ?1, and takes $1 for a name
	row := new(T)
	places := dest(row)
	err := s.ask(ctx, text, args, len(places), func(columns []sqldriver.Value) error {
		for i, column := range columns {
			if err := put(places[i], column); err != nil {
				return fmt.Errorf("column %d: %w", i+1, err)
			}
		}
		show(row)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("%w in %s", err, text)
	}
	return err
}

// ask runs a statement by the driver itself: database/sql, which serves every driver
// and every use of one, would double what a row costs.
func (s *Store) ask(ctx context.Context, text string, args []any, columns int, row func([]sqldriver.Value) error) error {
	named := make([]sqldriver.NamedValue, len(args))
	for i, arg := range args {
		value, err := sqldriver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return err
		}
		named[i] = sqldriver.NamedValue{Ordinal: i + 1, Value: value}
	}
	connection, err := s.ro.Conn(ctx)
	if err != nil {
		return err
	}
	defer connection.Close()
	return connection.Raw(func(connection any) error {
		rows, err := connection.(sqldriver.QueryerContext).QueryContext(ctx, text, named)
		if err != nil {
			return err
		}
		defer rows.Close()
		if n := len(rows.Columns()); n != columns {
			return fmt.Errorf("%d columns where there are places for %d", n, columns)
		}
		values := make([]sqldriver.Value, columns)
		for err = rows.Next(values); err == nil; err = rows.Next(values) {
			if err := row(values); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		return err
	})
}

// put puts a column into its place.
func put(place any, column sqldriver.Value) error {
	is := true
	switch p := place.(type) {
	case *string:
		*p, is = column.(string)
	case *Date:
		var text string
		text, is = column.(string)
		*p = Date(text)
	case *int64:
		*p, is = column.(int64)
	case *int:
		var n int64
		n, is = column.(int64)
		*p = int(n)
	case *int32:
		var n int64
		n, is = column.(int64)
		*p = int32(n)
	case *bool:
		var n int64
		n, is = column.(int64)
		*p = n != 0
	case *float64:
		*p, is = column.(float64)
	case **string:
		*p = nil
		if text, there := column.(string); there {
			*p, is = &text, true
		} else {
			is = false
		}
	case **float64:
		*p = nil
		if n, there := column.(float64); there {
			*p = &n
		} else {
			is = false
		}
	case sql.Scanner:
		return p.Scan(column)
	default:
		return fmt.Errorf("no column is read into %T", place)
	}
	if !is && column != nil {
		return fmt.Errorf("%T for %T", column, place)
	}
	return nil
}

// query is scan for rows that belong together from then on.
func query[T any, P rowOf[T]](ctx context.Context, s *Store, dest func(*T) []any, text string, args ...any) ([]*T, error) {
	list, err := scan(ctx, s, dest, text, args...)
	newCohort[T, P](s, list)
	return list, err
}

// keyed puts rows into a map by their id.
func keyed[T any, P rowOf[T]](list []*T, err error) (map[int64]*T, error) {
	byID := make(map[int64]*T, len(list))
	for _, r := range list {
		byID[P(r).rowID()] = r
	}
	return byID, err
}

// jsonList is a list as one argument, for `in (select value from json_each($1))`.
func jsonList[T any](list []T) string {
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // only lists of text and integers get here
	}
	return string(text)
}
