package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"strconv"

	"github.com/cockroachdb/errors"
)

// headContext is what a signature begins with, so that it means nothing
// anywhere else.
const headContext = "vram-engine audit head v1\n"

var errHead = errors.New("audit: not a head of the log")

// head says how far the log was acknowledged.
type head struct {
	n       uint64 // counts the heads written; its parity names the slot
	seq     uint64 // of the last line; 0 while there is none
	size    uint64 // bytes of all segments
	segment string // the file that holds the last line; "" while there is none
	hash    [32]byte
}

// appendBody appends the JSON object without its signature and closing brace.
func (h head) appendBody(dst []byte) []byte {
	dst = append(dst, `{"v":1,"n":`...)
	dst = strconv.AppendUint(dst, h.n, 10)
	dst = append(dst, `,"seq":`...)
	dst = strconv.AppendUint(dst, h.seq, 10)
	dst = append(dst, `,"size":`...)
	dst = strconv.AppendUint(dst, h.size, 10)
	dst = append(dst, `,"segment":"`...)
	dst = append(dst, h.segment...)
	dst = append(dst, `","hash":"`...)
	dst = hex.AppendEncode(dst, h.hash[:])
	return append(dst, '"')
}

// message is what is signed.
func (h head) message() []byte {
	return append(h.appendBody([]byte(headContext)), '}')
}

// sign returns the whole slot for the head.
func (h head) sign(s Signer) ([]byte, error) {
	sig, err := s.Sign(h.message())
	if err != nil {
		return nil, errors.Wrap(err, "the head could not be signed")
	}
	if len(sig) != ed25519.SignatureSize {
		return nil, errors.Newf("the head could not be signed: the signer returned %d bytes", len(sig))
	}
	return appendSlot(h, sig)
}

// appendSlot pads the signed head to its fixed size.
func appendSlot(h head, sig []byte) ([]byte, error) {
	slot := h.appendBody(make([]byte, 0, slotSize))
	slot = append(slot, `,"sig":"`...)
	slot = base64.StdEncoding.AppendEncode(slot, sig)
	slot = append(slot, `"}`...)
	pad := slotSize - 1 - len(slot)
	if pad < 0 {
		return nil, errors.AssertionFailedf("audit: a head of %d bytes does not fit its slot", len(slot))
	}
	slot = append(slot, bytes.Repeat([]byte{' '}, pad)...)
	return append(slot, '\n'), nil
}

// parseHead reads a slot. It accepts exactly what appendSlot writes. It does
// not check the signature, which it returns.
func parseHead(slot []byte) (head, []byte, error) {
	if len(slot) != slotSize {
		return head{}, nil, errHead
	}
	var h head
	c := &cursor{rest: slot}
	c.lit(`{"v":1,"n":`)
	h.n = c.uint()
	c.lit(`,"seq":`)
	h.seq = c.uint()
	c.lit(`,"size":`)
	h.size = c.uint()
	c.lit(`,"segment":`)
	h.segment = c.quoted(len(segmentName(0)))
	c.lit(`,"hash":"`)
	h.hash = c.hash()
	c.lit(`","sig":"`)
	sig, err := base64.StdEncoding.Strict().DecodeString(c.run(88, isBase64))
	c.lit(`"}`)
	padding, ok := bytes.CutSuffix(c.rest, []byte("\n"))
	if c.bad || err != nil || len(sig) != ed25519.SignatureSize || !ok || len(bytes.TrimLeft(padding, " ")) != 0 {
		return head{}, nil, errHead
	}
	if _, named := segmentStart(h.segment); named == (h.seq == 0) {
		return head{}, nil, errHead // a segment is named if, and only if, there is a line
	}
	return h, sig, nil
}

// verifyHead reads a slot and checks its signature.
func verifyHead(slot []byte, key ed25519.PublicKey) (head, error) {
	h, sig, err := parseHead(slot)
	if err != nil {
		return head{}, err
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, h.message(), sig) {
		return head{}, errHead
	}
	return h, nil
}

func isBase64(b byte) bool {
	return isDigit(b) || isLetter(b) || b == '+' || b == '/' || b == '='
}
