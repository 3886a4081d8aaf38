package protocol

import "testing"

func FuzzClickhouseNative(f *testing.F) { fuzzProtocol(f, &clickhouseNative) }
