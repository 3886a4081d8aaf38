package protocol

import "testing"

func FuzzZookeeperAdmin(f *testing.F) { fuzzProtocol(f, &zookeeperAdmin) }
