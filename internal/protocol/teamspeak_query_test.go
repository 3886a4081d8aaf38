package protocol

import "testing"

func FuzzTeamspeakQuery(f *testing.F) { fuzzProtocol(f, &teamspeakQuery) }
