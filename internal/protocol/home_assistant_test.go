package protocol

import "testing"

func FuzzHomeAssistant(f *testing.F) { fuzzProtocol(f, &homeAssistant) }
