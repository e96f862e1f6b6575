package db

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those that Unicode does not decompose into a Latin letter and a mark,
// with the spelling that English-language sources use for them.
var letters = strings.NewReplacer(
	"ə", "a", "ı", "i", "ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ħ", "h", "ŋ", "ng",
)

// words splits a name into words without case, diacritics and punctuation:
// "Hossein Amir-Abdollahian" is hossein, amir, abdollahian.
func words(name string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' || r == 'ʻ' {
			return -1
		}
		return r
	}, norm.NFKD.String(letters.Replace(strings.ToLower(name))))
	return strings.FieldsFunc(plain, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
}

// fold is what two spellings of one name have in common: its words, run together.
func fold(name string) string { return strings.Join(words(name), "") }

// sortKey orders names as an index does.
func sortKey(name string) string { return strings.Join(words(name), " ") }

// tails are the ends of a name: "Hossein Amir-Abdollahian" ends in
// "amirabdollahian" and "abdollahian".
func tails(name string) []string {
	var ends []string
	for w := words(name); len(w) > 1; {
		w = w[1:]
		ends = append(ends, strings.Join(w, ""))
	}
	return ends
}
