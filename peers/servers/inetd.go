package servers

import (
	"context"
	"net"
	"os/exec"
)

// Serve listens on one of the server's ports and hands every connection to f. The
// connection is closed when f returns, and when the server is stopped.
func (g *Ground) Serve(word string, f func(*net.TCPConn)) {
	if g.err != nil {
		return
	}
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(g.ports[word])})
	if err != nil {
		g.keep(err)
		return
	}
	g.doors = append(g.doors, l)
	g.serving.Go(func() {
		for {
			c, err := l.AcceptTCP()
			if err != nil {
				return
			}
			g.serving.Go(func() {
				defer c.Close()
				defer context.AfterFunc(g.ctx, func() { c.Close() })()
				f(c)
			})
		}
	})
}

// Inetd starts a program for every connection, with the connection as its
// standard input and output, as inetd does.
func (g *Ground) Inetd(word string, args ...string) {
	model := g.command(args)
	g.Serve(word, func(c *net.TCPConn) {
		f, err := c.File()
		if err != nil {
			return
		}
		one := exec.CommandContext(g.ctx, model.Path, model.Args[1:]...)
		one.Dir, one.Env, one.SysProcAttr = model.Dir, model.Env, model.SysProcAttr
		one.Stdin, one.Stdout, one.Stderr = f, f, g.said
		p, err := g.start(one, true)
		f.Close()
		if err == nil {
			<-p.ended
		}
	})
}
