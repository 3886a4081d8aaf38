package protocol

import "testing"

func FuzzTeamSpeak3(f *testing.F) { fuzzProtocol(f, &teamspeak3) }
