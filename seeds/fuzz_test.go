package seeds_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"readout/seeds"
)

// Whatever the bytes of a file, the package is loaded, or refused for a problem with a file.
func FuzzLoad(f *testing.F) {
	whole := small(f)
	names := slices.Sorted(maps.Keys(whole))
	for i, name := range names {
		f.Add(uint8(i), whole[name].Data)
	}
	for _, text := range []string{"", "\n", "\"", "slug\n\"", "a,a\n", "\xff\xfe", "slug,name\r\nx,\"a\r\nb\"\r\n", "\ufeffslug\n", "{", "{\"resources\":[{}]}", strings.Repeat(",", 1000)} {
		f.Add(uint8(0), []byte(text))
		f.Add(uint8(slices.Index(names, "datapackage.json")), []byte(text))
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		files := maps.Clone(whole)
		spoilt := names[int(which)%len(names)]
		files[spoilt] = &fstest.MapFile{Data: text}
		_, err := seeds.Load(context.WithoutCancel(t.Context()), files, filepath.Join(t.TempDir(), "readout.db"))
		if err == nil {
			return
		}
		var problems seeds.Problems
		if !errors.As(err, &problems) {
			t.Fatalf("%s: no problem of a file: %v", spoilt, err)
		}
		for _, problem := range problems {
			if !fs.ValidPath(problem.File) || problem.Message == "" || problem.Line < 0 {
				t.Errorf("%s: %+v", spoilt, problem)
			}
		}
	})
}
