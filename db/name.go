package db

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters are those that Unicode does not decompose into a Latin letter and a mark,
// with the spelling that English-language sources use for them.
var letters = strings.NewReplacer(
	"ə", "a", "ı", "i", "ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ħ", "h", "ŋ", "ng",
)

// variants are the letters that Persian and Arabic keyboards have apart.
var variants = strings.NewReplacer("ي", "ی", "ى", "ی", "ك", "ک", "ة", "ه", "ە", "ه", "ۀ", "ه")

// isMark tells the marks that are written or left out at will from the vowels of
// Indian and South-East Asian scripts, which are marks too.
func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) && (r < 0x0900 || r >= 0x1AB0) }

// isSilent is true of what stands inside a word without being a letter of it:
// apostrophes, tatweel, and whatever is not seen, such as a zero-width non-joiner.
func isSilent(r rune) bool {
	return strings.ContainsRune("'’‘ʻʼ`´ʿʾ״׳ـ", r) || unicode.Is(unicode.Cf, r)
}

// words splits a name into words without case, diacritics and punctuation:
// "Hossein Amir-Abdollahian" is hossein, amir, abdollahian.
func words(name string) []string {
	if plain := strings.ToLower(name); strings.IndexFunc(plain, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 { // most are
		if strings.ContainsAny(plain, "'`") {
			plain = strings.NewReplacer("'", "", "`", "").Replace(plain)
		}
		return strings.FieldsFunc(plain, func(r rune) bool { return (r < 'a' || 'z' < r) && (r < '0' || '9' < r) })
	}
	plain := strings.Map(func(r rune) rune {
		if isMark(r) || isSilent(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(letters.Replace(strings.ToLower(name))))
	return strings.FieldsFunc(variants.Replace(plain), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
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

// occurrence is a word where it stands in a text.
type occurrence struct {
	from, until int // bytes
	folded      string
}

// occurrences returns the words of a text with their places.
func occurrences(text string) (list []occurrence) {
	from := -1
	end := func(until int) {
		if from >= 0 {
			if folded := fold(text[from:until]); folded != "" {
				list = append(list, occurrence{from, until, folded})
			}
			from = -1
		}
	}
	for i, r := range text {
		switch inside := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || isSilent(r); {
		case !inside:
			end(i)
		case from < 0 && !isSilent(r):
			from = i
		}
	}
	end(len(text))
	return list
}
