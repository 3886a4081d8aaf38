// Package protocol knows protocols by what is said in them.
//
// [Said] is what one side of a conversation said and what it was asked before.
// [Recognise] gives everything said to every [Protocol] of the [Table] and
// returns what it was: protocol, product, version, and the bytes that this
// rests on. [Protocol.Questions] are what may be asked of a peer to make it speak.
//
// The package is pure: it opens nothing, sends nothing, and keeps nothing.
// Who asks (the probe) and who listens (the sentinel) both stand on it.
//
// What you may not assume: a match says what was spoken, not who spoke it.
// Anyone can say another's words; [Match.Strength] says how much of the
// protocol's own grammar was seen, and products and versions are the peer's
// own statement, never a guess. Every string of a [Match] is bytes from outside:
// escape it before a terminal or a page sees it.
package protocol
