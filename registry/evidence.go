package registry

import "github.com/portolan/portolan"

// WideRange is the length from which a witness's range says nothing of one
// port in it: a profile that opens 30000-32767 for whatever a cluster puts
// there does not show that the service assigned to 30003 is alive. X11's 64
// displays are the longest range that stands for one service.
const WideRange = 65

// Evidence returns the witnesses' rows for the key: signs that it is used, and
// by what name. Rows of withdrawn lines are there too; see [Assignment.Last].
func Evidence(k portolan.Key) []Assignment {
	var all []Assignment
	for r := range cellRows(k) {
		if r.status() == statusSeen {
			all = append(all, assignment(r))
		}
	}
	return all
}

// IsGhost reports whether the key is assigned today and no witness that we
// hold lists it, wide ranges aside. It is a statement about [SourcesSearched],
// never about the world.
func IsGhost(k portolan.Key) bool {
	return Lookup(k).Status() == Assigned && !alive(k)
}

func alive(k portolan.Key) bool {
	for r := range cellRows(k) {
		if r.status() == statusSeen && r.span().Len() < WideRange {
			return true
		}
	}
	return false
}

// SourcesSearched lists the witnesses behind [Evidence] and [IsGhost] of
// today's transports. What ARPANET hosts offered on their sockets is evidence of
// its time only.
func SourcesSearched() []Source {
	const today = 1<<portolan.TCP | 1<<portolan.UDP | 1<<portolan.SCTP | 1<<portolan.DCCP
	var all []Source
	for _, s := range certificates() {
		if s.Role == Witnesses && s.covers&today != 0 {
			all = append(all, s)
		}
	}
	return all
}

// Superseded reports whether the newest source of the row's series lacks it.
func Superseded(a Assignment) bool {
	if a.IsZero() {
		return false
	}
	last := a.row().lastSource()
	all := certificates()
	return last+1 < len(all) && all[last+1].Series == all[last].Series
}
