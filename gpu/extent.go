package gpu

// extent is what a heap knows of one mapping that it made.
type extent struct {
	id      ExtentID
	size    Bytes
	pack    *pack // nil: one large buffer owns the extent
	open    int   // buffers in it that are not sealed
	buffers int
	prot    Protection
	// exposures counts how often the mapping became writable or stopped being
	// so. A digest says something about protected memory only if the count is
	// still what it was when the pass started.
	exposures uint64
}

// protect switches the mapping where the device honours it. It always counts
// an exposure when the wished protection changes.
func (x *extent) protect(dev Device, prot Protection) error {
	if x.prot == prot {
		return nil
	}
	if dev.Info().ReadOnlyMappings {
		if err := dev.Protect(x.id, prot); err != nil {
			return err
		}
	}
	x.prot = prot
	x.exposures++
	return nil
}
