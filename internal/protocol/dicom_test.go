package protocol

import "testing"

func FuzzDICOM(f *testing.F) { fuzzProtocol(f, &dicom) }
