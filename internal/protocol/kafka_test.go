package protocol

import "testing"

func FuzzKafka(f *testing.F) { fuzzProtocol(f, &kafka) }
