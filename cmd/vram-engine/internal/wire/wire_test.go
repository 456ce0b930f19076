package wire

import (
	"reflect"
	"strings"
	"testing"
	"time"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
)

// fill sets every field below v to something that is not its zero value.
func fill(v reflect.Value, seed *int) {
	*seed++
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("x", *seed))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*seed))
	case reflect.Uint64:
		v.SetUint(uint64(*seed))
	case reflect.Float64:
		v.SetFloat(float64(*seed) + 0.5)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), seed)
		fill(v.Index(1), seed)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(int64(*seed), 5).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), seed)
		}
	default:
		panic("a kind of field that this test does not know: " + v.Kind().String())
	}
}

func TestStatusSurvives(t *testing.T) {
	var want vram.Status
	seed := 0
	fill(reflect.ValueOf(&want).Elem(), &seed)
	if got := ToStatus(FromStatus(want)); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if got := ToStatus(FromStatus(vram.Status{})); !got.Patrol.Started.IsZero() {
		t.Errorf("a time came into being: %v", got.Patrol.Started)
	}
}

func TestResultsSurvive(t *testing.T) {
	var want vram.VerifyResult
	seed := 0
	fill(reflect.ValueOf(&want).Elem(), &seed)
	if got := ToResults([]*v1.VerifyResult{FromResult(want)}); !reflect.DeepEqual(got, []vram.VerifyResult{want}) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestIncidentsAndEventsSurvive(t *testing.T) {
	var i vram.Incident
	var e vram.Event
	seed := 0
	fill(reflect.ValueOf(&i).Elem(), &seed)
	fill(reflect.ValueOf(&e).Elem(), &seed)
	wantI := Incident{i.ID, i.Time, i.Shard, i.Device, i.Reason, i.BadBlock, i.Action}
	if got := ToIncidents([]*v1.Incident{FromIncident(i)}); len(got) != 1 || got[0] != wantI {
		t.Errorf("got %+v, want %+v", got, wantI)
	}
	wantE := Event{e.Time, string(e.Kind), e.Shard, e.Device, e.Detail}
	if got := ToEvent(FromEvent(e)); got != wantE {
		t.Errorf("got %+v, want %+v", got, wantE)
	}
	e.Device = -1
	if got := ToEvent(FromEvent(e)); got.GPUDevice != -1 {
		t.Errorf("no device became device %d", got.GPUDevice)
	}
}

func TestNothingIsAnEmptyList(t *testing.T) {
	if ToDevices(nil) == nil || ToResults(nil) == nil || ToIncidents(nil) == nil {
		t.Error("an empty list would be written as null")
	}
}

func TestHandlesThatCannotBeReadLookForged(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", "null", "{", strings.Repeat("[", 1<<20)} {
		if h := ToHandle([]byte(text)); h != (vram.Handle{}) {
			t.Errorf("%.20q was read as a handle", text)
		}
	}
}

func TestCount(t *testing.T) {
	for in, want := range map[int]uint32{-1: 0, 0: 0, 7: 7, 1 << 40: 1<<32 - 1} {
		if got := Count(in); got != want {
			t.Errorf("Count(%d) = %d, want %d", in, got, want)
		}
	}
}
