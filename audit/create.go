package audit

import (
	"crypto/ed25519"

	"github.com/cockroachdb/errors"
)

// create makes an empty log: the public key first, then the head, complete
// before it gets its name. A crash in between leaves a directory that is
// created anew.
func create(dir files, signer Signer) error {
	if err := writeKeyFile(dir, signer.PublicKey()); err != nil {
		return err
	}
	contents := make([]byte, 0, headSize)
	for n := range uint64(slotCount) {
		slot, err := head{n: n}.sign(signer)
		if err != nil {
			return fail(ErrUnavailable, err, "the log cannot be created")
		}
		contents = append(contents, slot...)
	}
	return replaceFile(dir, headName, headNewName, contents, privateMode)
}

func writeKeyFile(dir files, key ed25519.PublicKey) error {
	text, err := encodePublicKey(key)
	if err != nil {
		return err
	}
	return replaceFile(dir, keyFile, keyFile+".new", text, publicMode)
}

// replaceFile gives a file its contents, durably: after a crash it has the old
// or the new ones.
func replaceFile(dir files, name, temporary string, contents []byte, mode uint32) error {
	f, err := dir.Open(temporary, createOnly, mode)
	if err != nil {
		return fail(ErrUnavailable, err, "%s cannot be created", name)
	}
	_, err = f.WriteAt(contents, 0)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fail(ErrUnavailable, err, "%s cannot be written; free space in the directory of the log", name)
	}
	if err := dir.Rename(temporary, name); err != nil {
		return fail(ErrUnavailable, err, "%s cannot get its name", name)
	}
	if err := dir.Sync(); err != nil {
		return fail(ErrUnavailable, err, "%s cannot be made durable", name)
	}
	return nil
}
