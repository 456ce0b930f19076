package cli

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"time"

	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
)

func newAudit(a *app) *cobra.Command {
	var key string
	verify := &cobra.Command{
		Use: "verify DIR", Short: "Check an audit log offline: its chain, and that nothing is missing",
		Long: `Check the audit log in DIR (the directory "audit" of an engine's data
directory), without an engine and without changing anything. With --key, the
log must be signed by that public key, a copy of DIR/audit-key.pem that was kept
elsewhere. The exit status is 6 if the log is not what was written.`,
		Args: count(1, "the log's directory"),
		RunE: func(_ *cobra.Command, args []string) error { return a.verifyLog(args[0], key) },
	}
	verify.Flags().StringVar(&key, "key", "", "the public key (PEM) that must have signed the log")
	return group("audit", "Check the audit log", verify)
}

func (a *app) verifyLog(dir, keyFile string) error {
	key, err := publicKey(keyFile)
	if err != nil {
		return err
	}
	report, err := audit.Verify(dir, audit.VerifyOptions{PublicKey: key})
	switch {
	case errors.Is(err, audit.ErrNoLog) || errors.Is(err, audit.ErrInvalid):
		return failure.New(vram.ErrNotFound, "%s", err.Error())
	case err != nil:
		return failure.New(vram.ErrAuditUnavailable, "%s", err.Error())
	case a.json:
		return render.JSON(a.Stdout, report)
	}
	return a.printReport(report)
}

// publicKey reads the key that was kept elsewhere, if one is named.
func publicKey(file string) (ed25519.PublicKey, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "cannot read the public key %q", file)
	}
	key, err := audit.ParsePublicKey(text)
	if err != nil {
		return nil, failure.Because(vram.ErrInvalidInput, err, "%q cannot be used", file)
	}
	return key, nil
}

func (a *app) printReport(r audit.Report) error {
	if _, err := fmt.Fprintf(a.Stdout, "the log is intact: %s\n", plural(r.Records, "record")); err != nil {
		return err
	}
	signed := r.KeyFingerprint
	if !r.KeyPinned {
		signed += " (the key beside the log; name a copy kept elsewhere with --key)"
	}
	pairs := [][2]string{
		{"sequence", fmt.Sprintf("%d to %d", r.FirstSeq, r.LastSeq)},
		{"files", fmt.Sprintf("%d, %d bytes", r.Segments, r.Bytes)},
		{"signed by", signed},
	}
	if r.Records > 0 {
		pairs = append(pairs, [2]string{"time", r.FirstTime.Format(time.RFC3339) + " to " + r.LastTime.Format(time.RFC3339)})
	}
	if r.Unacknowledged > 0 {
		pairs = append(pairs, [2]string{"after the head", plural(r.Unacknowledged, "record") + ", which a crash or a writer at work leaves"})
	}
	if r.TornBytes > 0 {
		pairs = append(pairs, [2]string{"torn tail", plural(r.TornBytes, "byte") + ", never acknowledged; the next start cuts them"})
	}
	return render.Fields(a.Stdout, pairs)
}
