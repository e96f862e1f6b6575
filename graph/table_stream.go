package graph

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"readout/db"
	"readout/graph/wire"
)

// byPages marks a context in which an operation may ask for any number of nodes, since it
// is not executed as it is.
type byPages struct{}

// stream is a table on its way to a client.
type stream struct {
	over
	*rows
	answer *answer
	params graphql.RawParams
	pages  pages

	size   int     // of pages that can be had
	alone  int     // how many elements are still read one at a time, for one of them is long
	inside *string // where the inner list goes on in the element that is read; nil: at its start
	taken  int     // elements of outer

	operation *graphql.OperationContext // of the page that was asked for last
	began     bool
	left      bool // is the client
	unflushed int
}

// table answers with a table.
func (t over) table(r *http.Request, a *answer, params *graphql.RawParams) {
	ctx := r.Context()
	ask, refusal := t.tableAsk(r, a.form)
	if refusal != nil {
		a.refuse(ctx, refusal.Code, refusal.Message)
		return
	}
	if r.Method != http.MethodPost {
		a.etag = tableETag(t.key(params), ask)
	}
	params.Headers = r.Header
	operation, errs := a.exec.CreateOperationContext(context.WithValue(ctx, byPages{}, true), params)
	a.seen.see(operation)
	whole := graphql.WithOperationContext(ctx, operation)
	if errs != nil {
		a.errors(whole, errs)
		return
	}
	t.persisted.keep(params)
	table, refusal := newTable(operation, ask.rows)
	if refusal != nil {
		a.refuse(whole, refusal.Code, refusal.Message)
		return
	}
	if a.unchanged(r) {
		return
	}
	ctx, span := a.seen.begin(ctx)
	defer span.End()
	a.seen.Cost = 0
	s := stream{over: t, rows: newRows(table, ask, t.limits.Answer), answer: a, params: *params, pages: table.pages(), size: wire.MaxPage, operation: operation}
	s.run(ctx, r.Method == http.MethodHead)
}

// tableETag is of a table's own, for each thing that its address says.
func tableETag(k key, ask tableAsk) string {
	sum := sha256.Sum256(fmt.Appendf(k, "%+v", ask))
	return fmt.Sprintf(`W/"%x"`, sum[:16])
}

// run sends page after page.
func (s *stream) run(ctx context.Context, headOnly bool) {
	const mostTries = 3
	s.head()
	after, tries := s.after, 0
	for more := true; more; {
		n := s.next()
		before, written := s.out.Len(), s.written
		undo := func() {
			s.out.Truncate(before)
			s.written, s.cut = written, false
		}
		errs := s.execute(ctx, n, after)
		if errs == nil && s.long != nil && s.inner == nil {
			errs = list(db.Errorf(db.Invalid, "%s: it goes on after %d in a row. Give it first, up to %[2]d, to have no more; or ask for it by itself.", s.long.full(), wire.MaxPage))
		}
		code := codeOf(errs)
		switch {
		case errs == nil && s.long != nil && n > 1: // read again, to follow it
			undo()
			s.alone = n
			continue
		case code == codeTooComplex && n > 1:
			undo()
			s.size = n / 2
			continue
		case s.began && (code == Overloaded || code == codeTimeout) && tries < mostTries && ctx.Err() == nil:
			undo()
			tries++
			s.size = max(1, n/2)
			continue
		case errs != nil:
			undo()
			s.fail(ctx, errs)
			return
		}
		tries = 0
		s.advance(n, &after, &more)
		if s.cut {
			s.cutOff()
		}
		errs = s.send(ctx, headOnly)
		if errs != nil {
			undo()
			s.fail(ctx, errs)
		}
		if errs != nil || s.left || headOnly {
			return
		}
	}
	header := s.answer.w.Header()
	header.Set("Readout-Rows", strconv.Itoa(s.written))
	if s.cut {
		header.Set("Readout-Cut", strconv.Itoa(s.written))
	}
}

// next is how many elements of outer the next page has.
func (s *stream) next() int {
	if s.outer == nil {
		return 0
	}
	n := min(s.size, s.first-s.taken, max(1, s.ask.limit-s.written))
	if s.alone > 0 || s.inside != nil {
		n = min(n, 1)
	}
	return n
}

// advance goes on behind the page that was read, of n elements.
func (s *stream) advance(n int, after *any, more *bool) {
	if s.outer == nil || s.cut {
		*more = false
		return
	}
	if s.long != nil {
		s.inside = s.deep.EndCursor
		s.cut = s.written == s.ask.limit
		*more = !s.cut
		return
	}
	s.inside = nil
	s.taken += s.outers
	s.alone = max(0, s.alone-n)
	*more = s.at.HasNextPage && s.taken < s.first && s.outers > 0 && s.at.EndCursor != nil
	if *more {
		*after = *s.at.EndCursor
		s.cut = s.written == s.ask.limit
		*more = !s.cut
	}
}

// execute reads a page of n elements of outer.
func (s *stream) execute(ctx context.Context, n int, after any) gqlerror.List {
	params := s.params
	params.Query = s.pages.head
	if s.began {
		params.Query = s.pages.rest
	}
	params.Variables = maps.Clone(s.params.Variables)
	if params.Variables == nil {
		params.Variables = map[string]any{}
	}
	params.Variables[s.pages.first] = int64(n)
	params.Variables[s.pages.after] = after
	if s.inside != nil {
		params.Variables[s.pages.deep] = *s.inside
	}
	start := graphql.Now()
	params.ReadTime = graphql.TraceTiming{Start: start, End: start}
	operation, errs := s.answer.exec.CreateOperationContext(ctx, &params)
	s.operation = operation
	if errs != nil {
		return errs
	}
	s.answer.seen.Cost += costOf(operation)
	ctx, cancel := context.WithTimeout(ctx, s.limits.Time)
	defer cancel()
	lane, refusal := s.slots.take(ctx, costOf(operation))
	if refusal != nil {
		return list(refusal)
	}
	defer lane.free()
	b, ctx := within(ctx, lane, s.limits)
	respond, ctx := s.answer.exec.DispatchOperation(ctx, operation)
	response := respond(ctx)
	switch {
	case b.refusal != nil:
		return list(b.refusal)
	case errors.Is(ctx.Err(), context.Canceled):
		return list(db.Errorf(codeTimeout, "the client left."))
	case response == nil || response.Errors != nil && ctx.Err() != nil: // it is not whole
		return list(db.Errorf(codeTimeout, "%s", tooLong(s.limits.Time)))
	case response.Errors != nil:
		return response.Errors
	}
	switch err := s.rows.read(response.Data); {
	case errors.Is(err, errLarge):
		return list(db.Errorf(codeTooComplex, "query: %s: more than %d bytes. Ask for less at a time.", errLarge, s.most))
	case err != nil:
		panic(fmt.Errorf("page of a table: %w", err))
	}
	return nil
}

// list is a refusal as the errors of an answer.
func list(refusal *db.Error) gqlerror.List {
	return gqlerror.List{{Err: refusal, Message: refusal.Message, Extensions: map[string]any{"code": string(refusal.Code)}}}
}

// codeOf is the code of the first of some errors; "" for none.
func codeOf(errs gqlerror.List) db.Code {
	if len(errs) == 0 {
		return ""
	}
	code, _ := errs[0].Extensions["code"].(string)
	return db.Code(code)
}

// flushed is after how many bytes a client is given what there is.
const flushed = 256 << 10

// send sends what was written. It fails while nothing can be sent.
func (s *stream) send(ctx context.Context, headOnly bool) gqlerror.List {
	size := s.out.Len()
	if size > smallAnswer { // a client that does not read holds memory, not a slot
		waiting, cancel := context.WithTimeout(ctx, s.limits.Time)
		defer cancel()
		if s.leaving.Acquire(waiting, int64(size)) != nil {
			return list(db.Errorf(Overloaded, "more answers are on their way than clients take. Try again in a second."))
		}
		defer s.leaving.Release(int64(size))
	}
	control := http.NewResponseController(s.answer.w)
	if !s.began {
		s.begin(headOnly)
		s.unflushed = flushed
	}
	if headOnly {
		return nil
	}
	control.SetWriteDeadline(time.Now().Add(maxReading)) // where it cannot be set, the server's own holds
	if _, err := s.answer.w.Write(s.out.Bytes()); err != nil {
		s.left = true
		breakOff(ctx)
		return nil
	}
	s.out.Reset()
	if s.unflushed += size; s.unflushed >= flushed {
		if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.left = true
			breakOff(ctx)
		}
		s.unflushed = 0
	}
	return nil
}

// begin sends the headers.
func (s *stream) begin(headOnly bool) {
	s.began = true
	s.keep()
	s.answer.keep()
	header := s.answer.w.Header()
	name := s.Operation.Name
	if name == "" {
		name = "readout"
	}
	header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name[:min(len(name), maxName)]+"."+string(s.ask.form)))
	header.Set("Content-Type", "application/x-ndjson")
	if s.ask.form == asCSV {
		header.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	}
	if !headOnly {
		header.Set("Trailer", "Readout-Rows, Readout-Cut")
	}
	s.answer.w.WriteHeader(http.StatusOK)
}

// fail ends a table that cannot be had whole. Once rows were sent, the last line says why,
// and the connection breaks off, so that nobody takes them for all.
func (s *stream) fail(ctx context.Context, errs gqlerror.List) {
	code := codeOf(errs)
	if !s.began {
		if statuses[code] == http.StatusServiceUnavailable {
			s.answer.w.Header().Set("Retry-After", "1")
		}
		s.answer.errors(graphql.WithOperationContext(ctx, s.operation), errs)
		return
	}
	s.answer.seen.Code = code
	s.last("error", fmt.Sprintf("broken off after %d rows: %s", s.written, errs[0].Message), map[string]any{"code": code})
	control := http.NewResponseController(s.answer.w)
	control.SetWriteDeadline(time.Now().Add(maxReading))
	s.answer.w.Write(s.out.Bytes())
	control.Flush()
	breakOff(ctx)
}

// whole breaks the connection off where breakOff was called: gqlgen's server would make an
// answer of a panic.
type whole struct{ http.Handler }

type wholeKey struct{}

func (h whole) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if formOf(r) == "" && !slices.ContainsFunc(r.Header.Values("Accept"), func(types string) bool {
		types = strings.ToLower(types)
		return strings.Contains(types, "text/") || strings.Contains(types, "ndjson")
	}) {
		h.Handler.ServeHTTP(w, r) // no table
		return
	}
	broken := false
	h.Handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), wholeKey{}, &broken)))
	if broken {
		panic(http.ErrAbortHandler)
	}
}

// breakOff lets the connection break off after the handler has returned.
func breakOff(ctx context.Context) {
	if broken, is := ctx.Value(wholeKey{}).(*bool); is {
		*broken = true
	}
}
