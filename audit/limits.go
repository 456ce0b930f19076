package audit

import "math"

// The limits of the format. Together they keep every line below maxLine,
// whatever the texts are: a text grows at most twofold when it is quoted.
const (
	maxText   = 1024 // bytes of a cleaned text
	maxItem   = 256  // bytes of a cleaned text in a list
	maxList   = 64   // texts in a list
	maxFields = 12   // fields of a record, not counting "clock"
	maxName   = 32   // bytes of a field's name or a kind
	maxLine   = 64 << 10
)

// The limits of a batch, which is written and synchronised as one.
const (
	maxBatchRecords = 1024
	maxBatchBytes   = 1 << 20
)

// offset is a size as a place in a file. What does not fit is a place where no
// file has anything.
func offset(size uint64) int64 {
	if size > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(size)
}

// length is the size of a file as it is counted here.
func length(size int64) uint64 {
	if size < 0 {
		return 0
	}
	return uint64(size)
}
