package seeds

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Problem is one thing that is wrong with a package.
type Problem struct {
	File    string // its path in the package
	Line    int    // where the row begins, from 1; 0: the file as a whole
	Column  string // or columns, separated by commas; "": the row as a whole
	Value   string
	Message string // what is wrong; what would be right
}

// String is the problem on one line, as compilers write theirs.
func (p Problem) String() string {
	place := p.File
	if p.Line > 0 {
		place += ":" + strconv.Itoa(p.Line)
	}
	parts := []string{place}
	if p.Column != "" {
		parts = append(parts, p.Column)
	}
	if p.Value != "" {
		parts = append(parts, strconv.Quote(shortened(p.Value)))
	}
	return strings.Join(append(parts, p.Message), ": ")
}

// shortened keeps a paragraph from hiding what is wrong with it.
func shortened(value string) string {
	const most = 160
	for i := range value {
		if i >= most {
			return value[:i] + "…"
		}
	}
	return value
}

// Problems is everything that is wrong with a package, by file, line and column.
type Problems []Problem

// Error gives each problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// nearest returns what may have been meant by a word: those of the known words that
// are a slip of the hand away, the nearest only; at most three, sorted.
func nearest(word string, known func(yield func(string) bool)) []string {
	var found []string
	best := max(1, min(3, len(word)/5))
	for candidate := range known {
		if abs(len(candidate)-len(word)) > best {
			continue
		}
		switch distance := levenshtein.ComputeDistance(word, candidate); {
		case distance < best:
			best, found = distance, []string{candidate}
		case distance == best:
			found = append(found, candidate)
		}
	}
	slices.Sort(found)
	return found[:min(3, len(found))]
}

// didYouMean asks for one of a few words; it is empty without any.
func didYouMean(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", strings.Join(words, " or "))
}

func abs(n int) int { return max(n, -n) }

// inOrder sorts problems by file, line and column, in the order that the columns have.
func inOrder(problems Problems, tables []*table) Problems {
	columns := map[string]*table{}
	for _, t := range tables {
		columns[t.file] = t
	}
	place := func(p Problem) int {
		t := columns[p.File]
		if t == nil {
			return 0
		}
		first, _, _ := strings.Cut(p.Column, ",")
		return t.column(first)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(
			strings.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(place(a), place(b)),
		)
	})
	return problems
}
