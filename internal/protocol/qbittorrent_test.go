package protocol

import "testing"

func FuzzQbittorrent(f *testing.F) { fuzzProtocol(f, &qbittorrent) }
