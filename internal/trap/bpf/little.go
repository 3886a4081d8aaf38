//go:build 386 || amd64 || arm || arm64 || loong64 || mips64le || mipsle || ppc64le || riscv64 || wasm

package bpf

import _ "embed"

// Object is watch.c for little-endian machines.
//
//go:embed watch_bpfel.o
var Object []byte
