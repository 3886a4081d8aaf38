// Package portolan holds the nouns that every other package of the project
// speaks in: a [Transport], a [Key] (port and transport), the three [Range]s of
// RFC 6335, a [Span] of ports, and the [Query] that a person types.
//
// The names follow RFC 6335. A port is a uint16, never an int or a string.
// The package imports nothing but the standard library, opens nothing and
// keeps no state.
package portolan
