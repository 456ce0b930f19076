package main

import (
	"encoding/json"
	"net/http"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
)

const (
	maxRequest    = 64 << 10 // bytes
	maxCharacters = 1000
)

// continuation is the answer to POST /continue.
type continuation struct {
	Text    string       `json:"text"`
	Receipt vram.Receipt `json:"receipt"` // what was verified before, and when
}

// newServer answers POST /continue and GET /status.
func newServer(engine *vram.Engine, m model) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /continue", func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Prompt     string `json:"prompt"`
			Characters int    `json:"characters"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&q); err != nil {
			refuse(w, errors.Wrap(vram.ErrInvalidInput, "the request is not the JSON that is expected"))
			return
		}
		if q.Characters < 1 || q.Characters > maxCharacters {
			refuse(w, errors.Wrapf(vram.ErrInvalidInput, "characters must be 1 to %d", maxCharacters))
			return
		}
		text, receipt, err := generate(r.Context(), engine, m, q.Prompt, q.Characters)
		if err != nil {
			refuse(w, err)
			return
		}
		reply(w, http.StatusOK, continuation{Text: text, Receipt: receipt})
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, engine.Status())
	})
	return mux
}

// refuse tells a client what went wrong, and whether to try again.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusServiceUnavailable // what a load balancer takes as "ask another server"
	switch {
	case errors.Is(err, vram.ErrInvalidInput):
		status = http.StatusBadRequest
	case errors.Is(err, vram.ErrOverloaded):
		status = http.StatusTooManyRequests
	}
	reply(w, status, struct {
		Kind      string `json:"kind"`
		Message   string `json:"message"`
		Retriable bool   `json:"retriable"`
	}{vram.KindOf(err), err.Error(), vram.Retriable(err)})
}

func reply(w http.ResponseWriter, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, "the answer could not be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		return // the client has gone
	}
}
