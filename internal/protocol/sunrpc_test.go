package protocol

import "testing"

func FuzzRPCBind(f *testing.F) { fuzzProtocol(f, &rpcbind) }

func FuzzNFS(f *testing.F) { fuzzProtocol(f, &nfs) }

func FuzzSunRPC(f *testing.F) { fuzzProtocol(f, &sunrpc) }
