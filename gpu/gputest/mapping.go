package gputest

import (
	"errors"
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
)

func infoTells(r *rig) {
	info := r.dev.Info()
	if info.Kind != r.Backend.Kind() || info.Index != r.Index || info.UUID == "" || info.Name == "" {
		r.Errorf("incomplete: %+v", info)
	}
	if info.Granularity == 0 || info.Granularity%gpu.BlockSize != 0 || info.Total < info.Granularity {
		r.Errorf("granularity %d of %d bytes", uint64(info.Granularity), uint64(info.Total))
	}
	list, err := r.Backend.Devices()
	r.ok(err)
	if !slices.ContainsFunc(list, func(i gpu.Info) bool { return i.UUID == info.UUID && i.Index == info.Index }) {
		r.Errorf("the backend does not list %s", info.UUID)
	}
}

func openUnknown(r *rig) {
	for _, index := range []int{-1, 1 << 20} {
		d, err := r.Backend.Open(index)
		if !errors.Is(err, gpu.ErrNotFound) || d != nil {
			r.Errorf("open %d: %v", index, err)
		}
	}
}

func mapSizes(r *rig) {
	for _, size := range []gpu.Bytes{0, 1, r.unit.SubSat(1), r.unit.AddSat(1), gpu.MaxBytes} {
		id, err := r.dev.Map(size)
		r.refused("map "+size.String(), err, gpu.ErrInvalidValue)
		if id != 0 {
			r.Errorf("map %d bytes: extent %d", uint64(size), id)
		}
	}
	if list := r.dev.Extents(); len(list) != 0 {
		r.Errorf("%d extents after refusals", len(list))
	}
	if id := r.mapped(3); id == 0 {
		r.Error("extent 0 names nothing")
	}
}

func mapOverCapacity(r *rig) {
	id := r.mapped(1)
	before, err := r.dev.Memory()
	r.ok(err)
	total := r.dev.Info().Total
	for _, size := range []gpu.Bytes{total.SubSat(total % r.unit), total.AddSat(r.unit - total%r.unit), gpu.MaxBytes.SubSat(gpu.MaxBytes % r.unit)} {
		_, err := r.dev.Map(size)
		r.refused("map "+size.String(), err, gpu.ErrOutOfMemory)
	}
	after, err := r.dev.Memory()
	r.ok(err)
	if before != after {
		r.Errorf("free memory went from %d to %d bytes", uint64(before.Free), uint64(after.Free))
	}
	if list := r.dev.Extents(); len(list) != 1 || list[0].ID != id {
		r.Errorf("extents changed: %+v", list)
	}
	r.written(id, 0, []byte{1})
}

func mapExtents(r *rig) {
	a, b, c := r.mapped(1), r.mapped(2), r.mapped(1)
	r.ok(r.dev.Protect(c, gpu.ReadOnly))
	want := []gpu.Extent{{ID: a, Size: r.units(1)}, {ID: b, Size: r.units(2)}, {ID: c, Size: r.units(1), Protection: gpu.ReadOnly}}
	if got := r.dev.Extents(); !slices.Equal(got, want) {
		r.Errorf("extents %+v, want %+v", got, want)
	}
	r.ok(r.dev.Unmap(b))
	want = slices.Delete(want, 1, 2)
	if got := r.dev.Extents(); !slices.Equal(got, want) {
		r.Errorf("extents %+v, want %+v", got, want)
	}
	if again := r.mapped(2); again == b || again == a || again == c {
		r.Errorf("extent %d is named a second time", again)
	}
}

func mapCounted(r *rig) {
	before, err := r.dev.Memory()
	r.ok(err)
	id := r.mapped(2)
	during, err := r.dev.Memory()
	r.ok(err)
	if during.Free.AddSat(r.units(2)) > before.Free || before.Total != during.Total || before.Free > before.Total {
		r.Errorf("free %d, then %d of %d bytes", uint64(before.Free), uint64(during.Free), uint64(before.Total))
	}
	if r.Mapped != nil && r.Mapped() != r.units(2) {
		r.Errorf("the driver counts %d bytes", uint64(r.Mapped()))
	}
	r.ok(r.dev.Unmap(id))
	after, err := r.dev.Memory()
	r.ok(err)
	if after != before {
		r.Errorf("free %d, then %d bytes", uint64(before.Free), uint64(after.Free))
	}
}
