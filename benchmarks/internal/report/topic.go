package report

// Topic names rows that belong to one picture.
type Topic string

// The topics.
const (
	OneCore   Topic = "one core"   // programs on a file, with one core and with all
	BySize    Topic = "by size"    // hashes of memory, on one core
	ByThreads Topic = "by threads" // throughput with 1 to N threads
	Latency   Topic = "latency"    // of verifying a shard, by its size
	Kernels   Topic = "kernels"    // cycles for each byte
)

// Time says which time a figure was made of.
type Time string

// The times.
const (
	Wall Time = "wall"
	CPU  Time = "cpu"
)

// Of returns the rows of a topic.
func (r *Report) Of(topic Topic) []Row {
	var rows []Row
	for _, row := range r.Rows {
		if row.Topic == topic {
			rows = append(rows, row)
		}
	}
	return rows
}

// Rate returns a row's median, 10th and 90th percentile in GB/s, or false if
// it is no rate and no time for a number of bytes.
func (row Row) Rate() (median, low, high float64, ok bool) {
	bytes := float64(row.Bytes)
	switch row.Unit {
	case "GB/s":
		return row.Median, row.P10, row.P90, true
	case "s":
		bytes /= 1e9
	case "µs":
		bytes /= 1e3
	default:
		return 0, 0, 0, false
	}
	if bytes == 0 || row.P10 <= 0 {
		return 0, 0, 0, false
	}
	return bytes / row.Median, bytes / row.P90, bytes / row.P10, true
}
