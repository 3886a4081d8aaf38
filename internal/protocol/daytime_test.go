package protocol

import "testing"

func FuzzDaytime(f *testing.F) { fuzzProtocol(f, &daytime) }
