// Package bpf holds the compiled form of watch.c: the two programs that the
// trap loads into the kernel, for the byte order of this machine.
//
// Object is an ELF file, for any BPF loader. It has the programs watch_ethernet
// (for interfaces whose packets begin with an Ethernet header), watch_ip (for
// those that begin with the IP header) and steer, the maps that watch.c
// declares, and variables that are to be set before it is loaded. The script
// build makes it, and build --check compares.
package bpf
