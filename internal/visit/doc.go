// Package visit makes visits of what a watcher and a listener report.
//
// A [Visit] is one source's coherent activity: a scan of 65,535 ports is one, and
// so is a single knock. A [Book] takes [Knock], [Words] and [Listening], and hands
// out every visit that began, grew or ended, each time with a higher
// [Visit.Revision]. [Rules] say which of them are worth an [Alert]. [Preview]
// shows bytes from outside with passwords masked; [Telnet] learns the terminal
// type of a client and lets nobody in.
//
// The package is pure: it opens nothing, asks nothing, and takes the time from
// the events. It holds its bounds whatever comes: [Options] has the number of open
// visits and the bytes that all of them take.
//
// What you may not assume: that a source is who it seems (a SYN's address is
// easily forged; [Visit.Connections] counts those that completed a handshake);
// that a kind is more than a heuristic: the evidence stands beside it. All
// methods of a Book must be called by one goroutine at a time.
package visit
