package db

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// A store reads the file that it was opened on, whatever takes its place.
func TestStoreReadsOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := Build(t.Context(), path, Release{Hash: "old"}, meetings(3)); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := Build(t.Context(), path, Release{Hash: "new"}, meetings(5)); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 32 {
		readers.Go(func() {
			list, err := store.Meetings(t.Context(), MeetingFilter{}, Order{}, Page{Limit: 9})
			if err != nil || len(list.Items) != 3 {
				t.Errorf("got %v, %v", list, err)
			}
		})
	}
	readers.Wait()
	if err := store.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	store.ro.SetMaxOpenConns(0)
	if err := openAll(t.Context(), store.ro, 100); !errors.Is(err, errReplaced) {
		t.Errorf("a connection to the other file: %v", err)
	}
	next, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if list, err := next.Meetings(t.Context(), MeetingFilter{}, Order{}, Page{Limit: 9}); err != nil || len(list.Items) != 5 {
		t.Errorf("got %v, %v", list, err)
	}
}

// Stores that are opened while one file follows another are each of one of them.
func TestOpenWhileFilesAreReplaced(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "readout.db")
	var texts [][]byte
	for n := range 2 {
		if _, err := Build(t.Context(), path, Release{Hash: string(rune('0' + n))}, meetings(3+n)); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	stop := make(chan struct{})
	var replacing sync.WaitGroup
	replacing.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			next := filepath.Join(folder, "next")
			if err := errors.Join(os.WriteFile(next, texts[n%2], 0o644), os.Rename(next, path)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 50 {
		store, err := Open(t.Context(), path)
		if err != nil {
			t.Error(err)
			break
		}
		want := 3 + int(store.Release().Hash[0]-'0')
		var readers sync.WaitGroup
		for range 8 {
			readers.Go(func() {
				if list, err := store.Meetings(t.Context(), MeetingFilter{}, Order{}, Page{Limit: 9}); err != nil || len(list.Items) != want {
					t.Errorf("got %v, %v", list, err)
				}
			})
		}
		readers.Wait()
		store.Close()
	}
	close(stop)
	replacing.Wait()
}

// A file in which any bit is another is refused.
func TestOpenNoticesABit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "readout.db")
	if _, err := Build(t.Context(), path, Release{Hash: "1"}, meetings(40)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		at := random.IntN(len(text))
		if i < 100 {
			at = i // the header
		}
		spoilt := slices.Clone(text)
		spoilt[at] ^= 1 << random.IntN(8)
		if err := os.WriteFile(path, spoilt, 0o644); err != nil {
			t.Fatal(err)
		}
		if store, err := Open(t.Context(), path); !errors.Is(err, ErrNoRelease) {
			t.Errorf("byte %d: got %v", at, err)
			store.Close()
		}
	}
}
