package protocol

import "testing"

func FuzzZooKeeper(f *testing.F) { fuzzProtocol(f, &zookeeper) }
