package db

import (
	"cmp"
	"context"
	"maps"
	"math"
	mathbits "math/bits"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/russian"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"
)

// A directory finds entities by any of their names, however spelled. It is made once
// from a file and then only read.
//
// Each name is split into parts: its words, and its neighbouring words run together
// ("amirabdollahian" of "Amir Abdollahian"). Parts that many names share are kept
// once, with where they occur. A query finds parts, word by word, in three orders:
// by their letters, by their sound, and by their consonants less one (near). What
// parts it found then says which names have all of the query's words.
type directory struct {
	entities []listed
	names    []spelling
	parts    []fragment
	byFold   map[string]int32
	byStem   map[string][]int32 // parts that are not heard, by their Russian stem
	byLetter []int32            // parts by folded text
	bySound  []heardAs          // by sound
	byKey    []byConsonants     // by key
}

type listed struct {
	id         int64
	kind, slug string
	prominence int
}

// spelling is a name under which an entity is known.
type spelling struct {
	entity int32
	alias  bool // not the one that it is called by
	text   string
	parts  []inName
	whole  uint16 // the bits of all its words
	father uint16 // of a patronymic
	small  uint16 // of particles: bin, al
}

type inName struct {
	part int32
	bits uint16 // which words of the name it is
}

type fragment struct {
	folded string
	heard  bool // its sounds are in bySound
	names  []int32
}

type heardAs struct {
	sound
	part   int32
	joined bool // two words run together, for which no slip is looked up
}

type byConsonants struct {
	key   uint64
	sound int32
}

// maxWords is how many words of a name are looked at.
const maxWords = 16

// exonyms are the languages in which countries are called by what CLDR has as their
// names, where the dataset has not: it has those of the region.
var exonyms = []language.Tag{
	language.Bulgarian, language.Chinese, language.French, language.German, language.Greek, language.Hebrew, language.Italian,
	language.Portuguese, language.Romanian, language.Spanish, language.Ukrainian, language.MustParse("ps"),
}

// readDirectory reads the names of a file. Meetings are found by text alone.
func readDirectory(ctx context.Context, s *Store) (*directory, error) {
	type named struct {
		listed
		name, abbreviation, alpha2, official string
	}
	rows, err := scan(ctx, s, func(n *named) []any {
		return []any{&n.id, &n.kind, &n.slug, &n.prominence, &n.name, &n.abbreviation, &n.alpha2, &n.official}
	}, `
		select e.id, e.kind, e.slug, d.prominence, e.name, coalesce(g.abbreviation, k.abbreviation, ''),
			coalesce(c.alpha2, ''), coalesce(c.official_name, '')
		from entity e join document d on d.entity = e.id
		left join organization g on g.id = e.id left join corridor k on k.id = e.id left join country c on c.id = e.id
		where e.kind <> 'meeting'
		order by e.id`)
	if err != nil {
		return nil, err
	}
	type alias struct {
		entity int64
		name   string
	}
	aliases, err := scan(ctx, s, func(a *alias) []any { return []any{&a.entity, &a.name} }, `
		select entity, name from alias order by entity, position`)
	if err != nil {
		return nil, err
	}

	d := &directory{byFold: map[string]int32{}, byStem: map[string][]int32{}}
	for _, row := range rows {
		d.entities = append(d.entities, row.listed)
		known := map[string]bool{"": true}
		add := func(name string, alias, heard bool) {
			if !known[name] {
				known[name] = true
				d.add(name, alias, heard)
			}
		}
		add(row.name, false, true)
		add(row.abbreviation, true, false)
		for len(aliases) > 0 && aliases[0].entity <= row.id {
			if aliases[0].entity == row.id {
				add(aliases[0].name, true, row.kind != KindCountry && (len(aliases[0].name) > 5 || strings.ToUpper(aliases[0].name) != aliases[0].name))
			}
			aliases = aliases[1:]
		}
		if row.kind == KindCountry {
			add(row.slug, true, false)
			add(row.alpha2, true, false)
			add(row.official, true, true)
			if region, err := language.ParseRegion(row.alpha2); err == nil {
				for _, tag := range exonyms {
					add(display.Regions(tag).Name(region), true, false)
				}
			}
		}
	}
	d.order()
	return d, nil
}

// add enters a name of the last entity. Abbreviations, and names of countries in other
// languages, of which there is one in each, are not heard: they are found as written,
// and those in Cyrillic with the endings of Russian cases. Heard, two hundred countries
// in thirty languages sound like whatever is asked for.
func (d *directory) add(text string, alias, heard bool) {
	list := occurrences(text)
	if len(list) == 0 {
		return
	}
	list = list[:min(len(list), maxWords)]
	name := int32(len(d.names))
	n := spelling{entity: int32(len(d.entities) - 1), alias: alias, text: text, whole: 1<<len(list) - 1}
	enter := func(folded, written string, bits uint16, joined bool) {
		at, known := d.byFold[folded]
		if !known {
			at = int32(len(d.parts))
			d.byFold[folded] = at
			d.parts = append(d.parts, fragment{folded: folded})
			if stem := caseless(folded); !heard && stem != "" {
				d.byStem[stem] = append(d.byStem[stem], at)
			}
		}
		if heard && !d.parts[at].heard {
			d.parts[at].heard = true
			for _, s := range sounds(written) {
				d.bySound = append(d.bySound, heardAs{s, at, joined})
			}
		}
		if names := d.parts[at].names; len(names) == 0 || names[len(names)-1] != name {
			d.parts[at].names = append(names, name)
		}
		n.parts = append(n.parts, inName{at, bits})
	}
	for i, word := range list {
		enter(word.folded, text[word.from:word.until], 1<<i, false)
		if i > 0 {
			before := list[i-1]
			enter(before.folded+word.folded, text[before.from:before.until]+text[word.from:word.until], 3<<(i-1), true)
		}
	}
	folded := make([]string, len(list))
	for i, word := range list {
		folded[i] = word.folded
		if particles[word.folded] {
			n.small |= 1 << i
		}
	}
	for i := range folded {
		if isFathers(folded, i) {
			n.father |= 1 << i
		}
	}
	d.names = append(d.names, n)
}

// order sorts what was entered.
func (d *directory) order() {
	d.byLetter = make([]int32, len(d.parts))
	for i := range d.parts {
		d.byLetter[i] = int32(i)
	}
	slices.SortFunc(d.byLetter, func(a, b int32) int { return cmp.Compare(d.parts[a].folded, d.parts[b].folded) })
	slices.SortFunc(d.bySound, func(a, b heardAs) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.part, b.part))
	})
	for i, s := range d.bySound {
		keys := near(s.key)
		if s.joined {
			keys = keys[:1]
		}
		for _, key := range keys {
			d.byKey = append(d.byKey, byConsonants{key, int32(i)})
		}
	}
	slices.SortFunc(d.byKey, func(a, b byConsonants) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.sound, b.sound)) })
	d.byKey = slices.Compact(d.byKey)
}

// How a query met a name, best first.
const (
	exact = iota
	byAlias
	folded
	prefix
	transliterated
	byText
	fuzzy
)

// reasons are those words in the dataset's form.
var reasons = [...]string{"exact", "alias", "folded", "prefix", "transliterated", "text", "fuzzy"}

// encounter is how well a word of a query met a part of names.
type encounter struct {
	reason int
	score  float64
	other  bool // its consonants are others
}

func (m encounter) beats(other encounter) bool {
	return m.reason < other.reason || m.reason == other.reason && m.score > other.score
}

// find returns the parts that a word of a query meets. A word that is the last may go on.
func (d *directory) find(written, letters string, last bool) map[int32]encounter {
	found := map[int32]encounter{}
	add := func(part int32, m encounter) {
		if was, there := found[part]; !there || m.beats(was) {
			found[part] = m
		}
	}
	if at, known := d.byFold[letters]; known {
		add(at, encounter{reason: folded, score: 1})
	}
	length := utf8.RuneCountInString(letters)
	if length >= 3 || last && length == 2 {
		from := sort.Search(len(d.byLetter), func(i int) bool { return d.parts[d.byLetter[i]].folded >= letters })
		for _, at := range d.byLetter[from:] {
			text := d.parts[at].folded
			if !strings.HasPrefix(text, letters) {
				break
			}
			if len(text) > len(letters) {
				add(at, encounter{reason: prefix, score: 0.5 + 0.5*float64(length)/float64(utf8.RuneCountInString(text))})
			}
		}
	}
	if stem := caseless(letters); stem != "" {
		for _, at := range d.byStem[stem] {
			name := []rune(d.parts[at].folded)
			if same := commonPrefix(name, []rune(letters)); same >= len(name)-1 { // Иран, Ирана; not Грузия, грузы
				add(at, encounter{reason: transliterated, score: 0.98})
			}
		}
	}
	for _, asked := range sounds(written) {
		if len(asked.text) < 2 {
			continue
		}
		if asked.bent == 0 && len(asked.text) >= 3 && length >= 3 {
			from := sort.Search(len(d.bySound), func(i int) bool { return d.bySound[i].text >= asked.text })
			for _, s := range d.bySound[from:] {
				if !strings.HasPrefix(s.text, asked.text) {
					break
				}
				if len(s.text) > len(asked.text) && s.bare == asked.bare {
					add(s.part, encounter{reason: transliterated, score: 0.5 + 0.4*float64(len(asked.text))/float64(len(s.text))})
				}
			}
		}
		for _, key := range near(asked.key) {
			from := sort.Search(len(d.byKey), func(i int) bool { return d.byKey[i].key >= key })
			for _, k := range d.byKey[from:] {
				if k.key != key {
					break
				}
				s := d.bySound[k.sound]
				score := alike(asked, s.sound)
				switch {
				case score >= 0.95 && same(asked, s.sound):
					add(s.part, encounter{reason: transliterated, score: score})
				case score > 0:
					add(s.part, encounter{fuzzy, score, asked.bare == s.bare && asked.key != s.key})
				}
			}
		}
	}
	return found
}

// caseless is a Russian word without its case ending, "" when less than three letters of
// it are left, or it has none.
func caseless(word string) string {
	if !unicode.Is(unicode.Cyrillic, firstLetter(word)) || strings.HasSuffix(word, "о") || strings.HasSuffix(word, "у") {
		return ""
	}
	if stem := russian.Stem(word, false); utf8.RuneCountInString(stem) > 2 {
		return stem
	}
	return ""
}

func commonPrefix(a, b []rune) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// same is true of sounds that differ in nothing but vowels that one of them cannot write.
func same(a, b sound) bool { return a.text == b.text || (a.bare != b.bare && alike(a, b) >= 0.94) }

// asked is a word of a query, or two run together.
type asked struct {
	meets   map[int32]encounter
	names   int  // in how many names what it meets occurs
	initial byte // the sound of a single letter; 0: a word
	without bool // a name may be met without it
	post    bool // the same, for the name of a person
	father  bool // it is the father's name
	middle  bool // it stands between two others
}

var (
	particles = set("al", "el", "ul", "ur", "bin", "bint", "ibn", "ben", "de", "da", "van", "von", "of", "the", "ال", "بن", "аль", "эль", "бин", "ибн")
	// titles go before names and are no part of them.
	titles = set("dr", "mr", "mrs", "ms", "sir", "he", "hon", "prof", "gen", "seyyed", "seyed", "sayyid", "sayed", "syed", "seyid", "seyyid", "ayatollah",
		"sheikh", "shaikh", "seyh", "seyx", "hajj", "haji", "cenab", "canab", "sayin", "bay", "bey", "herr", "frau", "monsieur", "mme", "господин", "госпожа", "доктор",
		"сейед", "сейид", "шейх", "аятолла", "سید", "السید", "دکتر", "الدکتور", "آقای", "اقای", "جناب", "آیتالله", "ایتالله", "الشیخ", "شیخ", "պարոն", "ბატონი", "пан",
		"shri", "smt", "श्री")
	// posts are the words of posts that the press puts before a name, or after it.
	posts = set(
		"president", "prime", "minister", "premier", "deputy", "vice", "foreign", "affairs", "fm", "pm", "emir", "chancellor", "secretary", "ambassador", "speaker",
		"prezident", "baş", "nazir", "naziri", "nazirin", "müavini", "xarici", "işlər", "cumhurbaşkanı", "başbakan", "başbakanı", "bakan", "bakanı", "dışişleri", "yardımcısı",
		"präsident", "ministerpräsident", "außenminister", "président", "ministre", "étrangères", "affaires",
		"президент", "премьер", "министр", "министра", "вице", "заместитель", "иностранных", "дел", "глава", "мид", "эмир", "посол", "спикер", "міністр", "закордонних", "справ",
		"رئیس", "جمهور", "رییس", "نخست", "وزیر", "امور", "خارجه", "معاون", "الرئیس", "الخارجیة", "الوزراء", "سفیر", "امیر",
		"նախագահ", "վարչապետ", "նախարար", "արտգործնախարար", "արտաքին", "գործերի",
		"პრეზიდენტი", "პრემიერ", "მინისტრი", "საგარეო", "საქმეთა")
	ownFather = regexp.MustCompile(`(ovich|evich|yevich|ovych|evych|ovna|evna|yevna|ivna|ович|евич|ьич|овна|евна|івна|йович)(а|у|ем|ом|е|ы|ой)?$`)
	sonOf     = set("oglu", "oghlu", "ogly", "qizi", "gizi", "kyzy", "kizi", "огли", "оглы", "кызы", "uly", "улы")
)

// set has words as they are folded.
func set(list ...string) map[string]bool {
	words := map[string]bool{}
	for _, word := range list {
		words[fold(word)] = true
	}
	return words
}

// isPost is true of a word of a post, in whatever Russian case.
func isPost(word string) bool {
	return posts[word] || unicode.Is(unicode.Cyrillic, firstLetter(word)) && posts[russian.Stem(word, false)]
}

// isFathers is true of a patronymic among the words of a name: Heydar oglu, Viktorovich.
// Someone may be called by one of two words alone, whatever its ending.
func isFathers(name []string, i int) bool {
	return len(name) > 2 && (ownFather.MatchString(name[i]) || sonOf[name[i]] || i+1 < len(name) && i > 0 && sonOf[name[i+1]])
}

// found is an entity that a query met by a name.
type found struct {
	entity *listed
	name   *spelling
	nth    int32 // of all names
	encounter
	bits uint16 // the words of the name that were met
}

var excellency = regexp.MustCompile(`(?i)^\s*h\.\s?e\.`)

// search returns the entities that have a name which all words of a query meet, with
// the name that it meets best. Left out may be titles, particles, a patronymic, a
// middle name where the name has none, and initials must fit. It fails when ctx ends.
func (d *directory) search(ctx context.Context, text string) ([]found, error) {
	text = excellency.ReplaceAllString(text, "")
	list := occurrences(text)
	if len(list) == 0 || len(list) > 12 {
		return nil, nil
	}
	folds := make([]string, len(list))
	for i, word := range list {
		folds[i] = word.folded
	}
	finds := map[string]map[int32]encounter{}
	find := func(from, until int) map[int32]encounter {
		written := text[list[from].from:list[from].until]
		if until > from+1 {
			written += text[list[until-1].from:list[until-1].until]
		}
		key := strings.Join(folds[from:until], "")
		if finds[key] == nil {
			finds[key] = d.find(written, key, until == len(list))
		}
		return finds[key]
	}

	best := map[int32]found{}
	for joined := range list { // 0: none; else the word that is run together with the one before
		var words []asked
		proper := 0
		for i := 0; i < len(list); i++ {
			var w asked
			if i+1 == joined {
				w.meets = find(i, i+2)
				maps.DeleteFunc(w.meets, func(_ int32, m encounter) bool {
					if len(folds[i]) == 1 || len(folds[i+1]) == 1 { // an initial is no beginning of a word
						return m.reason > folded
					}
					return m.reason == fuzzy && m.score < 0.9
				})
				i++
			} else {
				w.meets = find(i, i+1)
				w.post = isPost(folds[i])
				w.without = w.post || titles[folds[i]] || particles[folds[i]]
				w.father = isFathers(folds, i)
				w.middle = 0 < i && i < len(list)-1 && !w.without
				if utf8.RuneCountInString(folds[i]) == 1 && len(list) > 1 {
					w.initial = initialOf(folds[i])
				}
			}
			for part := range w.meets {
				w.names += len(d.parts[part].names)
			}
			if !w.without && w.initial == 0 {
				proper++
			}
			words = append(words, w)
		}
		if slices.ContainsFunc(words, func(w asked) bool { return w.post }) {
			for i := range words { // of the president of a country
				if w := &words[i]; !w.without && w.initial == 0 && d.isCountry(w.meets) {
					w.without, w.post = true, true
					proper--
				}
			}
		}
		if proper == 0 { // nothing but titles: then they are names
			for i := range words {
				words[i].without, words[i].post = false, false
			}
			proper = len(words)
		}
		if err := d.match(ctx, text, words, proper, best); err != nil {
			return nil, err
		}
	}
	sure := map[string]bool{} // kinds of which one is called that; then what is nearly called that was not meant
	for _, hit := range best {
		sure[hit.entity.kind] = sure[hit.entity.kind] || hit.reason < fuzzy
	}
	hits := make([]found, 0, len(best))
	for _, hit := range best {
		if hit.reason < fuzzy || !sure[hit.entity.kind] {
			hits = append(hits, hit)
		}
	}
	return hits, nil
}

// isCountry is true of what a word meets when the word is one of a country's name.
func (d *directory) isCountry(meets map[int32]encounter) bool {
	for part, m := range meets {
		if (m.reason == folded || m.reason == transliterated && m.score > 0.95) && slices.ContainsFunc(d.parts[part].names, func(name int32) bool {
			return d.entities[d.names[name].entity].kind == KindCountry
		}) {
			return true
		}
	}
	return false
}

// match looks through the names that have the word of a query which the fewest have.
func (d *directory) match(ctx context.Context, text string, words []asked, proper int, best map[int32]found) error {
	rarest := -1
	for i, w := range words {
		needed := !w.without && !w.father && w.initial == 0 && !(w.middle && proper > 2)
		if needed && (rarest < 0 || w.names < words[rarest].names) {
			rarest = i
		}
	}
	if rarest < 0 {
		return nil
	}
	seen := map[int32]bool{}
	for part := range words[rarest].meets {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, at := range d.parts[part].names {
			if seen[at] {
				continue
			}
			seen[at] = true
			name := &d.names[at]
			met, bits, all := d.meet(name, words, proper, d.entities[name.entity].kind == KindOfficial)
			if !all {
				continue
			}
			if sameText(name.text, text) {
				met.reason, met.score = exact, 1
				if name.alias {
					met.reason = byAlias
				}
			}
			if was, there := best[name.entity]; !there || met.beats(was.encounter) || met == was.encounter && at < was.nth {
				best[name.entity] = found{&d.entities[name.entity], name, at, met, bits}
			}
		}
	}
	return nil
}

func sameText(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(a), norm.NFC.String(strings.TrimSpace(b)))
}

// meet is how the words of a query meet a name: the weakest of their reasons, and the
// mean of their scores, less where the name has words that were not asked for.
func (d *directory) meet(name *spelling, words []asked, proper int, person bool) (total encounter, bits uint16, all bool) {
	sum, weakest, strong, slips, initials, otherFirst := 0.0, 1.0, 0, 0, 0, false
	var left []*asked
	for i := range words {
		w := &words[i]
		choice, m := uint16(0), encounter{reason: math.MaxInt}
		for _, p := range name.parts {
			if p.bits&bits != 0 {
				continue
			}
			if meets, there := w.meets[p.part]; there && meets.beats(m) {
				choice, m = p.bits, meets
			}
		}
		if choice == 0 && w.initial != 0 {
			for _, p := range name.parts {
				if p.bits&(bits|name.small) == 0 && p.bits&(p.bits-1) == 0 && initialOf(d.parts[p.part].folded) == w.initial {
					choice, m = p.bits, encounter{reason: prefix, score: 0.9}
					initials++
					break
				}
			}
		}
		if choice == 0 {
			may := w.without && (person || !w.post) || w.father || w.middle && proper > 2
			if w.initial != 0 { // В. В. Путин: of his father
				may = initials > 0
			}
			if !may {
				return encounter{}, 0, false
			}
			left = append(left, w)
			sum += 0.8
			continue
		}
		bits |= choice
		sum += m.score
		if !w.without {
			total.reason = max(total.reason, m.reason)
			weakest = min(weakest, m.score)
			if m.reason == fuzzy {
				slips++
				otherFirst = otherFirst || m.other && choice == 1 && person
			}
			if m.score >= 0.9 {
				strong++
			}
		}
	}
	rest := name.whole &^ (name.small | bits)
	for _, w := range left { // a patronymic or a middle name that this name is without
		if !w.without && (rest != 0 || strong < 2) {
			return encounter{}, 0, false
		}
	}
	if bits&name.father != 0 && rest&^name.father != 0 { // Heydar Aliyev is not Ilham Heydar oglu Aliyev
		return encounter{}, 0, false
	}
	thin := weakest < 0.87 || 3*mathbits.OnesCount16(bits) < mathbits.OnesCount16(name.whole&^name.small)
	if total.reason == fuzzy && proper == 1 && thin { // nothing else speaks for it
		return encounter{}, 0, false
	}
	if otherFirst && slips > 1 { // another first name, and another surname
		return encounter{}, 0, false
	}
	share := float64(mathbits.OnesCount16(bits)) / float64(mathbits.OnesCount16(name.whole))
	total.score = sum / float64(len(words)) * (0.8 + 0.2*share)
	total.score = math.Round(total.score*1e4) / 1e4
	return total, bits, bits != 0
}

// initialOf is the sound that a word begins with; 0: none, or one that is not written.
func initialOf(word string) byte {
	if heard := sounds(word); len(heard) > 0 && !heard[0].bare {
		return heard[0].text[0]
	}
	return 0
}
