package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long a package must have been left alone to be read: one that is being
// copied is not whole.
const quiet = 500 * time.Millisecond

// watcher tells when a data package changes: a file in it, or where a symbolic link on
// the way to it leads.
type watcher struct {
	notify  *fsnotify.Watcher
	folder  string
	ignored string          // names that begin so: a release file that is built in the folder
	inside  string          // where the folder really is
	names   map[string]bool // what else leads to it
}

func watch(folder, ignored string) (*watcher, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("cannot watch %s: %w", folder, err)
	}
	w := &watcher{notify: notify, folder: folder, ignored: filepath.Base(ignored)}
	if err := w.look(); err != nil {
		notify.Close()
		return nil, fmt.Errorf("cannot watch %s: %w", folder, err)
	}
	return w, nil
}

// look finds what there is to watch, which changes with the package.
func (w *watcher) look() error {
	leads := way(w.folder, 40)
	w.inside = leads[len(leads)-1]
	var folders []string
	err := filepath.WalkDir(w.inside, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			folders = append(folders, path)
		case entry.Type()&fs.ModeSymlink != 0:
			leads = append(leads, way(path, 40)...)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // the next event may be that it is there again
	}
	w.names = map[string]bool{}
	for _, name := range leads {
		w.names[name] = true
		folders = append(folders, filepath.Dir(name))
	}
	for _, watched := range w.notify.WatchList() {
		if !slices.Contains(folders, watched) {
			w.notify.Remove(watched) // it fails when the folder is gone, and the watch with it
		}
	}
	for _, folder := range folders {
		if added := w.notify.Add(folder); !errors.Is(added, fs.ErrNotExist) {
			err = errors.Join(err, added)
		}
	}
	return err
}

// way returns what a path leads through: each symbolic link, and what it ends at.
func way(path string, most int) []string {
	prefix := string(filepath.Separator)
	parts := strings.Split(filepath.Clean(path), prefix)
	for i, part := range parts {
		prefix = filepath.Join(prefix, part)
		target, err := os.Readlink(prefix)
		if err != nil || most == 0 {
			continue // it is no link
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(prefix), target)
		}
		return append([]string{prefix}, way(filepath.Join(target, filepath.Join(parts[i+1:]...)), most-1)...)
	}
	return []string{prefix}
}

// concerns tells whether an event is about the package.
func (w *watcher) concerns(event fsnotify.Event) bool {
	if w.names[event.Name] {
		return true
	}
	return strings.HasPrefix(event.Name, w.inside+string(filepath.Separator)) && !strings.HasPrefix(filepath.Base(event.Name), w.ignored)
}

// run tells of changes, until ctx ends. Those that nobody has heard of yet are one.
func (w *watcher) run(ctx context.Context, changes chan<- struct{}) {
	defer w.notify.Close()
	calm := time.NewTimer(0)
	calm.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-w.notify.Events:
			if w.concerns(event) {
				calm.Reset(quiet)
			}
		case err := <-w.notify.Errors: // such as more events than the queue holds
			slog.Warn("watching the data package", "error", err)
			calm.Reset(quiet)
		case <-calm.C:
			if err := w.look(); err != nil {
				slog.Warn("watching the data package", "error", err)
			}
			select {
			case changes <- struct{}{}:
			default:
			}
		}
	}
}
