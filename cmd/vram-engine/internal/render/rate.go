package render

import "fmt"

// Rate writes a number of bytes a second for a person, in powers of ten as
// throughput usually is.
func Rate(bytesPerSecond float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"GB/s", 1e9}, {"MB/s", 1e6}, {"kB/s", 1e3}} {
		if bytesPerSecond >= u.size {
			return fmt.Sprintf("%.1f %s", bytesPerSecond/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.0f B/s", bytesPerSecond)
}
