package protocol

import "testing"

func FuzzHadoopIPC(f *testing.F) { fuzzProtocol(f, &hadoopIPC) }
