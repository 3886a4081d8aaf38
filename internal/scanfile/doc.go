// Package scanfile reads what scanners write into files, and writes nmap's XML.
//
// # Terms
//
// A scanner is the program that asked: nmap, masscan, naabu, zgrab2, portolan
// itself. A row is what it said of one port. What it says of a service is its
// word, and a word is worth what it rests on: nmap prints the name that its
// table has for a number (method="table") in the same place as one that it
// asked for (method="probed"). The first says nothing of the port.
//
// # API
//
// [Read] finds out by its content what a file is, and hands over its rows one
// by one. [Protocol] says which of portolan's protocols a scanner's word means.
// [WriteXML] writes what nmap -oX would.
//
// # What you may not assume
//
// Files come from outside: a row's texts may hold anything, and are cut at
// [MostText] bytes. Nothing of a file is kept but the row being read, so that
// its size does not matter. Rows of one port need not stand together, and there
// may be several. A file that ends early, as those of interrupted scans do, is
// read as far as it goes, and [Summary.Warnings] says so.
package scanfile
