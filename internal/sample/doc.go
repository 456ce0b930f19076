// Package sample makes a small real model: a next-character language model
// that is trained, in a second or so, on the opening of a book. Examples,
// tests and the first run of the daemon need a model file that is not random
// bytes, and none has to be downloaded or shipped for it.
//
// # What
//
// [Write] trains the model and writes it as a safetensors file of about
// 1.1 MiB. [Parse] finds the tensors of a safetensors file. [Predict] and
// [Continue] run the model on the bytes of the file, wherever they are: a
// kernel on the simulated device calls them on the device's memory.
//
// The text (text.txt) is the opening of Lewis Carroll's "Alice's Adventures
// in Wonderland" of 1865, which is in the public domain, in the 64 characters
// of [Alphabet]. The model is one hidden layer over the last [Context]
// characters, all of it float32:
//
//	hidden.weight [16,64,256]  the row for each place and character
//	hidden.bias   [256]
//	output.weight [256,64]
//	output.bias   [64]
//
//	h = relu(hidden.bias + sum over p of hidden.weight[p][context[p]])
//	z = output.bias + sum over j of h[j] * output.weight[j]
//
// and the next character is the one with the largest z. It is trained by
// stochastic gradient descent on the cross-entropy. With so little text it
// learns the text by heart, which is what a demonstration wants.
//
// The file has the safetensors layout: the length of the header as 8 bytes,
// little-endian; the header, which is a JSON object padded with spaces to a
// multiple of 8; and the tensors' bytes, little-endian, without gaps. The
// header's "__metadata__" names the alphabet, the context and the source.
//
// The same file comes out on every machine: all sums have a fixed order, each
// product is rounded before it is added (so that no compiler fuses the two),
// and neither math/rand nor math.Exp is used, which may differ between
// releases and processors.
//
// # Not for
//
// Language models that are of use. Other data types than float32.
//
// # Ownership
//
// Nothing is kept. A [Model] refers to the bytes that it was parsed from, and
// is valid as long as they are.
//
// # Concurrency
//
// All functions are safe for concurrent use. Write computes for about a
// second on one core; nothing waits for anything else.
//
// # Units
//
// Offsets and sizes are plain uint64 bytes, because this package lies below
// the one that defines the type for them.
//
// # Failure
//
// A file that is not what the format says is refused with an error that
// satisfies errors.Is(err, [ErrFormat]).
package sample
