package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"readout/bench/synthetic"
)

// parseSize reads a number of meetings: "10k", "1m".
func parseSize(text string) (meetings int, err error) {
	digits := strings.TrimRight(strings.ToLower(text), "km")
	meetings, err = strconv.Atoi(digits)
	switch strings.ToLower(text)[len(digits):] {
	case "":
	case "k":
		meetings *= 1000
	case "m":
		meetings *= 1_000_000
	default:
		err = fmt.Errorf("unknown unit")
	}
	if err != nil || meetings < 1 {
		return 0, fmt.Errorf("size %q: want a number of meetings, such as 10k or 1m", text)
	}
	return meetings, nil
}

// prepared is a release to measure, and what it took to build.
type prepared struct {
	Size     string
	Meetings int
	Program  string // the hash of the one that built it
	Seconds  float64
	CPU      float64 // seconds of it
	Memory   float64 // MB, at most
	File     float64 // MB
	folder   string
}

func (p *prepared) data() string    { return filepath.Join(p.folder, "package") }
func (p *prepared) release() string { return filepath.Join(p.folder, "readout.db") }

// program builds Readout into a folder and returns its path and hash.
func program(ctx context.Context, folder string) (path, hash string, err error) {
	path = filepath.Join(folder, "readout")
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "readout")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return "", "", err
	}
	defer file.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	return path, hex.EncodeToString(sum.Sum(nil)[:8]), err
}

// prepare writes the package of a size and builds its release, as far as they are not
// there from before.
func prepare(ctx context.Context, folder, size, program, hash string) (*prepared, error) {
	meetings, err := parseSize(size)
	if err != nil {
		return nil, err
	}
	p := &prepared{folder: filepath.Join(folder, size)}
	if _, err := os.Stat(filepath.Join(p.data(), "datapackage.json")); err != nil {
		fmt.Fprintf(os.Stderr, "%s: making up %d meetings\n", size, meetings)
		unfinished := p.data() + ".unfinished"
		if err := synthetic.Write(unfinished, meetings); err != nil {
			return nil, err
		}
		if err := os.Rename(unfinished, p.data()); err != nil {
			return nil, err
		}
	}
	note := filepath.Join(p.folder, "built.json")
	if text, err := os.ReadFile(note); err == nil && json.Unmarshal(text, p) == nil && p.Program == hash {
		return p, nil
	}
	p.Size, p.Meetings, p.Program = size, meetings, hash
	fmt.Fprintf(os.Stderr, "%s: building the release\n", size)
	was, _ := os.Stat(p.release())
	load := exec.CommandContext(ctx, program, "load", "-data", p.data(), "-db", p.release())
	load.Stderr = os.Stderr
	began := time.Now()
	if err := load.Run(); err != nil {
		return nil, fmt.Errorf("%s load: %w", program, err)
	}
	took := time.Since(began)
	now, err := os.Stat(p.release())
	if err != nil {
		return nil, err
	}
	if !os.SameFile(was, now) { // it was built, not found to be what the program would build
		state := load.ProcessState
		p.Seconds = took.Seconds()
		p.CPU = (state.UserTime() + state.SystemTime()).Seconds()
		p.Memory = float64(state.SysUsage().(*syscall.Rusage).Maxrss) / 1024
		p.File = float64(now.Size()) / (1 << 20)
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, err
	}
	return p, os.WriteFile(note, text, 0o644)
}
