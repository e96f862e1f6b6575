package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	sqldriver "database/sql/driver"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite3"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/mattn/go-sqlite3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Release says what went into a database file.
type Release struct {
	Name, Title, Version string
	Hash                 string   // of the files; 16 hexadecimal digits
	Licences             []string // SPDX identifiers
}

// ErrNoRelease means that there is no usable release at a path: none at all, one
// that is unfinished or damaged, or one of another schema.
var ErrNoRelease = errors.New("no usable release")

const (
	// finished is the user_version of a file that was built to its end.
	finished = 1
	// writing is raised when Build would write the same package in another way.
	writing = 3
)

// schema identifies the migrations and the way of writing that a file was built by.
func schema() string {
	hash := sha256.New()
	fmt.Fprintln(hash, writing)
	files, err := fs.Glob(migrations, "migrations/*.sql")
	for _, name := range files {
		var text []byte
		text, err = migrations.ReadFile(name)
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
	}
	if err != nil {
		panic(err) // the files are part of the program
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// Build makes a release at path, in place of one that may be there. It works on a
// temporary file beside path: migrations, what fill writes in one transaction,
// verification, fsync; then the file is renamed to its place. When anything fails,
// path is as it was. Builds of one path wait for one another. A usable release with the
// same hash is left alone, and built is false.
func Build(ctx context.Context, path string, r Release, fill func(*Writer) error) (built bool, err error) {
	defer func() { err = remedied(path, err) }()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	lock, err := lockFile(ctx, path+".lock")
	if err != nil {
		return false, err
	}
	defer lock.Close() // and with it the lock
	if there, err := Open(ctx, path); err == nil {
		there.Close()
		if there.release.Hash == r.Hash {
			return false, nil
		}
	}
	err = replace(ctx, path, r, fill)
	return err == nil, err
}

// remedied says what to do about a disk that does not take the file.
func remedied(path string, err error) error {
	folder := filepath.Dir(path)
	full := func(err error) bool {
		return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
	}
	failed, _ := errors.AsType[sqlite3.Error](err)
	switch {
	case full(err) || failed.Code == sqlite3.ErrFull || full(failed.SystemErrno):
		return fmt.Errorf("%s cannot be built: the disk of %s is full; free some space, then load again: %w", path, folder, err)
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s cannot be built: files cannot be made in %s; make the folder writable or name a file elsewhere, then load again: %w", path, folder, err)
	case failed.Code == sqlite3.ErrIoErr:
		return fmt.Errorf("%s cannot be built: the disk of %s fails; see the system's log: %w", path, folder, err)
	}
	return err
}

// lockFile waits until it alone has the lock on a file, or ctx ends.
func lockFile(ctx context.Context, path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if errors.Is(err, syscall.EWOULDBLOCK) {
			select {
			case <-time.After(50 * time.Millisecond): // another process builds
				continue
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
}

// replace builds a release and puts it in place, under the lock.
func replace(ctx context.Context, path string, r Release, fill func(*Writer) error) error {
	folder := filepath.Dir(path)
	left, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, file := range left { // of builds of this path that were killed
		name, ours := strings.CutPrefix(file.Name(), filepath.Base(path)+".")
		if number, isTemp := strings.CutSuffix(name, ".tmp"); ours && isTemp && strings.Trim(number, "0123456789") == "" {
			os.Remove(filepath.Join(folder, file.Name()))
		}
	}
	temp, err := os.CreateTemp(folder, filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // after the rename there is none
	defer temp.Close()
	if err := os.Chmod(temp.Name(), 0o644); err != nil {
		return err
	}

	if err := migrateUp(temp.Name()); err != nil {
		return err
	}
	if err := write(ctx, temp.Name(), r, fill); err != nil {
		return err
	}
	if err := seal(temp); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	built, err := Open(ctx, temp.Name())
	if err != nil {
		return err
	}
	if err := built.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// migrator applies the migrations to the file at path. Closing it closes its handle.
func migrator(path string) (*migrate.Migrate, error) {
	handle, err := sql.Open("sqlite3", dsn(path, "_journal=off&_sync=off"))
	if err != nil {
		return nil, err
	}
	driver, err := migratesqlite.WithInstance(handle, &migratesqlite.Config{})
	if err != nil {
		handle.Close()
		return nil, err
	}
	files, err := iofs.New(migrations, "migrations")
	if err != nil {
		driver.Close()
		return nil, err
	}
	return migrate.NewWithInstance("embedded", files, "sqlite3", driver)
}

func migrateUp(path string) error {
	m, err := migrator(path)
	if err != nil {
		return err
	}
	err = m.Up()
	if failed, is := errors.AsType[*database.Error](err); is { // it hides what failed
		err = fmt.Errorf("%s: %w", failed.Err, failed.OrigErr)
	}
	sourceErr, databaseErr := m.Close()
	return errors.Join(err, sourceErr, databaseErr)
}

// write fills a migrated file, marks it as finished, and checks it, last of all.
func write(ctx context.Context, path string, r Release, fill func(*Writer) error) error {
	// The file is not in its place before it is whole, so it needs no journal. References
	// are checked when all is written.
	conn, err := sqlite.Open(dsn(path, "_journal=off&_sync=off&_mutex=no&_locking=exclusive&_cache_size=-131072"))
	if err != nil {
		return err
	}
	w := &Writer{
		ctx: ctx, conn: conn.(*sqlite3.SQLiteConn), inserts: map[string]*insert{},
		entities: map[string]int64{}, aliases: map[int64]int{}, sources: map[string]writtenSource{}, stops: map[string]int64{},
		publishers: map[string]int64{}, voices: map[int64]int64{},
		Begin: func(string, int) {}, Done: func(int) {},
	}
	err = w.write(r, fill)
	if err := errors.Join(err, w.close()); err != nil {
		return err
	}
	w.Begin("checking the release", 0)
	return check(ctx, path)
}

func (w *Writer) write(r Release, fill func(*Writer) error) error {
	if err := w.exec(`begin`); err != nil {
		return err
	}
	indexes, err := w.dropIndexes()
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		return err
	}
	if err := w.exec(`
		insert into release (key, value)
		values ('name', $1), ('title', $2), ('version', $3), ('hash', $4), ('schema', $5), ('licences', $6)`,
		r.Name, r.Title, r.Version, r.Hash, schema(), strings.Join(r.Licences, " ")); err != nil {
		return err
	}
	w.Begin("making indexes", 0)
	for _, index := range indexes { // an index of rows that are there is sorted, not searched row by row
		if err := w.exec(index); err != nil {
			return err
		}
	}
	if err := w.addDisputes(); err != nil {
		return err
	}
	if err := w.addDocuments(); err != nil {
		return err
	}
	w.Begin("counting lists", 0)
	if err := w.addLists(); err != nil {
		return err
	}
	w.Begin("linking entities", 0)
	if err := w.addNetwork(); err != nil {
		return err
	}
	w.Begin("counting rows for plans", 0)
	for _, statement := range []string{`commit`, `analyze`, fmt.Sprintf(`pragma user_version = %d`, finished)} {
		if err := w.exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// dropIndexes drops the indexes that no constraint needs, and returns what makes them.
func (w *Writer) dropIndexes() (made []string, err error) {
	rows, err := w.conn.Query(`select name, sql from sqlite_master where type = 'index' and sql is not null`, nil)
	if err != nil {
		return nil, err
	}
	var names []string
	row := make([]sqldriver.Value, 2)
	for err = rows.Next(row); err == nil; err = rows.Next(row) {
		names, made = append(names, row[0].(string)), append(made, row[1].(string))
	}
	rows.Close()
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, name := range names {
		if err := w.exec("drop index " + name); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// check looks at all of a file that was written: its pages and indexes, and where its
// references lead.
func check(ctx context.Context, path string) error {
	handle, err := sql.Open("sqlite3", dsn(path, "mode=ro&immutable=1&_cache_size=-131072"))
	if err != nil {
		return err
	}
	defer handle.Close()
	var damage string
	if err := handle.QueryRowContext(ctx, `pragma quick_check(1)`).Scan(&damage); err != nil {
		return err
	}
	if damage != "ok" {
		return fmt.Errorf("the release that was written is damaged: %s", damage)
	}
	var broken int
	if err := handle.QueryRowContext(ctx, `select count(*) from pragma_foreign_key_check`).Scan(&broken); err != nil {
		return err
	}
	if broken > 0 {
		return fmt.Errorf("the release that was written has %d references that lead nowhere", broken)
	}
	return nil
}

// verify reads what the release is, and fails with ErrNoRelease and the reason when
// it cannot be served. What is in the file was checked before it was sealed; here it need
// only be the same.
func (s *Store) verify(ctx context.Context) (Release, error) {
	var version int
	if err := s.ro.QueryRowContext(ctx, `pragma user_version`).Scan(&version); err != nil {
		return Release{}, fmt.Errorf("%w: %w", ErrNoRelease, err)
	}
	if version != finished {
		return Release{}, fmt.Errorf("%w: it was not built to its end", ErrNoRelease)
	}
	type pair struct{ key, value string }
	pairs, err := scan(ctx, s, func(p *pair) []any { return []any{&p.key, &p.value} }, `select key, value from release`)
	if err != nil {
		return Release{}, fmt.Errorf("%w: %w", ErrNoRelease, err)
	}
	values := map[string]string{}
	for _, p := range pairs {
		values[p.key] = p.value
	}
	if values["schema"] != schema() {
		return Release{}, fmt.Errorf("%w: it has another schema", ErrNoRelease)
	}
	whole, err := sealed(s.file)
	if err != nil {
		return Release{}, fmt.Errorf("%w: %w", ErrNoRelease, err)
	}
	if !whole {
		return Release{}, fmt.Errorf("%w: it was changed after it was built; its checksum is another", ErrNoRelease)
	}
	return Release{
		Name: values["name"], Title: values["title"], Version: values["version"], Hash: values["hash"],
		Licences: strings.Fields(values["licences"]),
	}, nil
}

// Writer fills a release. What a row refers to is named by slug and must have been
// written before it.
//
// When they are set, Begin is told of each step that follows, with how many rows it
// has, 0 when they are not counted, and Done of those that are done.
type Writer struct {
	Begin func(step string, rows int)
	Done  func(rows int)

	ctx     context.Context
	conn    *sqlite3.SQLiteConn
	inserts map[string]*insert // by text; nil: a statement of another kind
	started []*insert          // the same in the order of their first rows, so that the same package gives the same file

	entities   map[string]int64 // by ID
	aliases    map[int64]int    // how many an entity has
	sources    map[string]writtenSource
	publishers map[string]int64 // by slug
	voices     map[int64]int64  // publisher to the house it counts as
	stops      map[string]int64 // by corridor/branch/position
	facts      int64            // how many there are
}

type writtenSource struct {
	id, publisher int64
	published     Date
}

// ref names an entity. An empty slug is null.
type ref struct{ kind, slug string }

// insert is a statement that writes rows of one table, many at once.
type insert struct {
	text    string
	columns int
	many    *sqlite3.SQLiteStmt
	waiting []sqldriver.Value // of rows that are not written yet
}

// rowsAtOnce is how many rows a statement writes. A row on its own costs as much for
// getting to SQLite and back as for being written.
const rowsAtOnce = 64

var oneRow = regexp.MustCompile(`^\s*(insert into [a-z_]+ \([a-z0-9_,\s]+\)\s+values )\((\$[0-9, $]+)\)([a-z ]*)$`)

// exec runs a statement. A row to insert waits for others of its table.
func (w *Writer) exec(text string, args ...any) error {
	values := make([]sqldriver.Value, len(args))
	for i, arg := range args {
		var err error
		if values[i], err = sqldriver.DefaultParameterConverter.ConvertValue(arg); err != nil {
			return err
		}
	}
	i, known := w.inserts[text]
	if !known {
		if parts := oneRow.FindStringSubmatch(text); parts != nil {
			i = &insert{text: text, columns: len(args)}
			row := ", (" + strings.Repeat(", ?", len(args))[2:] + ")"
			many, err := w.conn.Prepare(parts[1] + strings.Repeat(row, rowsAtOnce)[2:] + parts[3])
			if err != nil {
				return fmt.Errorf("%w in %s", err, text)
			}
			i.many = many.(*sqlite3.SQLiteStmt)
			w.started = append(w.started, i)
		}
		w.inserts[text] = i
	}
	if i == nil {
		if err := w.flush(); err != nil {
			return err
		}
		return w.run(text, values)
	}
	if i.waiting = append(i.waiting, values...); len(i.waiting) < rowsAtOnce*i.columns {
		return nil
	}
	rows, err := i.many.Query(i.waiting)
	if err == nil {
		err = rows.Close()
	}
	if err != nil {
		return fmt.Errorf("%w in %s with %v", err, text, i.waiting)
	}
	i.waiting = i.waiting[:0]
	return w.ctx.Err()
}

// flush writes the rows that wait.
func (w *Writer) flush() error {
	for _, i := range w.started {
		for row := range slices.Chunk(i.waiting, i.columns) {
			if err := w.run(i.text, row); err != nil {
				return err
			}
		}
		i.waiting = i.waiting[:0]
	}
	return nil
}

func (w *Writer) run(text string, values []sqldriver.Value) error {
	named := make([]sqldriver.NamedValue, len(values))
	for i, value := range values {
		named[i] = sqldriver.NamedValue{Ordinal: i + 1, Value: value}
	}
	if _, err := w.conn.ExecContext(w.ctx, text, named); err != nil {
		return fmt.Errorf("%w in %s with %v", err, text, values)
	}
	return nil
}

func (w *Writer) close() error {
	for _, i := range w.started {
		i.many.Close()
	}
	return w.conn.Close()
}

// insertWith runs a statement whose first parameters are the keys of entities.
func (w *Writer) insertWith(refs []ref, text string, args ...any) error {
	var keys []any
	for _, r := range refs {
		if r.slug == "" {
			keys = append(keys, nil)
			continue
		}
		key, err := w.entity(r.kind, r.slug)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	return w.exec(text, append(keys, args...)...)
}

// AddEntitySource says that a source speaks of an entity as a whole.
func (w *Writer) AddEntitySource(kind, slug, source string) error {
	return w.addSources(kind, slug, []NewClaim{{Source: source}})
}
