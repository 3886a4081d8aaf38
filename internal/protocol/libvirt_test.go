package protocol

import "testing"

func FuzzLibvirt(f *testing.F) { fuzzProtocol(f, &libvirt) }
