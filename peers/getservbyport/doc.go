// Package getservbyport times the registry beside the C library's answer to
// the same question. It needs cgo, and so lives outside the product's module.
//
//	cd peers && go test -bench . ./getservbyport
package getservbyport
