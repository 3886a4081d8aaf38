package main

// Reject is a line that looked like an entry and could not be read as one.
type Reject struct {
	Line         int // or the number of the record
	Text, Reason string
}
