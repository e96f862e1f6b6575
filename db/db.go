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
	"encoding/json"
	"errors"
	"fmt"
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
	file                *os.File          // the one that is read, whatever is at its path by now
	countries           map[string]int64  // by ISO 3166-1 alpha-3, alpha-2 and numeric
	regions, subregions map[string]string // UN M49, by their names in lower case
	release             Release
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
	ro, file, err := openPinned(ctx, path, "mode=ro&immutable=1&_query_only=1&_mutex=no&_stmt_cache_size=128", max(4, runtime.GOMAXPROCS(0)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := &Store{ro: ro, file: file, countries: map[string]int64{}, regions: map[string]string{}, subregions: map[string]string{}, links: newLazyNetwork()}
	if s.release, err = s.verify(ctx); err == nil {
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

// scan runs a statement and reads each of its rows into the places that dest names.
// Its parameters are $1, $2 …, as in PostgreSQL, in any order.
func scan[T any](ctx context.Context, s *Store, dest func(*T) []any, text string, args ...any) ([]*T, error) {
	text = strings.ReplaceAll(text, "$", "?") // SQLite numbers ?1, and takes $1 for a name
	if count, counted := ctx.Value(countKey{}).(*atomic.Int64); counted {
		count.Add(1)
	}
	rows, err := s.ro.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, text)
	}
	defer rows.Close()
	var list []*T
	for rows.Next() {
		row := new(T)
		if err := rows.Scan(dest(row)...); err != nil {
			return nil, fmt.Errorf("%w in %s", err, text)
		}
		list = append(list, row)
	}
	return list, rows.Err()
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

// orZero reads a null into dest as its zero value.
func orZero(dest any) any {
	switch d := dest.(type) {
	case *string:
		return zero[string]{d}
	case *int64:
		return zero[int64]{d}
	}
	return dest // pointers to pointers and Dates take nulls as they are
}

type zero[T any] struct{ dest *T }

func (z zero[T]) Scan(column any) error {
	var value sql.Null[T]
	err := value.Scan(column)
	*z.dest = value.V
	return err
}
