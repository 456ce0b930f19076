package gpu

import (
	"math"
	"testing"
)

func TestArguments(t *testing.T) {
	at := Span{Extent: 3, Offset: 4096, Size: 17}
	for what, row := range map[string]struct {
		arg    Arg
		span   Span
		isSpan bool
		value  uint64
		size   int
		param  int
	}{
		"span":           {SpanArg(at), at, true, 0, 0, 8},
		"empty span":     {SpanArg(Span{}), Span{}, true, 0, 0, 8},
		"zero value":     {Arg{}, Span{}, true, 0, 0, 8},
		"uint32":         {Uint32Arg(7), Span{}, false, 7, 4, 4},
		"zero uint32":    {Uint32Arg(0), Span{}, false, 0, 4, 4},
		"largest uint32": {Uint32Arg(math.MaxUint32), Span{}, false, math.MaxUint32, 4, 4},
		"uint64":         {Uint64Arg(7), Span{}, false, 7, 8, 8},
		"largest uint64": {Uint64Arg(math.MaxUint64), Span{}, false, math.MaxUint64, 8, 8},
	} {
		span, isSpan := row.arg.Span()
		value, size := row.arg.Scalar()
		if span != row.span || isSpan != row.isSpan || value != row.value || size != row.size || row.arg.ParamSize() != row.param {
			t.Errorf("%s: span %v %v, scalar %d of %d bytes, parameter of %d bytes", what, span, isSpan, value, size, row.arg.ParamSize())
		}
	}
}

func TestDim3Count(t *testing.T) {
	const big = math.MaxUint32
	for _, row := range []struct {
		dim  Dim3
		want uint64
		ok   bool
	}{
		{Dim3{}, 1, true},
		{Dim3{X: 5}, 5, true},
		{Dim3{Y: 5}, 5, true},
		{Dim3{Z: 5}, 5, true},
		{Dim3{2, 3, 4}, 24, true},
		{Dim3{big, big, 1}, big * big, true},
		{Dim3{big, big, 0}, big * big, true},
		{Dim3{1 << 31, 1 << 31, 2}, 1 << 63, true},
		{Dim3{1 << 31, 1 << 31, 4}, 0, false},
		{Dim3{big, big, 2}, 0, false},
		{Dim3{big, big, big}, 0, false},
	} {
		if n, ok := row.dim.Count(); ok != row.ok || ok && n != row.want {
			t.Errorf("%+v: %d, %v", row.dim, n, ok)
		}
	}
}
