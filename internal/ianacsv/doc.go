// Package ianacsv reads what IANA says of ports in the forms in which IANA
// itself publishes it: the words of a status, the keys of people, the brackets of
// a reference, and the CSV file as a whole.
//
// [Read] reads a file from anywhere and is bounded in everything. [Check] says
// whether an edition may follow another. The readers of other forms of the same
// registry share [Rows], [Status] and their like, so that a row that did not
// change reads the same from each.
package ianacsv
