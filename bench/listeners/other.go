//go:build !linux

// Command listeners measures on Linux only.
package main

import "fmt"

func main() { fmt.Println("bench/listeners measures on Linux only") }
