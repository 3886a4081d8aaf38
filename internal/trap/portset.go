package trap

// PortSet is a set of the ports of one transport.
type PortSet [1024]uint64

// AllPorts returns the set of every port.
func AllPorts() *PortSet {
	s := new(PortSet)
	for i := range s {
		s[i] = ^uint64(0)
	}
	return s
}

// Ports returns the set of those given.
func Ports(ports ...uint16) *PortSet {
	s := new(PortSet)
	for _, p := range ports {
		s.Add(p)
	}
	return s
}

// Add puts a port into the set.
func (s *PortSet) Add(port uint16) { s[port/64] |= 1 << (port % 64) }

// Remove takes a port out of the set.
func (s *PortSet) Remove(port uint16) { s[port/64] &^= 1 << (port % 64) }

// Has reports whether a port is in the set. Every port is in a nil set.
func (s *PortSet) Has(port uint16) bool { return s == nil || s[port/64]>>(port%64)&1 == 1 }

// orAll returns the set itself, or that of every port for nil.
func (s *PortSet) orAll() *PortSet {
	if s == nil {
		return AllPorts()
	}
	return s
}
