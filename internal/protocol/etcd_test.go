package protocol

import "testing"

func FuzzEtcd(f *testing.F) { fuzzProtocol(f, &etcd) }
