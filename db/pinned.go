package db

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
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

// chunk is how much of a file is summed at a time.
const chunk = 4 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum is the checksum of a file but for the place of the checksum: that of the
// checksums of its chunks, which are taken on all processors, and of its size. SQLite
// would not notice a letter that has become another.
func sum(file *os.File) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	sums := make([]byte, 4*((size+chunk-1)/chunk))
	var next atomic.Int64
	var group errgroup.Group
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			text := make([]byte, chunk)
			for {
				n := next.Add(1) - 1
				if n*chunk >= size {
					return nil
				}
				part := text[:min(chunk, size-n*chunk)]
				if _, err := file.ReadAt(part, n*chunk); err != nil {
					return err
				}
				if n == 0 {
					clear(part[min(sumAt, len(part)):min(sumAt+4, len(part))])
				}
				binary.BigEndian.PutUint32(sums[4*n:], crc32.Checksum(part, castagnoli))
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	sums = binary.BigEndian.AppendUint64(sums, uint64(size))
	return binary.BigEndian.AppendUint32(nil, crc32.Checksum(sums, castagnoli)), nil
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
