package servers

import (
	"io"
	"net"
)

// The controls are open ports with nothing behind them to be named.

var discard = Server{
	Name:      "discard",
	Endpoints: []Endpoint{{Name: "discard"}},
	Recipe: func(g *Ground) {
		g.Serve("port", func(c *net.TCPConn) {
			_, _ = io.Copy(io.Discard, c)
		})
	},
}

// silent takes a connection and never reads from it.
var silent = Server{
	Name:      "silent",
	Endpoints: []Endpoint{{Name: "silent"}},
	Recipe: func(g *Ground) {
		g.Serve("port", func(*net.TCPConn) { <-g.ctx.Done() })
	},
}

var closing = Server{
	Name:      "closing",
	Endpoints: []Endpoint{{Name: "closing"}},
	Recipe: func(g *Ground) {
		g.Serve("port", func(*net.TCPConn) {})
	},
}
