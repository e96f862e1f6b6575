package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// binary is the program, built when a test first runs it as a process of its own: as
// users do, and so without the race detector, under which a build takes ten times as long.
var binary = sync.OnceValue(func() string {
	folder, err := os.MkdirTemp("", "readout-test-")
	if err != nil {
		panic(err)
	}
	binaryFolder = folder
	path := filepath.Join(folder, "readout")
	if said, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, said))
	}
	return path
})

var binaryFolder string // "" as long as no test wanted it

func TestMain(m *testing.M) {
	code := m.Run()
	if binaryFolder != "" {
		os.RemoveAll(binaryFolder)
	}
	os.Exit(code)
}

// program is the program with its arguments, to be run as a process of its own.
func program(ctx context.Context, args ...string) (command *exec.Cmd, printed *console) {
	command = exec.CommandContext(ctx, binary(), args...)
	printed = newConsole()
	command.Stdout, command.Stderr = printed, printed
	return command, printed
}

// launch serves from a process of its own.
func launch(t *testing.T, args ...string) (base string, server *exec.Cmd, printed *console) {
	t.Helper()
	server, printed = program(t.Context(), append([]string{"serve", "-addr", "127.0.0.1:0"}, args...)...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if server.ProcessState == nil {
			server.Process.Kill()
			server.Wait()
		}
	})
	return "http://" + printed.find(t, `serving address=(\S+)`), server, printed
}

// edition writes the n-th edition of a small package: its version, and every title,
// summary and paraphrase in it, tell n.
func edition(t *testing.T, folder string, n int) string {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("seeds/testdata/small/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no package", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(file) == ".json" {
			text = bytes.Replace(text, []byte(`"version": "1.0.0"`), fmt.Appendf(nil, `"version": "1.0.%d"`, n), 1)
		} else {
			rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for i := range rows[1:] {
				for c, name := range rows[0] {
					if name == "title" && !strings.HasPrefix(filepath.Base(file), "tenures") || name == "summary" || name == "paraphrase" {
						rows[i+1][c] += fmt.Sprintf(" #%d", n)
					}
				}
			}
			var written bytes.Buffer
			if err := csv.NewWriter(&written).WriteAll(rows); err != nil {
				t.Fatal(err)
			}
			text = written.Bytes()
		}
		// A new file, so that a build that has the old one open reads it to its end.
		name := filepath.Join(folder, filepath.Base(file))
		if err := errors.Join(os.WriteFile(name+".new", text, 0o644), os.Rename(name+".new", name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// editionQuery asks for all that tells the edition, in many statements.
const editionQuery = `{
  dataset { release version }
  meetings { nodes { title summary statements { nodes { paraphrase source { title } } } topics { nodes { __typename ... on Issue { title } } } } }
  corridors { nodes { summary issues { nodes { title } } } }
  organizations { nodes { summary } }
  issues { nodes { title summary } }
  sources { nodes { title } }
}`

var mark = regexp.MustCompile(`#(\d+)`)

// editionOf asks a server which edition and which release it serves. It fails when an
// answer is not wholly of one.
func editionOf(client *http.Client, base string) (n, release string, err error) {
	var answer *http.Response
	var body []byte
	for answer == nil || answer.Header.Get("Retry-After") != "" { // the server is full
		if answer, err = client.Get(base + "/graphql?query=" + url.QueryEscape(editionQuery)); err != nil {
			return "", "", err
		}
		body, err = io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return "", "", err
		}
	}
	var got struct {
		Data struct {
			Dataset struct{ Release, Version string }
		}
		Errors []any
	}
	if err := json.Unmarshal(body, &got); err != nil || got.Errors != nil || answer.StatusCode != http.StatusOK {
		return "", "", fmt.Errorf("%s: %s, %w", answer.Status, body, err)
	}
	n = strings.TrimPrefix(got.Data.Dataset.Version, "1.0.")
	marks := mark.FindAllStringSubmatch(string(body), -1)
	for _, found := range marks {
		if found[1] != n {
			return "", "", fmt.Errorf("edition %s has %s", n, found[0])
		}
	}
	if len(marks) < 20 {
		return "", "", fmt.Errorf("only %d marks in %s", len(marks), body)
	}
	return n, got.Data.Dataset.Release, nil
}

// wantEdition fails unless a server serves an edition, and returns its release.
func wantEdition(t *testing.T, base string, n int) (release string) {
	t.Helper()
	got, release, err := editionOf(http.DefaultClient, base)
	if err != nil || got != fmt.Sprint(n) {
		t.Errorf("edition %s is served, want %d, %v", got, n, err)
	}
	return release
}

// hangUp sends SIGHUP to the server in this process.
func hangUp(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// until waits for what comes by itself soon.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// deleted returns how many files of this process are open that are not in the folder any more.
func deleted(t *testing.T, folder string) (n int) {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("open files cannot be listed:", err)
	}
	for _, file := range files {
		name, _ := os.Readlink("/proc/self/fd/" + file.Name())
		if strings.HasPrefix(name, folder) && strings.HasSuffix(name, "(deleted)") {
			n++
		}
	}
	return n
}

// While releases follow one another, every answer is wholly of one of them, and none fails.
func TestSwapsUnderLoad(t *testing.T) {
	folder := t.TempDir()
	data := edition(t, filepath.Join(folder, "data"), 0)
	base, printed, stop := start(t, "-db", filepath.Join(folder, "readout.db"), "-data", data)
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var answers atomic.Int64
	var mu sync.Mutex
	editions := map[string]map[string]bool{} // by release
	for range 8 {
		readers.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for ctx.Err() == nil {
				n, release, err := editionOf(client, base)
				if err != nil {
					t.Error(err)
					return
				}
				answers.Add(1)
				mu.Lock()
				if editions[release] == nil {
					editions[release] = map[string]bool{}
				}
				editions[release][n] = true
				mu.Unlock()
			}
		})
	}
	for n := 1; n <= swaps; n++ {
		edition(t, data, n)
		hangUp(t)
		printed.find(t, fmt.Sprintf(`(?s)(?:serving another release.*){%d}(\n)`, n))
		release := wantEdition(t, base, n)
		if _, body := get(t, base+"/readyz"); !strings.Contains(body, `"release":"`+release+`"`) {
			t.Errorf("/readyz says %s of %s", body, release)
		}
	}
	cancel()
	readers.Wait()
	for release, ns := range editions {
		if len(ns) != 1 {
			t.Errorf("release %s has the data of editions %v", release, ns)
		}
	}
	t.Logf("%d answers of %d releases", answers.Load(), len(editions))
	until(t, "an old release is still open", func() bool { return deleted(t, folder) == 0 })
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A request that began before a swap ends on the release that it began with.
func TestRequestEndsOnItsRelease(t *testing.T) {
	folder := t.TempDir()
	data := edition(t, filepath.Join(folder, "data"), 1)
	base, printed, _ := start(t, "-db", filepath.Join(folder, "readout.db"), "-data", data)
	connection, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	body := `{"query":"{ dataset { version } meetings { nodes { title } } }"}`
	fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
	if _, err := io.ReadFull(connection, make([]byte, 25)); err != nil { // the handler has begun to read the body
		t.Fatal(err)
	}
	edition(t, data, 2)
	hangUp(t)
	printed.find(t, `(serving another release)`)
	wantEdition(t, base, 2)
	if n := deleted(t, folder); n == 0 {
		t.Error("the old release was closed under a request")
	}
	fmt.Fprint(connection, body)
	answer, err := io.ReadAll(connection)
	if err != nil || !strings.Contains(string(answer), `"version":"1.0.1"`) || !strings.Contains(string(answer), "#1") {
		t.Errorf("got %s, %v", answer, err)
	}
	until(t, "the old release is still open", func() bool { return deleted(t, folder) == 0 })
}

// However many signals come during a build, one more build follows it.
func TestSignalsDuringABuildAreOne(t *testing.T) {
	folder := t.TempDir()
	data := edition(t, filepath.Join(folder, "data"), 1)
	base, printed, _ := start(t, "-db", filepath.Join(folder, "readout.db"), "-data", data)
	file := filepath.Join(data, "meetings.csv")
	if err := errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o644)); err != nil {
		t.Fatal(err)
	}
	hangUp(t)
	pipe, err := os.OpenFile(file, os.O_WRONLY, 0) // waits until the package is read
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		hangUp(t)
	}
	edition(t, data, 2)
	pipe.Close()
	printed.find(t, `(?s)(serving another release.*release is up to date)`)
	wantEdition(t, base, 2)
	hangUp(t)
	printed.find(t, `(?s)(release is up to date.*release is up to date)`)
	edition(t, data, 3)
	hangUp(t)
	printed.find(t, `(?s)(serving another release.*serving another release)`)
	if n := strings.Count(printed.String(), "up to date"); n != 2 {
		t.Errorf("%d builds found nothing to do, want 2:\n%s", n, printed)
	}
}

// /readyz tells whether, since when and with which release the server answers, and how
// the last build went.
func TestReadyz(t *testing.T) {
	folder := t.TempDir()
	data := edition(t, filepath.Join(folder, "data"), 1)
	base, printed, stop := start(t, "-db", filepath.Join(folder, "readout.db"), "-data", data, "-drain", "2s")
	release := wantEdition(t, base, 1)
	want := func(status int, pattern string) {
		t.Helper()
		if got, body := get(t, base+"/readyz"); got != status || !regexp.MustCompile(`^`+pattern+`\n$`).MatchString(body) {
			t.Errorf("/readyz: %d %s", got, body)
		}
	}
	const second = `"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"`
	serving := `\{"status":"serving","release":"` + release + `","since":` + second
	want(http.StatusOK, serving+`\}`)
	edition(t, data, 2)
	file := filepath.Join(data, "meetings.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	spoilt := strings.NewReplacer(",2023-06-25,", ",2023-06-31,", ",2021-10-23,", ",2021-13-23,").Replace(string(text))
	if err := os.WriteFile(file, []byte(spoilt), 0o644); err != nil {
		t.Fatal(err)
	}
	hangUp(t)
	printed.find(t, `(old release is served.*starts_on: (?s:.*)old release is served.*starts_on: )`)
	want(http.StatusOK, serving+`,"lastBuild":\{"failed":`+second+`,"problems":\d\}\}`)
	wantEdition(t, base, 1)
	edition(t, data, 2)
	hangUp(t)
	printed.find(t, `(serving another release)`)
	release = wantEdition(t, base, 2)
	serving = `\{"status":"serving","release":"` + release + `","since":` + second
	want(http.StatusOK, serving+`\}`)
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	printed.find(t, `(stopping)`)
	want(http.StatusServiceUnavailable, strings.Replace(serving, "serving", "stopping", 1)+`\}`)
	if status, _ := get(t, base+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A changed package is served without a signal, however it was changed, once it is whole.
func TestWatch(t *testing.T) {
	point := func(t *testing.T, link, target string) {
		if err := errors.Join(os.Symlink(target, link+".next"), os.Rename(link+".next", link)); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		prepare func(t *testing.T, root string) (data string)
		change  func(t *testing.T, root string)
	}{
		"its files are written": {
			func(t *testing.T, root string) string { return edition(t, filepath.Join(root, "data"), 1) },
			func(t *testing.T, root string) { edition(t, filepath.Join(root, "data"), 2) },
		},
		"another folder takes its place": {
			func(t *testing.T, root string) string { return edition(t, filepath.Join(root, "data"), 1) },
			func(t *testing.T, root string) {
				data := filepath.Join(root, "data")
				edition(t, filepath.Join(root, "next"), 2)
				if err := errors.Join(os.Rename(data, filepath.Join(root, "before")), os.Rename(filepath.Join(root, "next"), data)); err != nil {
					t.Fatal(err)
				}
			},
		},
		"a link to it leads elsewhere": {
			func(t *testing.T, root string) string {
				edition(t, filepath.Join(root, "one", "data"), 1)
				edition(t, filepath.Join(root, "two", "data"), 2)
				point(t, filepath.Join(root, "now"), "one")
				return filepath.Join(root, "now", "data")
			},
			func(t *testing.T, root string) { point(t, filepath.Join(root, "now"), "two") },
		},
		"a file behind a link is written": {
			func(t *testing.T, root string) string {
				edition(t, filepath.Join(root, "one"), 1)
				point(t, filepath.Join(root, "data"), filepath.Join(root, "one"))
				return filepath.Join(root, "data")
			},
			func(t *testing.T, root string) { edition(t, filepath.Join(root, "one"), 2) },
		},
		"its files are links to others": { // as Kubernetes mounts a ConfigMap
			func(t *testing.T, root string) string {
				data := filepath.Join(root, "data")
				files, err := filepath.Glob(filepath.Join(edition(t, filepath.Join(data, "..one"), 1), "*"))
				if err != nil {
					t.Fatal(err)
				}
				edition(t, filepath.Join(data, "..two"), 2)
				point(t, filepath.Join(data, "..data"), "..one")
				for _, file := range files {
					point(t, filepath.Join(data, filepath.Base(file)), filepath.Join("..data", filepath.Base(file)))
				}
				return data
			},
			func(t *testing.T, root string) { point(t, filepath.Join(root, "data", "..data"), "..two") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			data := c.prepare(t, root)
			base, printed, _ := start(t, "-db", filepath.Join(root, "readout.db"), "-data", data, "-watch")
			wantEdition(t, base, 1)
			c.change(t, root)
			printed.find(t, `(serving another release)`)
			wantEdition(t, base, 2)
			if _, after, _ := strings.Cut(printed.String(), "serving address"); strings.Contains(after, "old release is served") {
				t.Errorf("it was read before it was whole:\n%s", printed)
			}
			edition(t, data, 3) // where it leads now is watched as well
			printed.find(t, `(?s)(serving another release.*serving another release)`)
			wantEdition(t, base, 3)
		})
	}
}

// A build that fails in the folder of the package itself does not ask for the next.
func TestWatchIgnoresTheReleaseFile(t *testing.T) {
	data := edition(t, t.TempDir(), 1)
	w, err := watch(data, filepath.Join(data, "readout.db"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	changes := make(chan struct{}, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.run(ctx, changes)
	}()
	if err := run(t.Context(), []string{"load", "-data", data, "-db", filepath.Join(data, "readout.db")}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changes:
		t.Error("a build is taken for a change")
	case <-time.After(2 * quiet):
	}
	cancel()
	<-ended
}

// What a damaged file, a full disk and a folder that is read-only lead to.
func TestFileThatCannotBeServed(t *testing.T) {
	for name, spoil := range map[string]func(text []byte) []byte{
		"a letter is another": func(text []byte) []byte {
			return bytes.Replace(text, []byte("Foreign ministers talk after release"), []byte("Foreign ministers walk after release"), 1)
		},
		"cut": func(text []byte) []byte { return text[:len(text)*2/3] },
	} {
		folder := t.TempDir()
		if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
			t.Fatal(err)
		}
		data, path := edition(t, filepath.Join(folder, "data"), 1), filepath.Join(folder, "readout.db")
		load := []string{"load", "-data", data, "-db", path}
		if err := run(t.Context(), load, io.Discard, io.Discard); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := spoil(text)
		if bytes.Equal(spoilt, text) {
			t.Fatal(name, "nothing is spoilt")
		}
		if err := os.WriteFile(path, spoilt, 0o644); err != nil {
			t.Fatal(err)
		}
		readOnly(t, folder, func(run func(args ...string) (*exec.Cmd, *console)) {
			server, printed := run(append([]string{"serve", "-addr", "127.0.0.1:0"}, load[1:]...)...)
			if err := server.Run(); server.ProcessState.ExitCode() != exitFailed || !regexp.MustCompile(
				`readout.db: no usable release: .+; and it cannot be built anew: .+ files cannot be made in `+folder+`; make the folder writable or name a file elsewhere`).MatchString(printed.String()) {
				t.Errorf("%s, read-only: %v\n%s", name, err, printed)
			}
		})
		base, printed, _ := start(t, load[1:]...)
		printed.find(t, `(building the release anew.*readout.db: no usable release: )`)
		wantEdition(t, base, 1)
	}
}

// readOnly runs a program that may not write in a folder.
func readOnly(t *testing.T, folder string, use func(run func(args ...string) (*exec.Cmd, *console))) {
	t.Helper()
	home, err := os.MkdirTemp("", "readout")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	self, err := os.ReadFile(binary()) // where nobody may run it, perhaps
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(home, "readout")
	if err := errors.Join(os.WriteFile(copied, self, 0o755), os.Chmod(home, 0o755), os.Chmod(folder, 0o555)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(folder, 0o755)
	use(func(args ...string) (*exec.Cmd, *console) {
		command, printed := program(t.Context(), args...)
		command.Path = copied
		if os.Getuid() == 0 { // who may write everywhere
			command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		return command, printed
	})
}

// A folder that is read-only is served from, and what cannot be built in it is said.
func TestReadOnlyFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	data, path := edition(t, filepath.Join(folder, "data"), 1), filepath.Join(folder, "readout.db")
	if err := run(t.Context(), []string{"load", "-data", data, "-db", path}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2} {
		edition(t, data, n)
		readOnly(t, folder, func(run func(args ...string) (*exec.Cmd, *console)) {
			server, printed := run("serve", "-addr", "127.0.0.1:0", "-data", data, "-db", path)
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			base := "http://" + printed.find(t, `serving address=(\S+)`)
			wantEdition(t, base, 1)
			if n == 2 {
				printed.find(t, `(the old release is served.*files cannot be made in )`)
			}
			server.Process.Signal(syscall.SIGTERM)
			if err := server.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A disk that is full fails the build alone.
func TestFullDisk(t *testing.T) {
	folder := t.TempDir()
	data, path := edition(t, filepath.Join(folder, "data"), 1), filepath.Join(folder, "readout.db")
	if err := run(t.Context(), []string{"load", "-data", data, "-db", path}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	edition(t, data, 2)
	for _, blocks := range []int{0, 8, 64, 400} { // of 512 bytes
		load, printed := program(t.Context())
		load.Path, load.Args = "/bin/sh", []string{"sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$0" load -data "$1" -db "$2" 2>&1 | cat`, blocks), binary(), data, path}
		load.Stdout, load.Stderr = printed, printed
		if load.Run(); !strings.Contains(printed.String(), "readout.db cannot be built: the disk of "+folder+" is full") {
			t.Errorf("%d blocks: %s", blocks, printed)
		}
	}
	if left, err := filepath.Glob(filepath.Join(folder, "*.tmp")); err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}

	disk := filepath.Join(folder, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("a small disk cannot be had:", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	edition(t, data, 1)
	base, printed, _ := start(t, "-db", filepath.Join(disk, "readout.db"), "-data", data)
	filler := filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, 500<<10), 0o644); err != nil {
		t.Fatal(err)
	}
	edition(t, data, 2)
	hangUp(t)
	printed.find(t, `(old release is served.*readout.db cannot be built: the disk of .*disk is full; free some space)`)
	wantEdition(t, base, 1)
	if status, body := get(t, base+"/readyz"); status != http.StatusOK || !strings.Contains(body, `"problems":1`) || strings.Contains(body, "disk") {
		t.Errorf("/readyz: %d %s", status, body)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	hangUp(t)
	printed.find(t, `(serving another release)`)
	wantEdition(t, base, 2)
}

// Whenever the program is killed, the next start serves complete data.
func TestKills(t *testing.T) {
	rounds := 50
	if testing.Short() {
		rounds = 10
	}
	folder := t.TempDir()
	data, path := filepath.Join(folder, "data"), filepath.Join(folder, "readout.db")
	releases := map[int]string{}
	for _, n := range []int{1, 2} {
		base, _, stop := start(t, "-data", edition(t, data, n), "-db", filepath.Join(folder, fmt.Sprint(n, ".db")))
		releases[n] = wantEdition(t, base, n)
		stop()
	}
	whole := func(n int) []byte { // a package makes the same bytes whenever it is built
		text, err := os.ReadFile(filepath.Join(folder, fmt.Sprint(n, ".db")))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	peaceful, printed := program(t.Context(), "load", "-data", data, "-db", path)
	began := time.Now()
	if err := peaceful.Run(); err != nil {
		t.Fatal(err, printed)
	}
	build := time.Since(began)
	random := rand.New(rand.NewPCG(1, 2))
	killed := map[string]int{}
	var slowest time.Duration
	for round := range rounds {
		n := 1 + round%2
		var victim *exec.Cmd
		phase := []string{"first start", "start with a changed package", "load", "swap"}[random.IntN(4)]
		switch phase {
		case "swap":
			edition(t, data, 3-n)
			_, victim, _ = launch(t, "-data", data, "-db", path)
			edition(t, data, n)
			victim.Process.Signal(syscall.SIGHUP)
		case "first start":
			os.Remove(path)
			fallthrough
		default:
			edition(t, data, n)
			command := "serve"
			if phase == "load" {
				command = "load"
			}
			victim, _ = program(t.Context(), command, "-addr", "127.0.0.1:0", "-data", data, "-db", path)
			if err := victim.Start(); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(time.Duration(random.Int64N(int64(build + build/4))))
		victim.Process.Kill()
		victim.Wait()
		left, err := filepath.Glob(path + ".*.tmp")
		if err != nil {
			t.Fatal(err)
		}
		if len(left) > 0 {
			phase += ", while building"
		}
		killed[phase]++

		base, server, printed := launch(t, "-data", data, "-db", path, "-drain", "0s")
		if release := wantEdition(t, base, n); release != releases[n] {
			t.Errorf("round %d, %s: release %s, want %s", round, phase, release, releases[n])
		}
		if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, whole(n)) {
			t.Errorf("round %d, %s: the file is another than that of a build in peace, %v", round, phase, err)
		}
		server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			t.Errorf("round %d, %s: %v\n%s", round, phase, err, printed)
		}
		began := time.Now()
		_, server, printed = launch(t, "-data", data, "-db", path)
		slowest = max(slowest, time.Since(began))
		if !strings.Contains(printed.String(), "up to date") {
			t.Errorf("round %d, %s: a whole file was built again\n%s", round, phase, printed)
		}
		server.Process.Kill()
		server.Wait()
		if left, err := filepath.Glob(path + ".*.tmp"); err != nil || left != nil {
			t.Errorf("round %d, %s: left behind: %v, %v", round, phase, left, err)
		}
	}
	t.Logf("killed: %v; a start with a whole file took at most %v", killed, slowest)
}

// A stop under load loses no request: who was taken on gets a whole answer.
func TestStopUnderLoad(t *testing.T) {
	folder := t.TempDir()
	base, server, printed := launch(t, "-data", edition(t, filepath.Join(folder, "data"), 1), "-db", filepath.Join(folder, "readout.db"))
	var answers, refused atomic.Int64
	enough := make(chan struct{})
	var once sync.Once
	var clients sync.WaitGroup
	for range 32 {
		clients.Go(func() {
			var kept bool // the connection
			client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				kept = false
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}}}
			for {
				answer, err := client.Post(base+"/graphql", "application/json", strings.NewReader(`{"query":"{ dataset { version } meetings { nodes { title } } }"}`))
				if err != nil {
					// On one that was kept nobody told the client of its end; on a new one it had been taken on.
					if kept || errors.Is(err, io.EOF) {
						t.Errorf("lost after %d answers: %v", answers.Load(), err)
					}
					refused.Add(1)
					return
				}
				body, err := io.ReadAll(answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), `"version":"1.0.1"`) {
					t.Errorf("%s %s, %v", answer.Status, body, err)
				}
				kept = !answer.Close
				if answers.Add(1) == 500 {
					once.Do(func() { close(enough) })
				}
			}
		})
	}
	<-enough
	began := time.Now()
	server.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(10*time.Second, func() { server.Process.Kill() })
	defer timer.Stop()
	if err := server.Wait(); err != nil {
		t.Errorf("%v\n%s", err, printed)
	}
	took := time.Since(began)
	clients.Wait()
	if strings.Contains(printed.String(), "cut off") || refused.Load() != 32 {
		t.Errorf("%d clients were refused:\n%s", refused.Load(), printed)
	}
	t.Logf("%d answers, stopped in %v", answers.Load(), took)
}

// A crowd of whom some leave early gets right answers and leaves nothing behind. Who is
// told that the server is full comes again. READOUT_CROWD says how long it comes, such as 60s.
func TestCrowdLeavesNothing(t *testing.T) {
	length, err := time.ParseDuration(cmp.Or(os.Getenv("READOUT_CROWD"), "3s"))
	if err != nil {
		t.Fatal(err)
	}
	before := goleak.IgnoreCurrent()
	base, printed, stop := start(t, "-db", filepath.Join(t.TempDir(), "readout.db"))
	queries := []string{
		`{ dataset { title counts { kind count } } }`,
		`{ corridor(by: {name: "INSC"}) { name members { totalCount nodes { name } } } }`,
		`{ meetings(first: 20) { totalCount nodes { title startsOn { display claims { source { title } } } participants { nodes { name } } } } }`,
		`{ search(text: "amirabdolahian") { nodes { __typename } } }`,
		`{ paths(from: "country:IRN", to: "country:IND") { __typename } }`,
		`{ officials(first: 50) { nodes { name meetings(first: 5) { nodes { title } } } } }`,
	}
	address := func(query string) string { return base + "/graphql?query=" + url.QueryEscape(query) }
	want := map[string]string{}
	for _, query := range queries {
		status, body := get(t, address(query))
		if status != http.StatusOK {
			t.Fatal(query, status, body)
		}
		want[query] = body
	}
	var answers, left, full atomic.Int64
	crowd := func(duration time.Duration) {
		ends := time.Now().Add(duration)
		var clients sync.WaitGroup
		for c := range 64 {
			clients.Go(func() {
				random := rand.New(rand.NewPCG(3, uint64(c)))
				client := &http.Client{Transport: &http.Transport{}}
				defer client.CloseIdleConnections()
				for time.Now().Before(ends) {
					query := queries[random.IntN(len(queries))]
					ctx, cancel := context.WithCancel(t.Context())
					leaves := random.IntN(10) == 0
					if leaves {
						time.AfterFunc(time.Duration(random.Int64N(int64(20*time.Millisecond))), cancel)
					}
					request, err := http.NewRequestWithContext(ctx, http.MethodGet, address(query), nil)
					var answer *http.Response
					if err == nil {
						answer, err = client.Do(request)
					}
					var body []byte
					if err == nil {
						body, err = io.ReadAll(answer.Body)
						answer.Body.Close()
					}
					switch {
					case err != nil && leaves:
						left.Add(1)
					case err != nil:
						t.Error(err)
					case answer.StatusCode == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
						full.Add(1)
					case answer.StatusCode != http.StatusOK || string(body) != want[query]:
						t.Errorf("%s: %s %s", query, answer.Status, body[:min(len(body), 300)])
					default:
						answers.Add(1)
					}
					cancel()
				}
			})
		}
		clients.Wait()
		http.DefaultClient.CloseIdleConnections()
	}
	// What it takes once all that is kept between requests is there, and nobody asks.
	type state struct {
		goroutines, files int
		heap              uint64
		resident          string
	}
	look := func() (s state) {
		if text := printed.String(); strings.Contains(text, "level=ERROR") {
			t.Error(text)
		}
		printed.forget() // a line a request
		runtime.GC()
		runtime.GC()
		files, _ := os.ReadDir("/proc/self/fd")
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		text, _ := os.ReadFile("/proc/self/status")
		lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(l string) bool { return !strings.HasPrefix(l, "VmRSS") && !strings.HasPrefix(l, "VmHWM") })
		return state{runtime.NumGoroutine(), len(files), memory.HeapAlloc, strings.Join(lines, " ")}
	}
	crowd(min(length/3, 5*time.Second))
	idle := look()
	crowd(length)
	var after state
	until(t, "goroutines or files stay", func() bool {
		after = look()
		return after.goroutines <= idle.goroutines+2 && after.files <= idle.files+2
	})
	t.Logf("%d answers, %d left early, %d found it full; before %+v, after %+v", answers.Load(), left.Load(), full.Load(), idle, after)
	if full.Load() > answers.Load()/20 {
		t.Error("too many found it full")
	}
	if after.heap > idle.heap+8<<20 {
		t.Errorf("memory grew from %d to %d", idle.heap, after.heap)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if text := printed.String(); strings.Contains(text, "level=ERROR") {
		t.Errorf("printed %s", text)
	}
	goleak.VerifyNone(t, before)
}
