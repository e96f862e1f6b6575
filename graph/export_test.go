package graph

import (
	"net/http"

	"readout/db"
	"readout/graph/generated"
)

// HandlerByGqlgen is Handler with the executor that gqlgen generates.
var HandlerByGqlgen = func(s *db.Store, l Limits) http.Handler { return handle(s, l, generated.NewExecutableSchema) }
