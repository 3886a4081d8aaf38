package protocol

import "testing"

func FuzzRocketMQ(f *testing.F) { fuzzProtocol(f, &rocketmq) }
