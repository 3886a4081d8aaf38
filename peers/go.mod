module github.com/portolan/portolan/peers

go 1.26.0

require github.com/portolan/portolan v0.0.0

require golang.org/x/net v0.62.0 // indirect

replace github.com/portolan/portolan => ../
