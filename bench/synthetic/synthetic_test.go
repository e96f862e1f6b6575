package synthetic

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"readout/db"
	"readout/seeds"
)

// hashOf is the hash of all files of a folder.
func hashOf(t *testing.T, folder string) string {
	t.Helper()
	hash := sha256.New()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(hash, "%s %d\n%s", file.Name(), len(text), text)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func TestSameBytesEachTime(t *testing.T) {
	hashes := map[string]int{}
	for _, meetings := range []int{300, 300, 301} {
		folder := t.TempDir()
		if err := Write(folder, meetings); err != nil {
			t.Fatal(err)
		}
		hashes[hashOf(t, folder)] = meetings
	}
	if len(hashes) != 2 {
		t.Errorf("%d different packages, want one of 300 meetings and one of 301", len(hashes))
	}
}

func TestSoundAndMarked(t *testing.T) {
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "synthetic.db")
	if err := Write(folder, 2000); err != nil {
		t.Fatal(err)
	}
	if _, err := seeds.Load(t.Context(), os.DirFS(folder), file); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if name := store.Release().Name; name != "synthetic" {
		t.Errorf("the release is called %q, want synthetic", name)
	}

	lines := map[string]int{}
	for _, name := range []string{"countries", "officials", "meetings", "participants", "topics", "issues", "corridors", "organizations", "sources"} {
		text, err := os.ReadFile(filepath.Join(folder, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
		lines[name] = len(rows)
		for _, row := range rows {
			if (name == "meetings" || name == "sources") && !strings.Contains(row, "[synthetic]") {
				t.Fatalf("%s: %s does not say that it is synthetic", name, row)
			}
		}
	}
	for name, want := range map[string][2]int{
		"countries": {250, 250}, "officials": {4000, 4000}, "meetings": {2000, 2000}, "issues": {500, 500},
		"corridors": {50, 50}, "organizations": {60, 60}, "sources": {400, 400},
		"participants": {4800, 5200}, "topics": {3800, 4200},
	} {
		if n := lines[name]; n < want[0] || n > want[1] {
			t.Errorf("%d %s, want %d to %d", n, name, want[0], want[1])
		}
	}
}
