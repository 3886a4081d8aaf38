package protocol

// Table is every protocol that we know, in the order of their names.
var Table = []Protocol{
	redis,
	ssh,
}
