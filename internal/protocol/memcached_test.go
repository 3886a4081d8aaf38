package protocol

import "testing"

func FuzzMemcached(f *testing.F) { fuzzProtocol(f, &memcached) }
