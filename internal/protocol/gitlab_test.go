package protocol

import "testing"

func FuzzGitlab(f *testing.F) { fuzzProtocol(f, &gitlab) }
