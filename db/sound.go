package db

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
	"github.com/gosimple/unidecode"
	"github.com/kljensen/snowball/russian"
	"golang.org/x/text/unicode/norm"
)

// A sound is what spellings of one word in any script have in common. It is written
// with the vowels a, i, u and E (a diphthong, such as ay or ei) and with the
// consonants b p d t v K (k g q gh) H (h kh x) J (j zh ch) S (sh) s z C (ts) l m n r.
//
//	Ceyhun, Jeyhun, Djeyhoun, Джейхун, ჯეიჰუნ, Ջեյհուն: JEHun
//	جیحون, without short vowels: JiHun
type sound struct {
	text string
	bare bool   // from a script that leaves short vowels out
	bent int    // by how many guesses it was reached, such as a case ending taken off
	key  uint64 // its consonants, those close to one another as one
}

// schwa stands for ə until it is read as a or as e.
const schwa = "\x01"

// toLatin are letters that the library has as none, or not as names have them.
var toLatin = strings.NewReplacer(
	"ə", schwa, "ı", "i", "ş", "sh", "ș", "sh", "š", "sh", "ç", "ch", "č", "ch", "ć", "ch", "ž", "zh", "ț", "ts", "ţ", "ts", "đ", "dj", "ğ", "gh",
	"ә", schwa, "ө", "o", "ү", "u", "ұ", "u", "ў", "o", "ё", "yo", "қ", "q", "ғ", "gh", "ҳ", "h", "һ", "h", "ҷ", "j", "ң", "n", "ъ", "", "ь", "", "щ", "sh",
	"ու", "u", "և", "ev", "ւ", "v", "ντ", "d", "μπ", "b", "γκ", "g",
	"ძ", "dz", "ხ", "kh", "ღ", "gh", "ყ", "q",
)

// bareSounds are the consonants of Arabic letters, and the vowels that they write. W is a
// vowel or a consonant.
var bareSounds = strings.NewReplacer(
	"ا", "a", "ب", "b", "پ", "p", "ت", "t", "ث", "s", "ج", "J", "چ", "J", "ح", "H", "خ", "H", "د", "d", "ذ", "z", "ر", "r", "ز", "z",
	"ژ", "J", "س", "s", "ش", "S", "ص", "s", "ض", "z", "ط", "t", "ظ", "z", "ع", "", "غ", "K", "ف", "v", "ق", "K", "ک", "K", "گ", "K",
	"ل", "l", "م", "m", "ن", "n", "و", "W", "ه", "H", "ی", "y", "ے", "y", "ٹ", "t", "ڈ", "d", "ڑ", "r", "ں", "n", "ھ", "H", "ہ", "H", "ء", "",
	"ۆ", "v", "ێ", "e", "ڤ", "v",
)

// digraphs are consonants that are written with several letters, longest first.
// C and j and x are left for later: they differ from language to language.
var digraphs = strings.NewReplacer(
	"shch", "S", "dsch", "J", "tsch", "J", "sch", "S", "tch", "J", "dzh", "J", "dj", "J", "zh", "J", "sh", "5", "ch", "1", "kh", "H", "gh", "K",
	"ph", "v", "th", "6", "dh", "7", "ts", "C", "tz", "C", "dz", "z", "ohn", "o8n", "ck", "K", "c", "2", "x", "3", "j", "4",
	"q", "K", "g", "K", "k", "K", "w", "v", "f", "v", "h", "H",
)

// readings are what a letter may stand for: English or German ch, Turkish or English c,
// Azerbaijani or English x, English or German j, the sh of Sharif or of Ishaq, the th of
// Fathi or of Al Thani, the dh of Riyadh or of Kadhimi, the h of John or of Kohn,
// Azerbaijani ə, Persian و.
var readings = []struct {
	letter string
	as     []string
}{
	{"1", []string{"J", "H"}},
	{"2", []string{"J", "K"}},
	{"3", []string{"H", "Ks"}},
	{"4", []string{"J", "y"}},
	{"5", []string{"S", "sH"}},
	{"6", []string{"t", "s"}},
	{"7", []string{"d", "z"}},
	{"8", []string{"", "H"}},
	{schwa, []string{"a", "e"}},
	{"W", []string{"v", "u"}},
}

var (
	// inCase is a name with an Azerbaijani or Turkish case ending: Bayramovun, Fidanla.
	inCase = regexp.MustCompile(`^(?:(..+[oe]v)(?:un|ün|u|in|i|dan|dən|den|da|də|de)|(....+)l[aəe])$`)
	// silentE is an English word of one syllable.
	silentE = regexp.MustCompile(`^([^aeiouy]+)i([^aeiouyh])e$`)
	// isNominative is true of Russian words that carry no case ending, whatever the stemmer thinks.
	isNominative = regexp.MustCompile(`(ов|ев|ёв|ин|ын|ян|ский|их|ых)$`)
)

// maxSounds is how many sounds a word has at most: a name has two or three letters that
// may be read in two ways, and what has more is no name.
const maxSounds = 16

// sounds returns what a word, as it is written, may sound like, at most maxSounds. It is
// empty for what has no letters.
func sounds(word string) (list []sound) {
	word = strings.ToLower(norm.NFC.String(word))
	add := func(latin string, bare bool, bent int) {
		for _, text := range heard(latin) {
			if len(list) < maxSounds && text != "" && !slices.ContainsFunc(list, func(s sound) bool { return s.text == text }) {
				list = append(list, sound{text, bare, bent, consonants(text)})
			}
		}
	}
	stem, ending, _ := strings.Cut(strings.ReplaceAll(word, "’", "'"), "'")
	word = strings.Map(func(r rune) rune {
		if isSilent(r) {
			return -1
		}
		return r
	}, word)
	switch first := firstLetter(word); {
	case unicode.Is(unicode.Arabic, first):
		bare := bareSounds.Replace(strings.Join(words(strings.ReplaceAll(word, "ە", "e")), "")) // a vowel in Kazakh and Kurdish
		switch {                                                                                // an alef at the start carries any vowel
		case strings.HasPrefix(bare, "ay"), strings.HasPrefix(bare, "aW"):
			bare = bare[1:]
		case strings.HasPrefix(bare, "a") && first != 'آ' && len(bare) > 2:
			bare = bare[1:]
		}
		add(strings.TrimSuffix(bare, "H"), true, 0) // a final he is a vowel
		add(bare, true, 0)
		if stem, found := strings.CutSuffix(bare, "av"); found && len(stem) > 1 { // علی‌اف is Aliyev
			add(stem+"v", true, 0)
			add(strings.TrimSuffix(stem, "H")+"v", true, 0)
		}
	case unicode.In(first, unicode.Hebrew, unicode.Devanagari): // of a vowel that goes without saying the library says nothing
		add(latin(word), true, 0)
	case unicode.Is(unicode.Cyrillic, first):
		add(latin(word), false, 0)
		add(latin(strings.ReplaceAll(word, "ё", "е")), false, 0)
		add(latin(strings.ReplaceAll(word, "аа", "аха")), false, 0) // Абраамян is Abrahamyan
		if strings.ContainsRune(word, 'г') {                        // Гасанов is Hasanov
			add(latin(strings.ReplaceAll(word, "г", "х")), false, 0)
		}
		if stem, found := strings.CutSuffix(word, "га"); found && isNominative.MatchString(stem) { // Kazakh: Лавровга
			add(latin(stem), false, 1)
		}
		if !isNominative.MatchString(word) {
			if stem := russian.Stem(word, false); len([]rune(stem)) > 3 {
				add(latin(stem), false, 1)
			}
		}
	case unicode.Is(unicode.Georgian, first):
		add(latin(word), false, 0)
		for _, ending := range []string{"ი", "მ", "მა", "ს", "სა", "თან"} {
			if stem, found := strings.CutSuffix(word, ending); found {
				add(latin(stem), false, min(1, len(ending)-3))
				add(latin(strings.TrimSuffix(stem, "ი")), false, 1)
			}
		}
	case unicode.Is(unicode.Armenian, first):
		add(latin(word), false, 0)
		for _, ending := range []string{"ը", "ն", "ի", "ին", "ից", "ով", "ում"} {
			if stem, found := strings.CutSuffix(word, ending); found && len([]rune(stem)) > 2 {
				add(latin(stem), false, 1)
			}
		}
	default:
		add(latin(word), false, 0)
		if ending != "" && len(stem) > 2 && len(ending) < 6 { // Turkish: Bayramov'un
			add(latin(stem), false, 1)
		}
		if parts := silentE.FindStringSubmatch(word); parts != nil { // Mike is Майк
			add(latin(parts[1]+"ai"+parts[2]), false, 0)
		}
		if parts := inCase.FindStringSubmatch(word); parts != nil { // Bayramovun, Fidanla
			add(latin(parts[1]+parts[2]), false, 1)
		}
	}
	return list
}

// firstLetter returns the first letter of a word; 0: it has none.
func firstLetter(word string) rune {
	for _, r := range word {
		if unicode.IsLetter(r) {
			return r
		}
	}
	return 0
}

// latin returns a word of any script in the letters a to z.
func latin(word string) string {
	if isLatin(word) {
		return word
	}
	word = toLatin.Replace(word)
	word = strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(letters.Replace(word)))
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || r == rune(schwa[0]) {
			return r
		}
		return -1
	}, strings.ToLower(unidecode.Unidecode(word)))
}

func isLatin(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return true
}

// heard returns the sounds of Latin letters, one for each way to read them, at most
// maxSounds: further letters are read in their usual way.
func heard(latin string) []string {
	if n := len(latin); n > 2 && latin[n-1] == 'h' && (latin[n-2] == 'a' || latin[n-2] == 'e') {
		latin = latin[:n-1] // Zadeh is Zade
	}
	list := []string{digraphs.Replace(latin)}
	for _, r := range readings {
		for strings.Contains(list[0], r.letter) && len(list)*len(r.as) <= maxSounds { // each where it stands
			var read []string
			for _, text := range list {
				for _, as := range r.as {
					read = append(read, strings.Replace(text, r.letter, as, 1))
				}
			}
			list = read
		}
		for i, text := range list {
			list[i] = strings.ReplaceAll(text, r.letter, r.as[0])
		}
	}
	for i, text := range list {
		list[i] = smooth(text)
	}
	return list
}

// smooth makes one vowel of each run of vowels, and one letter of a doubled one.
func smooth(text string) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if !strings.ContainsRune("aeiouy", rune(text[i])) {
			if len(out) == 0 || out[len(out)-1] != text[i] {
				out = append(out, text[i])
			}
			i++
			continue
		}
		j := i
		for j < len(text) && strings.IndexByte("aeiouy", text[j]) >= 0 {
			j++
		}
		out = append(out, vowel(text[i:j]))
		i = j
	}
	return string(out)
}

// vowel is what a run of vowels is heard as. An i before another vowel is a glide:
// Pashinian is Pashinyan.
func vowel(run string) byte {
	if rest := strings.TrimLeft(run, "iy"); rest != run {
		if rest == "" || rest[0] == 'e' {
			return 'i'
		}
		run = rest
	}
	switch {
	case run[0] == 'o' || run[0] == 'u':
		return 'u'
	case strings.ContainsAny(run[1:], "iy"), run[0] == 'a' && strings.Contains(run, "e"):
		return 'E'
	case run[0] == 'a':
		return 'a'
	}
	return 'i'
}

const vowels = "aiuE"

// consonants packs the consonants of a sound, four bits each, at most 15. Those that
// languages tell apart in different places are one: d and t, b and p, s, sh, z and ts.
func consonants(text string) (key uint64) {
	n := 0
	for i := range len(text) {
		if at := strings.IndexByte("ptjshklmnrv", skeletal[text[i]]); at >= 0 && n < 15 {
			key = key<<4 | uint64(at+1)
			n++
		}
	}
	return key
}

var skeletal = [256]byte{
	'b': 'p', 'p': 'p', 'd': 't', 't': 't', 'J': 'j', 's': 's', 'S': 's', 'z': 's', 'C': 's', 'K': 'k', 'H': 'h',
	'l': 'l', 'm': 'm', 'n': 'n', 'r': 'r', 'v': 'v',
}

// near returns the keys that a key and those with one consonant more, less or other,
// or with two neighbours changed over, have in common: itself, and itself without each
// of its consonants.
func near(key uint64) []uint64 {
	list := []uint64{key}
	if key < 1<<8 { // of fewer than three, what is left says nothing
		return list
	}
	for shift := 0; key>>shift > 0; shift += 4 {
		low := key & (1<<shift - 1)
		list = append(list, key>>(shift+4)<<shift|low)
	}
	return list
}

// alike is how near two sounds are, from 0 to 1; 1: the same. It is 0 when more than a
// slip tells them apart: one letter; of long words two, of which one is a vowel.
func alike(a, b sound) float64 {
	if a.text == b.text {
		return 1 - 0.02*float64(a.bent+b.bent)
	}
	if isWifeOf(a, b) || isWifeOf(b, a) || isOtherClan(a, b) || isOtherClan(b, a) {
		return 0
	}
	left, right := a.text, b.text
	missing := 0
	if a.bare || b.bare {
		left, right = strings.ReplaceAll(left, "E", "i"), strings.ReplaceAll(right, "E", "i")
		if a.bare != b.bare {
			missing = vowelsOf(right) - vowelsOf(left)
			if b.bare {
				missing = -missing
			}
			missing = max(0, missing)
		}
	}
	n := max(len(left), len(right))
	apart := levenshtein.ComputeDistance(left, right) - missing
	if a.bare != b.bare && apart > 0 && a.key != b.key && levenshtein.ComputeDistance(withoutVowels(left), withoutVowels(right)) > 1 {
		return 0 // a vowel that may be missing does not make up for a consonant
	}
	if a.bare != b.bare && a.key != b.key { // consonants are all that speaks for it
		n = min(n, 1+max(len(withoutVowels(left)), len(withoutVowels(right))))
	}
	sameConsonants := a.key == b.key
	hasSwap := apart == 2 && len(left) == len(right) && len(left) >= 5 && swapped(left, right)
	cost := 0.0
	switch {
	case hasSwap:
		cost = 0.6
	case apart == 0:
		cost = 0.002 * float64(missing) // the more of it is written, the surer
		return 1 - 0.02*float64(a.bent+b.bent) - cost
	case sameConsonants && apart == 1 && n >= 4, sameConsonants && apart == 2 && n >= 8:
		cost = 0.45 * float64(apart)
	case apart == 1 && n >= 5:
		cost = 1
	case apart == 2 && n >= 9 && max(len(left)-len(right), len(right)-len(left))-missing < 2: // not a syllable more
		cost = 1.45
	default:
		return 0
	}
	return 1 - cost/float64(n) - 0.02*float64(a.bent+b.bent)
}

// isWifeOf is true of a surname of a woman, and that of a man: Aliyeva, Aliyev.
func isWifeOf(a, b sound) bool {
	hers, has := strings.CutSuffix(a.text, "a")
	his := strings.TrimSuffix(b.text, "i") // the Georgian nominative
	return has && isSurname.MatchString(hers) && len(his) > 2 && hers[len(hers)-1] == his[len(his)-1]
}

// isSurname is true of the sound of a Russian surname: Lavrov, Aliyev, Putin.
var isSurname = regexp.MustCompile(`..([uiE]v|in)$`)

// isOtherClan is true of a Russian and an Armenian surname: Pashinin, Pashinyan.
func isOtherClan(a, b sound) bool {
	return !a.bare && !b.bare && strings.HasSuffix(a.text, "in") && strings.HasSuffix(b.text, "an") && a.key == b.key && len(a.text) > 5
}

func vowelsOf(text string) (n int) {
	for i := range len(text) {
		if strings.IndexByte(vowels, text[i]) >= 0 {
			n++
		}
	}
	return n
}

func withoutVowels(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(vowels, r) {
			return -1
		}
		return r
	}, text)
}

// swapped is true when two neighbours changed places.
func swapped(a, b string) bool {
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
