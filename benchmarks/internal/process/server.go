package process

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/cockroachdb/errors"
)

// Responder answers one question of a parent. A part that returns one becomes
// the child of a Server.
type Responder func(question string) (any, error)

// Respond answers questions until there are no more.
func Respond(in io.Reader, out io.Writer, respond Responder) error {
	questions, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var question string
		if err := questions.Decode(&question); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return errors.Wrap(err, "a question")
		}
		answer, err := respond(question)
		if err != nil {
			return err
		}
		if err := answers.Encode(answer); err != nil {
			return errors.Wrap(err, "an answer")
		}
	}
}

// Server is a child that answers questions. It belongs to one goroutine.
type Server struct {
	part    string
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *json.Decoder
	problem *bytes.Buffer
}

// Serve starts a child. The caller closes it.
func Serve(ctx context.Context, place Place, part string, args ...string) (*Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, errors.Wrap(err, "this program's own path")
	}
	cmd := exec.CommandContext(ctx, self, append([]string{ChildVerb, part}, args...)...) //nolint:gosec // this program
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, errors.Wrap(err, "the child's input")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Wrap(err, "the child's output")
	}
	problem := &bytes.Buffer{}
	cmd.Stderr = problem
	if err := place.start(cmd); err != nil {
		return nil, errors.Wrapf(err, "starting %s", part)
	}
	return &Server{part: part, cmd: cmd, in: in, answers: json.NewDecoder(out), problem: problem}, nil
}

// Ask waits for the child's answer.
func Ask[T any](s *Server, question string) (T, error) {
	var answer T
	if err := json.NewEncoder(s.in).Encode(question); err != nil {
		return answer, errors.Wrapf(err, "asking %s", s.part)
	}
	return answer, errors.Wrapf(s.answers.Decode(&answer), "the answer of %s to %q", s.part, question)
}

// Close ends the child.
func (s *Server) Close() error {
	err := errors.Wrap(s.in.Close(), s.part)
	if failed := s.cmd.Wait(); failed != nil {
		err = errors.Join(err, errors.Wrapf(failed, "%s: %s", s.part, strings.TrimSpace(s.problem.String())))
	}
	return err
}
