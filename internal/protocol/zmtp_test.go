package protocol

import "testing"

func FuzzZMTP(f *testing.F) { fuzzProtocol(f, &zmtp) }
