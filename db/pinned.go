package db

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// pinned opens connections to the file that was at a path once. A file that has taken
// its place by a rename since is refused, so a Store never reads two releases.
type pinned struct {
	driver sqldriver.Driver
	path   string
	name   string   // of the connection: the path with settings
	file   *os.File // held open, so that its inode is nobody else's
}

// errReplaced means that another file is at the path by now.
var errReplaced = errors.New("the file was replaced while it was opened")

// openPinned returns a handle with all of its connections open: once another file is at
// the path there can be no more.
func openPinned(ctx context.Context, path, settings string, connections int) (*sql.DB, *os.File, error) {
	for {
		file, err := os.Open(path)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrNoRelease, err)
		}
		handle := sql.OpenDB(&pinned{sqlite, path, dsn(path, settings), file})
		handle.SetMaxOpenConns(connections)
		handle.SetMaxIdleConns(connections) // fewer would throw their statement caches away
		if err = openAll(ctx, handle, connections); err == nil {
			return handle, file, nil
		}
		err = errors.Join(err, handle.Close(), file.Close())
		if !errors.Is(err, errReplaced) {
			return nil, nil, fmt.Errorf("%w: %w", ErrNoRelease, err)
		}
	}
}

func openAll(ctx context.Context, handle *sql.DB, connections int) error {
	for range connections {
		held, err := handle.Conn(ctx)
		if err != nil {
			return err
		}
		defer held.Close() // all at the end: it goes back to the others
	}
	return nil
}

func (p *pinned) Driver() sqldriver.Driver { return p.driver }

func (p *pinned) Connect(context.Context) (sqldriver.Conn, error) {
	connection, err := p.driver.Open(p.name)
	if err != nil {
		return nil, err
	}
	// The file at the path was ours when ours was opened and is ours now, so it was in
	// between: a file that was renamed over does not come back.
	ours, err := p.file.Stat()
	if err == nil {
		var now os.FileInfo
		if now, err = os.Stat(p.path); err == nil && !os.SameFile(ours, now) {
			err = errReplaced
		}
	}
	if err != nil {
		connection.Close()
		return nil, err
	}
	return connection, nil
}

// sumAt is where the checksum of a file is in it: SQLite's application_id, of which it
// makes nothing itself.
const sumAt = 68

// sum is the checksum of a file but for the place of the checksum. SQLite would not
// notice a letter that has become another.
func sum(file *os.File) ([]byte, error) {
	hash := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	rest := io.NewSectionReader(file, sumAt+4, 1<<62)
	if _, err := io.Copy(hash, io.MultiReader(io.NewSectionReader(file, 0, sumAt), rest)); err != nil {
		return nil, err
	}
	return binary.BigEndian.AppendUint32(nil, hash.Sum32()), nil
}

// seal writes the checksum into a file that is complete.
func seal(file *os.File) error {
	is, err := sum(file)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(is, sumAt)
	return err
}

// sealed tells whether a file is as it was when it was sealed.
func sealed(file *os.File) (bool, error) {
	is, err := sum(file)
	if err != nil {
		return false, err
	}
	was := make([]byte, len(is))
	if _, err := file.ReadAt(was, sumAt); err != nil {
		return false, err
	}
	return string(is) == string(was), nil
}
