package actors

// The actor tree. All are children of the supervisor and siblings of each
// other, because protoactor stops the children of an actor that it restarts.
//
//	Engine (façade, any goroutine)   calls: admission, pending requests
//	├─ sentinel                      a goroutine: what the driver reports outside calls
//	└─ supervisor                    spawns; decides on every crash
//	   ├─ auditor                    the only writer of audit.Log
//	   ├─ incidents                  worker state, incidents
//	   ├─ device-N                   on its locked thread; owns gpu.Device, heap, ledger
//	   ├─ judge-N                    compares what device N found with the seals
//	   ├─ shard-S                    owns one allocation's handle, seal and state
//	   └─ verifier                   the patrol
//
// Who tells whom:
//
//	façade     → supervisor   spawnShard
//	façade     → shard        shardLoad, shardSeal, shardRelease
//	façade     → device       work: writes, callbacks, digests (its queue, then deviceWake)
//	façade     → incidents    operatorRestart
//	shard      → device       work: allocate, digest, scrub
//	device     → shard        allocated, digested, freed, shardRecheck
//	device     → judge        findings (its court, then judgeWake)
//	sentinel   → device       reports of its health (its chart, then deviceReported)
//	judge      → incidents    incidentReport (and device, where it judges before a callback)
//	shard      → auditor      auditWrite → shardAudited
//	verifier   → device       work: patrol → patrolPart
//
// What a crash means: the asker is answered ErrCrashed by the supervision
// strategy (strategy.go). The record of the unit stays. The next incarnation
// adopts it:
//
//	device     half-done work fails, orphaned memory is scrubbed and unmapped,
//	           the queue goes on, every resident shard is verified again, reports
//	           that wait in the chart are acted upon
//	shard      not sealed yet: given up and scrubbed; sealed: verified again;
//	           releasing: the scrub goes on
//	judge      the finding that it crashed at fails, and who asked for it may try
//	           again; the others wait in the court for the next judge
//	auditor    the write's asker is told
//	incidents  the asker is told; worker state and incidents are kept
//	verifier   the pass under way is dropped and a new one is armed
//	sentinel   the driver is asked again after a pause, which grows
//	supervisor its handlers cannot panic out (see supervisor.Receive)
//
// A unit that crashes more than maxCrashes times within crashWindow is
// quarantined: the device takes no new work, the shard serves no more. Both
// can still be released. One that crashes more than hopeless times is given up:
// the shard is scrubbed and released, the device is lost.
