package suite

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// newKeys makes a keyring with a new token and a new identity.
func newKeys(dir string) (*seal.Keyring, error) {
	folder, err := os.MkdirTemp(dir, "keys-")
	if err != nil {
		return nil, errors.Wrap(err, "a folder for the identity")
	}
	identity, err := seal.LoadOrCreateIdentity(filepath.Join(folder, "identity"))
	if err != nil {
		return nil, err
	}
	t, err := token()
	if err != nil {
		return nil, err
	}
	return seal.NewKeyring(t, identity, "")
}

// draft is a handle that is ready to be sealed.
func draft() (seal.Handle, error) {
	generation, err := seal.NewGeneration()
	return seal.Handle{
		ShardID: "model-7b-shard-00", GPUUUID: "SIM-0", Kind: "simulated", VRAMBytes: 1 << 30,
		Digest: verity.Sum([]byte("a model")), DigestAlg: verity.Algorithm, SealedAt: time.Now().UTC(),
		ModelRef: "example/model", TotalShards: 4, Generation: generation,
	}, err
}

// sealKeys measures what the keys are used for, beside a bare HMAC.
func sealKeys(ctx context.Context, e Env, r *report.Report) (err error) {
	keys, err := newKeys(e.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	h, err := draft()
	if err != nil {
		return err
	}
	text, err := seal.Canonical(h)
	if err != nil {
		return err
	}
	sealed, err := keys.Seal(h)
	if err != nil {
		return err
	}
	const batch = 1000
	times := func(name string, n int, fn func() error) measure.Case {
		return measure.Self(name, func(context.Context) error {
			for range n {
				if err := fn(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	key := make([]byte, 32)
	const sealing, bareMAC = "seal of a handle", "HMAC-SHA256 of the same text, nothing else"
	series, err := measure.Interleave(ctx, e.rounds(21),
		times(bareMAC, batch, func() error {
			mac := hmac.New(sha256.New, key)
			_, err := mac.Write(text)
			mac.Sum(nil)
			return err
		}),
		times(sealing, batch, func() error { _, err := keys.Seal(h); return err }),
		times("verification of a seal", batch, func() error { return keys.Verify(sealed) }),
	)
	if err != nil {
		return err
	}
	values := map[string][]float64{}
	for _, s := range series {
		values[s.Name] = s.Map(func(sample measure.Sample) float64 { return sample.Wall.Seconds() / batch * 1e6 })
		r.Add("keys", s.Name, "µs", values[s.Name]...)
	}
	r.Compare("keys", "seal of a handle over a bare HMAC", values[sealing], values[bareMAC])
	return derivation(ctx, e, r)
}

// derivation measures a whole keyring, which derives all its keys from token
// and identity into a locked page, and its end, beside a single HKDF.
func derivation(ctx context.Context, e Env, r *report.Report) error {
	folder, err := os.MkdirTemp(e.Dir, "keys-")
	if err != nil {
		return errors.Wrap(err, "a folder for the identity")
	}
	identity, err := seal.LoadOrCreateIdentity(filepath.Join(folder, "identity"))
	if err != nil {
		return err
	}
	t, err := token()
	if err != nil {
		return err
	}
	const batch = 100
	series, err := measure.Interleave(ctx, e.rounds(21),
		measure.Self("HKDF-SHA256 of one key, nothing else", func(context.Context) error {
			for range batch {
				if _, err := hkdf.Key(sha256.New, t, nil, "a purpose", sha256.Size); err != nil {
					return err
				}
			}
			return nil
		}),
		measure.Self("all keys derived (HKDF) into a locked page, and erased", func(context.Context) error {
			for range batch {
				keys, err := seal.NewKeyring(slices.Clone(t), slices.Clone(identity), "")
				if err != nil {
					return err
				}
				if err := keys.Close(); err != nil {
					return err
				}
			}
			return nil
		}))
	for _, s := range series {
		r.Add("keys", s.Name, "µs", s.Map(func(sample measure.Sample) float64 { return sample.Wall.Seconds() / batch * 1e6 })...)
	}
	return err
}
