package cudatest_test

import "testing"

// quietTB counts errors instead of failing.
type quietTB struct {
	testing.TB
	errors int
}

func (q *quietTB) Helper()               {}
func (q *quietTB) Error(...any)          { q.errors++ }
func (q *quietTB) Errorf(string, ...any) { q.errors++ }
