package protocol

import "testing"

func FuzzBeanstalk(f *testing.F) { fuzzProtocol(f, &beanstalk) }
