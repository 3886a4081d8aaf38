// Package check holds portolan's verdicts against real servers: each one runs
// in a network namespace of its own, as its package installs it, and portolan
// looks at it as a user would run it.
//
//	cd peers && go test ./check
//
// The tests need root, and skip a server that is not installed. They send no
// traffic, and end what they started by its process.
package check
