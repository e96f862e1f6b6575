package graph

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"
)

// bounded remembers values by their keys, those asked for last, as far as the bytes
// that they are said to have fit.
type bounded[V any] struct {
	mu   sync.Mutex
	lru  *simplelru.LRU[string, sized[V]]
	left int64
}

type sized[V any] struct {
	value V
	bytes int
}

// entryBytes is about what an entry takes beside its key and value.
const entryBytes = 256

func newBounded[V any](bytes int64) *bounded[V] {
	b := &bounded[V]{left: bytes}
	b.lru, _ = simplelru.NewLRU(1<<20, func(_ string, evicted sized[V]) { b.left += int64(evicted.bytes) }) // fails for a size below 1
	return b
}

func (b *bounded[V]) get(key string) (V, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found, known := b.lru.Get(key)
	return found.value, known
}

func (b *bounded[V]) add(key string, value V, bytes int) {
	bytes += len(key) + entryBytes
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lru.Remove(key)
	b.lru.Add(key, sized[V]{value, bytes})
	for b.left -= int64(bytes); b.left < 0 && b.lru.Len() > 0; {
		b.lru.RemoveOldest()
	}
}

// parsedBytes is what a byte of a document takes when it is parsed, at most: two of
// them can be a field.
const parsedBytes = 200

// parsed is the cache of parsed documents that gqlgen asks for.
type parsed struct{ *bounded[*ast.QueryDocument] }

// Get returns the document that a text is.
func (p parsed) Get(_ context.Context, text string) (*ast.QueryDocument, bool) { return p.get(text) }

// Add remembers it.
func (p parsed) Add(_ context.Context, text string, document *ast.QueryDocument) {
	p.add(text, document, parsedBytes*len(text))
}
