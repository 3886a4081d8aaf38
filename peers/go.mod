module github.com/portolan/portolan/peers

go 1.26.0

require github.com/portolan/portolan v0.0.0

replace github.com/portolan/portolan => ../
