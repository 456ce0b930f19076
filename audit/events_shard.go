package audit

import "time"

// The texts of the field "result".
const (
	ResultSuccess = "success"
	ResultFailure = "failure"
)

// NoDevice is the gpu_device of a record that concerns no device. NoBlock is
// the first_bad_block of a failure that was not located.
const (
	NoDevice = -1
	NoBlock  = -1
)

// VramSealed: a shard was loaded, digested and sealed. bytes is its exact
// size; digest is the 64 hex digits of what is resident.
func VramSealed(shardID string, device int, bytes uint64, digest, gpuUUID, modelRef string) Record {
	return newRecord(KindVramSealed, SeverityInfo,
		text("shard_id", shardID), number("gpu_device", int64(device)), size("vram_bytes", bytes),
		text("digest", digest), text("gpu_uuid", gpuUUID), text("model_ref", modelRef))
}

// SealVerified: a shard's seal and bytes were checked and are right. check
// names the kind of check, such as "before", "bracket" or "request".
func SealVerified(shardID string, device int, bytes uint64, digest, check string, took time.Duration) Record {
	return newRecord(KindSealVerified, SeverityInfo, // in the order of the names, for there are many
		text("check", check), text("digest", digest), micros("duration_us", took), number("gpu_device", int64(device)),
		text("result", ResultSuccess), text("shard_id", shardID), size("vram_bytes", bytes))
}

// SealVerificationFailed: a shard is not what was sealed. digest is what was
// sealed, measured what is resident ("" when it was not digested), reason
// "seal", "digest" or another word, firstBadBlock the index of the first
// 4096-byte block that differs, or NoBlock.
func SealVerificationFailed(shardID string, device int, bytes uint64, digest, measured, reason string, firstBadBlock int64) Record {
	return newRecord(KindSealVerificationFailed, SeverityCritical,
		text("shard_id", shardID), number("gpu_device", int64(device)), size("vram_bytes", bytes),
		text("digest", digest), text("measured", measured), text("result", ResultFailure),
		text("reason", reason), number("first_bad_block", firstBadBlock))
}

// VramAllocated: device memory was set aside for a shard. available and used
// are the device's figures afterwards, in bytes.
func VramAllocated(shardID string, device int, requested, available, used uint64) Record {
	return newRecord(KindVramAllocated, SeverityInfo,
		text("shard_id", shardID), number("gpu_device", int64(device)),
		size("requested", requested), size("available", available), size("used", used))
}

// VramAllocationFailed: device memory was asked for and not given.
func VramAllocationFailed(shardID string, device int, requested, available, used uint64, reason string) Record {
	return newRecord(KindVramAllocationFailed, SeverityWarning,
		text("shard_id", shardID), number("gpu_device", int64(device)),
		size("requested", requested), size("available", available), size("used", used), text("reason", reason))
}

// VramDeallocated: a shard's memory was given back. scrubbed says that it was
// zeroed and the zeroing checked on the device; where it was not, the record
// is a warning.
func VramDeallocated(shardID string, device int, bytes, available, used uint64, scrubbed bool) Record {
	severity := SeverityInfo
	if !scrubbed {
		severity = SeverityWarning
	}
	return newRecord(KindVramDeallocated, severity,
		text("shard_id", shardID), number("gpu_device", int64(device)), size("vram_bytes", bytes),
		size("available", available), size("used", used), truth("scrubbed", scrubbed))
}

// HandleRefused: a presented handle was forged, damaged or stale. That request
// was refused and nothing else. origin names who presented it.
func HandleRefused(shardID, reason, origin string) Record {
	return newRecord(KindHandleRefused, SeverityWarning,
		text("shard_id", shardID), text("reason", reason), text("origin", origin))
}

// Executed: work ran on shards after the named check. At most 64 shard ids are
// kept; "shards" is the number of all. shardIDs is copied.
func Executed(requestID string, shardIDs []string, device int, check, result string, took time.Duration) Record {
	return newRecord(KindExecuted, SeverityInfo,
		text("request_id", requestID), list("shard_ids", shardIDs), number("shards", int64(len(shardIDs))),
		number("gpu_device", int64(device)), text("check", check), text("result", result), micros("duration_us", took))
}

// PatrolPass: a pass over resident shards ended. root is a digest over the ids
// and digests that were checked. A pass that found something is a warning;
// each finding has a record of its own.
func PatrolPass(shards, failed int, bytes uint64, root string, took time.Duration) Record {
	severity := SeverityInfo
	if failed > 0 {
		severity = SeverityWarning
	}
	return newRecord(KindPatrolPass, severity,
		number("shards", int64(shards)), number("failed", int64(failed)), size("vram_bytes", bytes),
		text("root", root), micros("duration_us", took))
}
