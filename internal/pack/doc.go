// Package pack turns text twins into the packed form that the registry reads in
// place. docs/formats/registry-pack.md describes that form well enough to write
// a second reader.
//
// [Load] reads registry/history, [Pack] makes the files of registry/data. Both
// are offline and deterministic.
package pack
