package server

import (
	"context"
	"net"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"github.com/hashicorp/go-hclog"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/api/vramengine/v1/vramenginev1connect"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/fdpass"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
)

// maxRequest is the longest request in bytes. The longest legitimate one
// names every shard of a device.
const maxRequest = 16 << 20

// Server is the handler of EngineService.
type Server struct {
	engine  Source
	desk    *fdpass.Desk
	private bool
	log     hclog.Logger
}

// New makes a server for the engine that source gives, which takes its files
// from desk. With private set, it refuses model files that others can read.
func New(source Source, desk *fdpass.Desk, private bool, log hclog.Logger) *Server {
	return &Server{engine: source, desk: desk, private: private, log: log.Named("api")}
}

// HTTP makes the HTTP server for the socket for calls. Its requests end when
// ctx does. The caller serves with it and shuts it down.
func (s *Server) HTTP(ctx context.Context) *http.Server {
	mux := http.NewServeMux()
	mux.Handle(vramenginev1connect.NewEngineServiceHandler(s,
		connect.WithInterceptors(translator{}),
		connect.WithReadMaxBytes(maxRequest),
		connect.WithRecover(s.recovered)))
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           guard(mux),
		Protocols:         &protocols,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext:       withCaller,
		ErrorLog:          s.log.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
}

// recovered answers a request whose handler panicked. The panic's text stays
// here and is not even logged: it could show an address or a model's bytes.
func (s *Server) recovered(_ context.Context, spec connect.Spec, _ http.Header, _ any) error {
	s.log.Error("a request failed with a panic", "procedure", spec.Procedure)
	return answer(vram.ErrInternal)
}

// caller is who made a connection.
type caller struct {
	uid uint32
	err error
}

type callerKey struct{}

// withCaller asks once per connection who is at its other end.
func withCaller(ctx context.Context, c net.Conn) context.Context {
	who := caller{err: vram.ErrPolicyViolation}
	if uc, ok := c.(*net.UnixConn); ok {
		who.uid, who.err = socket.Caller(uc)
	}
	return context.WithValue(ctx, callerKey{}, who)
}

// callerOf returns who calls, or an error if they may not.
func callerOf(ctx context.Context) (uint32, error) {
	who, ok := ctx.Value(callerKey{}).(caller)
	if !ok {
		return 0, vram.ErrPolicyViolation
	}
	return who.uid, who.err
}

// guard refuses every request of a caller who may not call.
func guard(next http.Handler) http.Handler {
	refuse := connect.NewErrorWriter()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := callerOf(r.Context())
		if err == nil {
			next.ServeHTTP(w, r)
			return
		}
		if refuse.IsSupported(r) && refuse.Write(w, r, answer(err)) == nil {
			return
		}
		http.Error(w, "refused", http.StatusForbidden)
	})
}
