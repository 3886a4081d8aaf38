package protocol

import "testing"

func FuzzBitTorrentDHT(f *testing.F) { fuzzProtocol(f, &bittorrentDHT) }
