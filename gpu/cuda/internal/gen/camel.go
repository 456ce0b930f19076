package main

import "strings"

// words that are not written like others in Go names.
func specialWord(word string) (string, bool) {
	special, ok := map[string]string{
		"ADDR": "Address", "API": "API", "ATS": "ATS", "CA": "CA", "CDP": "CDP", "DIM": "Dim", "DEVSIDE": "DeviceSide", "ECC": "ECC",
		"GPU": "GPU", "HMM": "HMM", "ID": "ID", "IMEX": "IMEX", "IPC": "IPC", "IRQ": "IRQ", "JIT": "JIT", "MEM": "Memory",
		"MEMPOOL": "MemoryPool", "MPS": "MPS", "NUM": "Num", "NVLINK": "NVLink", "P2P": "P2P", "PC": "PC", "PCI": "PCI", "PTX": "PTX",
		"RDMA": "RDMA", "READWRITE": "ReadWrite", "RM": "RM", "RPC": "RPC", "TCC": "TCC", "VGPU": "VGPU",
	}[word]
	return special, ok
}

// camel turns the part of a C name behind its prefix into a Go name.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word == "" {
			continue
		}
		if special, ok := specialWord(word); ok {
			b.WriteString(special)
			continue
		}
		b.WriteString(word[:1] + strings.ToLower(word[1:]))
	}
	return b.String()
}

// goConstant is the Go name of a value of an enumeration.
func goConstant(e enum, v value) string {
	return e.goPrefix + camel(strings.TrimPrefix(v.name, e.prefix))
}
