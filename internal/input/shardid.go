package input

import (
	"path/filepath"
	"strings"
)

// MaxShardID is the length of the longest shard id (IV-003).
const MaxShardID = 256

// fallbackID is the id made from a file name with no letter and no digit.
const fallbackID = "shard"

// ShardID checks a shard's id: 1 to 256 ASCII letters, digits and dashes
// (IV-003).
func ShardID(id string) error {
	const field = "shard id"
	if id == "" {
		return refuseText(field, id, "it is empty; give 1 to %d letters, digits or dashes", MaxShardID)
	}
	if len(id) > MaxShardID {
		return refuseText(field, id, "it is longer than %d characters; shorten it", MaxShardID)
	}
	for _, r := range id {
		if !isIDRune(r) {
			return refuseText(field, id, "%s is not allowed; use only the letters A-Z and a-z, digits and dashes", nameRune(r))
		}
	}
	return nil
}

// ShardIDFromFileName makes a valid shard id from the last element of a path:
// characters that are not allowed in an id become dashes, and what exceeds
// the longest id is cut off. Different names may give the same id.
func ShardIDFromFileName(name string) string {
	id := strings.Map(func(r rune) rune {
		if isIDRune(r) {
			return r
		}
		return '-'
	}, filepath.Base(name))
	if strings.Trim(id, "-") == "" {
		return fallbackID
	}
	if len(id) > MaxShardID {
		return id[:MaxShardID]
	}
	return id
}

func isIDRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-'
}
