package measure

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"
)

func TestDescribe(t *testing.T) {
	values := []float64{5, 1, 3, 2, 4}
	got := Describe(values)
	if got.Median != 3 || got.P10 != 1.4 || got.P90 != 4.6 || got.N != 5 {
		t.Errorf("got %+v", got)
	}
	if values[0] != 5 {
		t.Error("the values were changed")
	}
	if one := Describe([]float64{7}); one.Median != 7 || one.P99 != 7 {
		t.Errorf("one value: %+v", one)
	}
	if none := Describe(nil); !math.IsNaN(none.Median) {
		t.Errorf("no value: %+v", none)
	}
}

func TestRatio(t *testing.T) {
	if got := Ratio([]float64{2, 9, 1}, []float64{1, 3}); !slices.Equal(got, []float64{2, 3}) {
		t.Errorf("got %v", got)
	}
}

func TestInterleaveTakesTurns(t *testing.T) {
	var order []string
	note := func(name string) Case {
		return Case{Name: name, Run: func(context.Context) (Sample, error) {
			order = append(order, name)
			return Sample{Wall: time.Duration(len(order))}, nil
		}}
	}
	series, err := Interleave(t.Context(), 2, note("a"), note("b"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "a", "b", "b", "a"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if a := series[0]; a.Name != "a" || len(a.Samples) != 2 || a.Samples[0].Wall != 3 || a.Samples[1].Wall != 6 {
		t.Errorf("series of a: %+v", a)
	}
	broken := errors.New("broken")
	_, err = Interleave(t.Context(), 1, Self("c", func(context.Context) error { return broken }))
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the case's error", err)
	}
}
