package registry

import (
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"sync"
)

// Replace puts another state of the registry in the place of the embedded one:
// the embedded sources and an edition that a user has added, packed as one file
// (docs/formats/registry-pack.md, "As one file"). It must be called before
// anything else of this package, and by one goroutine. On an error, and where
// based, the version of the registry that the file was made from, is not
// [Version], the embedded registry stays: the file should be made anew.
func Replace(file string) (based string, err error) {
	h, body, err := parsePack(file)
	if err != nil {
		return "", fmt.Errorf("registry file: %w", err)
	}
	into := map[string]*string{"text": &dataText, "offsets": &dataOffsets, "tuples": &dataTuples, "rows": &dataRows, "where": &dataWhere,
		"starts": &dataStarts, "cells": &dataCells, "cellrows": &dataCellrows, "names": &dataNames, "sources.tsv": &dataSources}
	for name := range into {
		if _, ok := body[name]; !ok {
			return "", fmt.Errorf("registry file: no part is called %s", name)
		}
	}
	if h.based != version {
		return h.based, nil
	}
	for name, at := range into {
		*at = body[name]
	}
	version, sourceCount, edition, firstEdition = h.version, h.sources, h.edition, h.first
	certificatesOnce, certificateList = sync.Once{}, nil
	return h.based, nil
}

// packHeader is the head of a packed file.
type packHeader struct {
	version, based          string
	sources, edition, first int
	sum                     uint32
}

var errTruncated = errors.New("it is cut short")

// parsePack takes a file apart: a head of lines, an empty line, the parts.
// Fuzzed by FuzzPack.
func parsePack(file string) (h packHeader, parts map[string]string, err error) {
	head, body, ok := strings.Cut(file, "\n\n")
	rest, ok2 := strings.CutPrefix(head, "portolan-registry 1\n")
	if !ok || !ok2 {
		return h, nil, errors.New("it is no packed registry of this form")
	}
	parts = map[string]string{}
	all := body
	for line := range strings.SplitSeq(rest, "\n") {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "version":
			h.version = value
		case "based":
			h.based = value
		case "sources":
			h.sources, err = strconv.Atoi(value)
		case "edition":
			h.edition, err = strconv.Atoi(value)
		case "first":
			h.first, err = strconv.Atoi(value)
		case "crc32c":
			var sum uint64
			sum, err = strconv.ParseUint(value, 16, 32)
			h.sum = uint32(sum)
		default:
			var n uint64
			if n, err = strconv.ParseUint(value, 10, 31); err == nil && n > uint64(len(body)) {
				err = errTruncated
			}
			if err == nil {
				parts[name], body = body[:n], body[n:]
			}
		}
		if err != nil {
			return h, nil, fmt.Errorf("%.40q: %w", line, err)
		}
	}
	if body != "" {
		return h, nil, errors.New("something stands behind its end")
	}
	if sum := crc32.Checksum([]byte(all), crc32.MakeTable(crc32.Castagnoli)); sum != h.sum {
		return h, nil, fmt.Errorf("its checksum is %08x and should be %08x: make it anew", sum, h.sum)
	}
	return h, parts, nil
}
