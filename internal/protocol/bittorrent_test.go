package protocol

import "testing"

func FuzzBitTorrent(f *testing.F) { fuzzProtocol(f, &bittorrent) }
