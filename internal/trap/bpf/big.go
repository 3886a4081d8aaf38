//go:build mips || mips64 || ppc64 || s390x

package bpf

import _ "embed"

// Object is watch.c for big-endian machines.
//
//go:embed watch_bpfeb.o
var Object []byte
