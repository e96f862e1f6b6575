package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// request is one to a server, and how many bytes its answer has. Each answer is checked
// by its length: an error is not as long.
type request struct {
	path   string
	body   []byte // of a POST; nil: a GET
	length int
}

// fill writes r for a server.
func (r request) fill(to *fasthttp.Request, addr string) {
	to.SetRequestURI("http://" + addr + r.path)
	if r.body != nil {
		to.Header.SetMethod(fasthttp.MethodPost)
		to.Header.SetContentType("application/json")
		to.SetBodyRaw(r.body)
	}
}

// clients are connections to one server, which stay open. They read answers as they
// come, ask for no compression and take little of the machine that the server works on.
type clients struct {
	addr string
	http fasthttp.HostClient
}

func newClients(addr string) *clients {
	return &clients{addr, fasthttp.HostClient{Addr: addr, MaxConns: 64, ReadTimeout: time.Minute, NoDefaultUserAgentHeader: true}}
}

// ask returns the body of an answer.
func (c *clients) ask(r request) ([]byte, error) {
	asked, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(asked)
	defer fasthttp.ReleaseResponse(answer)
	r.fill(asked, c.addr)
	if err := c.http.Do(asked, answer); err != nil {
		return nil, err
	}
	body := slices.Clone(answer.Body())
	if answer.StatusCode() != fasthttp.StatusOK {
		return nil, fmt.Errorf("%s: status %d: %s", r.path, answer.StatusCode(), body)
	}
	return body, nil
}

// data asks for the data of an answer to a query; an error in it is an error.
func (c *clients) data(body []byte) (json.RawMessage, error) {
	text, err := c.ask(request{path: "/graphql", body: body})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	if answer.Errors != nil {
		return nil, fmt.Errorf("%s: %s", body, answer.Errors)
	}
	return answer.Data, nil
}

// load is what came of asking for a while.
type load struct {
	took   time.Duration
	each   []time.Duration // of the requests that were answered, sorted
	failed int             // requests
	reason error           // of the first of these
}

// quantile is the time that a share of requests took no longer than, in milliseconds.
func (l load) quantile(share float64) float64 {
	if len(l.each) == 0 {
		return math.NaN()
	}
	return l.each[int(share*float64(len(l.each)-1))].Seconds() * 1000
}

// press asks for a while, n requests at a time, one after the other of a list. It ends
// when those under way are answered. An answer of another length than before is a failure.
func (c *clients) press(list []request, n int, duration time.Duration) load {
	loads := make([]load, n)
	began := time.Now()
	var group sync.WaitGroup
	for worker := range n {
		group.Go(func() {
			asked, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(asked)
			defer fasthttp.ReleaseResponse(answer)
			l := &loads[worker]
			for i := worker * len(list) / n; ; i++ {
				r := list[i%len(list)]
				r.fill(asked, c.addr)
				sent := time.Now()
				if sent.Sub(began) > duration && len(l.each)+l.failed > 0 {
					return
				}
				err := c.http.Do(asked, answer)
				took := time.Since(sent)
				if length := len(answer.Body()); err == nil && (answer.StatusCode() != fasthttp.StatusOK || length != r.length) {
					err = fmt.Errorf("%s %s: status %d with %d bytes, want %d: %.300s", r.path, r.body, answer.StatusCode(), length, r.length, answer.Body())
				}
				if err == nil {
					l.each = append(l.each, took)
				} else if l.failed++; l.reason == nil {
					l.reason = err
				}
			}
		})
	}
	group.Wait()
	all := load{took: time.Since(began)}
	for _, l := range loads {
		all.each = append(all.each, l.each...)
		all.failed += l.failed
		all.reason = cmp.Or(all.reason, l.reason)
	}
	slices.Sort(all.each)
	return all
}
