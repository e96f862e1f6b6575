package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/elnormous/contenttype"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"

	"readout/db"
)

// The codes of errors that package db does not know. Together with db.Codes they are
// all that a client can meet.
const (
	codeBadRequest   db.Code = "BAD_REQUEST"            // the HTTP request is no GraphQL request
	codeMethod       db.Code = "METHOD_NOT_ALLOWED"     // neither GET nor POST
	codeAccept       db.Code = "NOT_ACCEPTABLE"         // no media type that the client takes
	codeMediaType    db.Code = "UNSUPPORTED_MEDIA_TYPE" // the body is not plain JSON in UTF-8
	codeTooLarge     db.Code = "PAYLOAD_TOO_LARGE"
	codeParse        db.Code = "GRAPHQL_PARSE_FAILED"
	codeValidation   db.Code = "GRAPHQL_VALIDATION_FAILED"
	codeTooComplex   db.Code = "TOO_COMPLEX"
	codeNotPersisted db.Code = "PERSISTED_QUERY_NOT_FOUND"
	codeTimeout      db.Code = "TIMEOUT"
	Overloaded       db.Code = "OVERLOADED"   // no slot became free in time
	codeRateLimited  db.Code = "RATE_LIMITED" // the client has asked too often
	codeInternal     db.Code = "INTERNAL_SERVER_ERROR"
)

// statuses are those of codes under which nothing was executed. Any other is 400.
var statuses = map[db.Code]int{
	codeMethod:      http.StatusMethodNotAllowed,
	codeAccept:      http.StatusNotAcceptable,
	codeMediaType:   http.StatusUnsupportedMediaType,
	codeTooLarge:    http.StatusRequestEntityTooLarge,
	codeTimeout:     http.StatusServiceUnavailable,
	Overloaded:      http.StatusServiceUnavailable,
	codeRateLimited: http.StatusTooManyRequests,
	codeInternal:    http.StatusInternalServerError,
}

var (
	responseJSON = contenttype.NewMediaType("application/graphql-response+json")
	plainJSON    = contenttype.NewMediaType("application/json")
)

// over is GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/) by
// GET and POST. In place of gqlgen's transports it negotiates by weight, gives every
// error a code and its status, sends no data with a request error, and writes the
// answer of the executor as it is.
type over struct {
	by        string // what answers: a release, a program and its limits
	answers   *bounded[*kept]
	limits    Limits
	persisted *persisted
	slots     *slots
	leaving   *semaphore.Weighted // bytes
}

// Supports takes every request: what it does not understand it refuses.
func (over) Supports(*http.Request) bool { return true }

// Do answers a request.
func (t over) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	w.Header().Add("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-store") // till the answer is known to be good
	seen := observed(r.Context())
	a := answer{w: w, exec: exec, seen: seen}
	if !a.negotiate(r) {
		a.refuse(r.Context(), codeAccept, "accept: this address answers in application/graphql-response+json and application/json, and with tables in text/csv and application/x-ndjson. Ask for one of them.")
		return
	}
	params, refusal := t.read(w, r)
	if refusal != nil {
		if refusal.Code == codeMethod {
			w.Header().Set("Allow", "GET, POST")
		}
		a.refuse(r.Context(), refusal.Code, refusal.Message)
		return
	}
	if a.form != "" {
		t.table(r, &a, params)
		return
	}
	key := t.key(params)
	if r.Method != http.MethodPost {
		a.etag = key.etag(a.mediaType)
	}
	if kept, is := t.answers.get(string(key)); is {
		seen.Operation, seen.Cost = kept.operation, kept.cost
		t.persisted.keep(params)
		if !a.unchanged(r) {
			a.send(http.StatusOK, kept.body)
		}
		return
	}
	start := graphql.Now()
	params.ReadTime = graphql.TraceTiming{Start: start, End: start}
	params.Headers = r.Header

	ctx := r.Context()
	operation, errs := exec.CreateOperationContext(ctx, params)
	seen.see(operation)
	if errs != nil {
		a.errors(graphql.WithOperationContext(ctx, operation), errs)
		return
	}
	t.persisted.keep(params)
	if a.unchanged(r) {
		return
	}
	ctx, span := seen.begin(ctx)
	defer span.End()
	whole := graphql.WithOperationContext(ctx, operation)
	refuse := func(refusal *db.Error) {
		if statuses[refusal.Code] == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}
		a.refuse(whole, refusal.Code, refusal.Message)
	}
	ctx, cancel := context.WithTimeout(ctx, t.limits.Time) // the wait is part of it
	defer cancel()
	lane, refusal := t.slots.take(ctx, costOf(operation))
	if refusal != nil {
		refuse(refusal)
		return
	}
	defer lane.free()
	b, ctx := within(ctx, lane, t.limits)
	respond, ctx := exec.DispatchOperation(ctx, operation)
	response := respond(ctx)
	switch {
	case b.refusal != nil:
		refuse(b.refusal)
	case response == nil || response.Errors != nil && ctx.Err() != nil: // it is not whole
		refuse(db.Errorf(codeTimeout, "%s", tooLong(t.limits.Time)))
	default:
		if size := int64(len(response.Data)); size > smallAnswer { // a client that does not read holds memory, not a slot
			if t.leaving.Acquire(ctx, size) != nil {
				refuse(db.Errorf(Overloaded, "more answers are on their way than clients take. Try again in a second."))
				return
			}
			defer t.leaving.Release(size)
		}
		lane.free()
		body := a.body(response)
		if response.Errors == nil && len(body) <= keptAnswer {
			t.answers.add(string(key), &kept{body, seen.Operation, seen.Cost}, cap(body))
		}
		a.send(http.StatusOK, body)
	}
}

const (
	smallAnswer = 64 << 10         // bytes that a connection takes without its client reading
	maxLeaving  = 32 << 20         // bytes of larger answers on their way
	maxReading  = 10 * time.Second // for a client to take an answer
)

// read takes the parameters from a request.
func (t over) read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *db.Error) {
	var params *graphql.RawParams
	var refusal *db.Error
	var documentID string
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		params, documentID, refusal = t.fromAddress(r)
	case http.MethodPost:
		params, documentID, refusal = t.fromBody(w, r)
	default:
		return nil, db.Errorf(codeMethod, "method: %s has no meaning here. Use GET or POST.", r.Method)
	}
	if refusal != nil {
		return nil, refusal
	}
	if len(params.Query) > t.limits.Query {
		return nil, db.Errorf(codeTooLarge, "query: it has %d bytes. At most %d are read.", len(params.Query), t.limits.Query)
	}
	return params, t.persisted.find(params, documentID)
}

// fromAddress reads the parameters of a GET.
func (t over) fromAddress(r *http.Request) (*graphql.RawParams, string, *db.Error) {
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, "", db.Errorf(codeBadRequest, "address: what follows the question mark is not name=value pairs joined by &, with %%XX for any other letter.")
	}
	for name, values := range given {
		if !utf8.ValidString(name + values[0]) {
			return nil, "", db.Errorf(codeBadRequest, "address: a parameter is not UTF-8.")
		}
		if len(values) > 1 {
			return nil, "", db.Errorf(codeBadRequest, "%s: it is given %d times. Give it once.", name, len(values))
		}
	}
	params := &graphql.RawParams{Query: given.Get("query"), OperationName: given.Get("operationName")}
	for name, into := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if text := given.Get(name); text != "" {
			if refusal := decode(name, []byte(text), into); refusal != nil {
				return nil, "", refusal
			}
		}
	}
	return params, given.Get("documentId"), nil
}

// fromBody reads the parameters of a POST.
func (t over) fromBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, string, *db.Error) {
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	if err != nil || mediaType != "application/json" || charset != "" && charset != "utf-8" {
		return nil, "", db.Errorf(codeMediaType, "content-type: %q is not read here. Send application/json in UTF-8.", r.Header.Get("Content-Type"))
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, "", db.Errorf(codeMediaType, "content-encoding: %q is not read here. Send the body as it is.", encoding)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, t.limits.Body))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, "", db.Errorf(codeTooLarge, "body: it is larger than %d bytes. Ask for less at a time.", t.limits.Body)
	case err != nil:
		return nil, "", db.Errorf(codeBadRequest, "body: it ended early.")
	}
	var members map[string]json.RawMessage // by their exact names, which struct fields do not ask for
	if refusal := decode("body", body, &members); refusal != nil {
		return nil, "", refusal
	}
	var params graphql.RawParams
	var documentID string
	for name, into := range map[string]*string{"query": &params.Query, "operationName": &params.OperationName, "documentId": &documentID} {
		if json.Unmarshal(members[name], into) != nil && members[name] != nil {
			return nil, "", db.Errorf(codeBadRequest, "%s: want text.", name)
		}
	}
	for name, into := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if text := members[name]; text != nil && string(text) != "null" {
			if refusal := decode(name, text, into); refusal != nil {
				return nil, "", refusal
			}
		}
	}
	return &params, documentID, nil
}

// maxNesting is how deep JSON may be.
const maxNesting = 64

// decode reads one JSON object and nothing after it. Numbers stay as they are written.
func decode(name string, text []byte, into any) *db.Error {
	if !utf8.Valid(text) {
		return db.Errorf(codeBadRequest, "%s: it is not UTF-8.", name)
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return db.Errorf(codeBadRequest, "%s: want a JSON object, such as {\"query\": \"{ dataset { release } }\"}.", name)
	}
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	if deepest > maxNesting {
		return db.Errorf(codeBadRequest, "%s: objects and lists are nested %d deep. At most %d are read.", name, deepest, maxNesting)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return db.Errorf(codeBadRequest, "%s: it is not JSON from byte %d on.", name, decoder.InputOffset())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return db.Errorf(codeBadRequest, "%s: something follows the JSON object at byte %d.", name, decoder.InputOffset())
	}
	return nil
}

// answer is one on its way to a client.
type answer struct {
	w         http.ResponseWriter
	exec      graphql.GraphExecutor
	mediaType contenttype.MediaType
	form      form // of the table that is asked for; its errors are in mediaType
	seen      *Observation
	etag      string // "": the answer is to this request only
}

// negotiate chooses the media type. It fails when the client takes none that there is.
func (a *answer) negotiate(r *http.Request) bool {
	a.mediaType = plainJSON
	if a.form = formOf(r); a.form != "" {
		return true
	}
	accepted, _, err := contenttype.GetAcceptableMediaType(r, []contenttype.MediaType{plainJSON, responseJSON, mediaCSV, mediaNDJSON})
	switch {
	case err != nil:
	case accepted.Matches(mediaCSV):
		a.form = asCSV
	case accepted.Matches(mediaNDJSON):
		a.form = asNDJSON
	default:
		a.mediaType = accepted
	}
	return err == nil || len(r.Header.Values("Accept")) == 0
}

// unchanged answers a client that has the answer already.
func (a answer) unchanged(r *http.Request) bool {
	if a.etag == "" || !holds(r, a.etag) {
		return false
	}
	a.keep()
	a.w.WriteHeader(http.StatusNotModified)
	return true
}

// keep lets caches have the answer.
func (a answer) keep() {
	if a.etag != "" {
		a.w.Header().Set("Cache-Control", public)
		a.w.Header().Set("ETag", a.etag)
	}
}

// refuse answers with one error, before anything was executed.
func (a *answer) refuse(ctx context.Context, code db.Code, message string) {
	a.errors(ctx, gqlerror.List{{Err: db.Errorf(code, "%s", message), Message: message}})
}

// errors answers with errors, before anything was executed. A client that takes only
// application/json may not look at the body of another status than 200, so an error in
// the document or the variables is 200 for it, as the specification has it.
func (a *answer) errors(ctx context.Context, list gqlerror.List) {
	response := a.exec.DispatchError(ctx, list)
	code, _ := response.Errors[0].Extensions["code"].(string)
	status := statuses[db.Code(code)]
	switch {
	case status != 0:
	case a.form == "" && a.mediaType.Matches(plainJSON) && db.Code(code) != codeBadRequest:
		status = http.StatusOK
	default:
		status = http.StatusBadRequest
	}
	a.etag = ""
	a.send(status, a.body(response))
}

// body writes a response. Data goes out as the executor wrote it, and not at all when
// nothing was executed.
func (a *answer) body(response *graphql.Response) []byte {
	var body bytes.Buffer
	body.Grow(len(response.Data) + 128)
	body.WriteByte('{')
	member := func(name string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err) // errors and extensions are plain data
		}
		if body.Len() > 1 {
			body.WriteByte(',')
		}
		body.WriteString(strconv.Quote(name) + ":")
		body.Write(text)
	}
	if len(response.Errors) > 0 {
		member("errors", response.Errors)
		code, _ := response.Errors[0].Extensions["code"].(string)
		a.seen.Code, a.etag = db.Code(code), ""
	}
	if response.Data != nil {
		if body.Len() > 1 {
			body.WriteByte(',')
		}
		body.WriteString(`"data":`)
		body.Write(response.Data)
	}
	if len(response.Extensions) > 0 {
		member("extensions", response.Extensions)
	}
	body.WriteString("}\n")
	return body.Bytes()
}

// send sends a body.
func (a answer) send(status int, body []byte) {
	a.keep()
	a.w.Header().Set("Content-Type", a.mediaType.String()+"; charset=utf-8")
	http.NewResponseController(a.w).SetWriteDeadline(time.Now().Add(maxReading)) // where it cannot be set, the server's own holds
	a.w.WriteHeader(status)
	a.w.Write(body)
}

// RefuseRate answers a client that has asked too often, as Handler would.
func RefuseRate(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept")
	a := answer{w: w, seen: observed(r.Context())}
	a.negotiate(r)
	const message = "this client has asked as often as it may. Try again after the seconds in Retry-After."
	a.send(statuses[codeRateLimited], a.body(&graphql.Response{Errors: gqlerror.List{{
		Message: message, Extensions: map[string]any{"code": string(codeRateLimited)},
	}}}))
}
