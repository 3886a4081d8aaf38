// Command portolan is the book of every Internet port, and goes and looks:
// what a port is assigned for, what is really on it, and what to make of the two.
//
// main starts [run] with an [env], the one door to the world. root.go holds the
// dispatcher and the list of commands; each command has a file of its own and is
// a method of [app] that returns a cobra.Command. A command gathers, hands a
// report.Document to [app.print], and returns a [*failure] if there is more to
// say than success. Nothing here may be assumed by other packages: it is not
// imported.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	// A run is short and mostly reads: collecting every four megabytes costs
	// more than the memory is worth.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second interrupt ends the program at once.
	context.AfterFunc(ctx, stop)
	// With SIGPIPE taken, a reader that leaves early is an error of write, and
	// run can end quietly.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(ctx, systemEnv()))
}
