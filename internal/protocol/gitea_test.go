package protocol

import "testing"

func FuzzGitea(f *testing.F) { fuzzProtocol(f, &gitea) }
