package graph

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"readout/db"
)

//go:embed examples/*.md
var examples embed.FS

// exampleQuery is the document in an example.
var exampleQuery = regexp.MustCompile("(?s)```graphql\n(.*?)```")

// persisted are documents that a client may name by their SHA-256: those of the
// examples, for ever, and those that clients sent last, as far as they fit.
type persisted struct {
	shipped map[string]string
	recent  *bounded[string]
}

func newPersisted(limit int64) *persisted {
	p := &persisted{map[string]string{}, newBounded[string](limit)}
	files, err := examples.ReadDir("examples")
	if err != nil {
		panic(err) // they are embedded
	}
	for _, file := range files {
		text, err := examples.ReadFile("examples/" + file.Name())
		if err != nil {
			panic(err)
		}
		for _, found := range exampleQuery.FindAllSubmatch(text, -1) {
			p.shipped[hashOf(string(found[1]))] = string(found[1])
		}
	}
	return p
}

func hashOf(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

// find puts the document that a request names into its parameters: by documentId
// ("sha256:…", https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md)
// or by Apollo's extension persistedQuery, which may also send it to be kept.
func (p *persisted) find(params *graphql.RawParams, documentID string) *db.Error {
	if documentID != "" {
		hash, isSHA := strings.CutPrefix(documentID, "sha256:")
		if !isSHA || params.Query != "" {
			return db.Errorf(codeBadRequest, "documentId: want \"sha256:\" and 64 hexadecimal digits, and no query beside it.")
		}
		return p.take(params, hash)
	}
	if extension, given := params.Extensions["persistedQuery"]; given {
		fields, _ := extension.(map[string]any)
		hash, _ := fields["sha256Hash"].(string)
		version, _ := fields["version"].(json.Number)
		switch {
		case version != "1" || len(hash) != 64:
			return db.Errorf(codeBadRequest, "extensions.persistedQuery: want version 1 and a sha256Hash of 64 hexadecimal digits.")
		case params.Query == "":
			return p.take(params, hash)
		case hashOf(params.Query) != strings.ToLower(hash):
			return db.Errorf(codeBadRequest, "extensions.persistedQuery: the query has another SHA-256.")
		}
	}
	if params.Query == "" {
		return db.Errorf(codeBadRequest, "query: it is missing. Send {\"query\": \"{ dataset { release } }\"}, or a documentId.")
	}
	return nil
}

// keep remembers the document of a request that asks for it, once it was understood.
func (p *persisted) keep(params *graphql.RawParams) {
	if _, asked := params.Extensions["persistedQuery"]; !asked {
		return
	}
	if hash := hashOf(params.Query); p.shipped[hash] == "" {
		p.recent.add(hash, params.Query, len(params.Query))
	}
}

// take puts the document with a hash into the parameters.
func (p *persisted) take(params *graphql.RawParams, hash string) *db.Error {
	hash = strings.ToLower(hash)
	document, known := p.shipped[hash]
	if !known {
		document, known = p.recent.get(hash)
	}
	if !known {
		return db.Errorf(codeNotPersisted, "PersistedQueryNotFound") // Apollo's clients look for this very word
	}
	params.Query = document
	return nil
}
