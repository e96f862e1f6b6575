package synthetic

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// shares draw small indices more often: the i-th as 1/(i+4), in whole numbers, so that
// all machines draw alike.
type shares []int64

func newShares(n int) shares {
	list := make(shares, n)
	sum := int64(0)
	for i := range list {
		sum += 1_000_000_000 / int64(i+4)
		list[i] = sum
	}
	return list
}

func (s shares) draw(dice *rand.Rand) int {
	at := dice.Int64N(s[len(s)-1])
	i, found := slices.BinarySearch(s, at)
	if found {
		i++ // each reaches up to the sum that it adds to, without it
	}
	return i
}

// vocabulary is the words that texts are made of, common ones first.
type vocabulary struct {
	words []string
	often shares
}

// Common are the words that most texts have some of; the commonest first.
var Common = strings.Fields(`the of and to in on with for trade border transit agreement cooperation ministers energy water rail security gas road
	ceasefire customs visit railway pipeline sanctions dialogue prisoners embassy visas drought fisheries tariffs summit consular river
	investment corridor crossing treaty port freight electricity migration observers delegation protocol inspectors satellites grain
	fertilizer tunnel bridge airspace quarantine archives demarcation mines refugees pilgrims broadcasting floods earthquake locusts`)

// newVocabulary is the common words and 20,000 made-up ones.
func newVocabulary() *vocabulary {
	v := &vocabulary{}
	made := v.names(rand.New(rand.NewPCG(3, 3)), 20_000, 2, 4, "", "s", "al", "ing", "ed")
	for i := range made {
		made[i] = strings.ToLower(made[i])
	}
	v.words = append(slices.Clone(Common), made...)
	v.often = newShares(len(v.words))
	return v
}

// sentence is n words.
func (v *vocabulary) sentence(dice *rand.Rand, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = v.words[v.often.draw(dice)]
	}
	return strings.Join(list, " ")
}

// names are n different made-up names of so many syllables and an ending.
func (v *vocabulary) names(dice *rand.Rand, n, least, most int, endings ...string) []string {
	const consonants, vowels = "bdfghjklmnprstvz", "aeiou"
	seen := map[string]bool{}
	list := make([]string, 0, n)
	for len(list) < n {
		var name []byte
		for range least + dice.IntN(most-least+1) {
			name = append(name, consonants[dice.IntN(len(consonants))], vowels[dice.IntN(len(vowels))])
			if dice.IntN(4) == 0 {
				name = append(name, "lnrsm"[dice.IntN(5)])
			}
		}
		name[0] -= 'a' - 'A'
		if whole := string(name) + endings[dice.IntN(len(endings))]; !seen[whole] {
			seen[whole] = true
			list = append(list, whole)
		}
	}
	return list
}
