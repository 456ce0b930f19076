package cuda

import "github.com/vram-engine/vram-engine/gpu"

// The desk is a block at the start of the arena where small kernels leave
// their answers, and find a witness: a few bytes that are not zero.
const (
	deskFlag        gpu.Bytes = 0
	deskCount       gpu.Bytes = 16
	deskWitness     gpu.Bytes = 32
	deskWitnessSize gpu.Bytes = 16
	deskSize                  = arenaUnit
)

// makeDesk maps the arena's first chunk and puts the desk into it.
func (d *device) makeDesk(op string) error {
	size := d.options.arena(d.info.Total, d.info.Granularity)
	if _, err := d.grow(op, size, true); err != nil {
		return err
	}
	desk, err := d.take(op, deskSize)
	if err != nil {
		return err
	}
	d.desk = desk
	if err := d.queueZero(op, &d.lanes.copies, desk.at(0), 0, desk.size); err != nil {
		return err
	}
	witness := make([]byte, deskWitnessSize)
	witness[deskWitnessSize-1] = 1
	return d.upload(op, &d.lanes.copies, desk.at(deskWitness), witness)
}

// clearDesk zeroes the desk and proves it from the host: no kernel can find
// its own answer clean.
func (d *device) clearDesk(op string) error {
	l := &d.lanes.copies
	if err := d.queueZero(op, l, d.desk.at(0), 0, d.desk.size); err != nil {
		return err
	}
	left := make([]byte, d.desk.size)
	if err := d.download(op, l, left, d.desk.at(0)); err != nil {
		return err
	}
	for _, b := range left {
		if b != 0 {
			return d.refuse(op, gpu.ErrScrubFailed, "")
		}
	}
	return nil
}
