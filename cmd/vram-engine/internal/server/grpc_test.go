package server_test

import (
	"context"
	"net"
	"net/http"
	"testing"

	"connectrpc.com/connect"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/api/vramengine/v1/vramenginev1connect"
)

// TestOtherProtocols: the same socket answers gRPC, gRPC-Web and JSON.
func TestOtherProtocols(t *testing.T) {
	f := &fake{verify: func() ([]vram.VerifyResult, error) {
		return []vram.VerifyResult{{ShardID: "a", OK: true}}, nil
	}}
	b := serve(t, with(f), false)
	var h2 http.Protocols
	h2.SetUnencryptedHTTP2(true)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", b.path)
	}
	for name, c := range map[string]struct {
		transport *http.Transport
		option    connect.ClientOption
	}{
		"gRPC":     {&http.Transport{DialContext: dial, Protocols: &h2}, connect.WithGRPC()},
		"gRPC-Web": {&http.Transport{DialContext: dial}, connect.WithGRPCWeb()},
		"JSON":     {&http.Transport{DialContext: dial}, connect.WithProtoJSON()},
	} {
		service := vramenginev1connect.NewEngineServiceClient(&http.Client{Transport: c.transport}, "http://vram-engine", c.option)
		res, err := service.Verify(t.Context(), &v1.VerifyRequest{All: true})
		if err != nil || len(res.GetResults()) != 1 || !res.GetResults()[0].GetOk() {
			t.Errorf("%s: %v, %v", name, res, err)
		}
		_, err = service.Verify(t.Context(), &v1.VerifyRequest{})
		if err := b.client.Explain(err); vram.ExitStatus(err) != 2 {
			t.Errorf("%s: the error became %v", name, err)
		}
		c.transport.CloseIdleConnections()
	}
}
