package actors

import "github.com/vram-engine/vram-engine/gpu"

// shardMessage is what a shard's actor receives.
type shardMessage interface{ shardMessage() }

// Requests of the façade. Each carries the call to answer.
type (
	// shardLoad asks for memory; answered when bytes may be written.
	shardLoad struct{ call *call }
	// shardSeal says that all bytes were written; answered with the handle.
	shardSeal struct{ call *call }
	// shardRelease asks for the memory to be scrubbed and given back.
	shardRelease struct {
		call   *call // may be nil
		reason error // set when a load is given up
	}
)

// Replies of the device and the auditor.
type (
	allocated    struct{ err error }
	digested     struct{ job *digestJob } // the first digest
	shardAudited struct{ err error }
	freed        struct {
		unmapped gpu.Bytes // extents that went back to the device
		err      error     // why it is not proven that the memory is zero
	}
	// shardRecheck has a shard verify itself after a restart of its device.
	shardRecheck struct{}
)

func (shardLoad) shardMessage()    {}
func (shardSeal) shardMessage()    {}
func (shardRelease) shardMessage() {}
func (allocated) shardMessage()    {}
func (digested) shardMessage()     {}
func (shardAudited) shardMessage() {}
func (freed) shardMessage()        {}
func (shardRecheck) shardMessage() {}

// requester is a message with calls that must be answered even if the actor
// crashes on it or is not there any more.
type requester interface{ requests() []*call }

func (m shardLoad) requests() []*call    { return []*call{m.call} }
func (m shardSeal) requests() []*call    { return []*call{m.call} }
func (m shardRelease) requests() []*call { return []*call{m.call} }
