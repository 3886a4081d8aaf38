package protocol

import "testing"

func FuzzRedis(f *testing.F) { fuzzProtocol(f, &redis) }
