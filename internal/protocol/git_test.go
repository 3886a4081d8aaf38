package protocol

import "testing"

func FuzzGit(f *testing.F) { fuzzProtocol(f, &git) }
