// Package fingerprint says what packets and first words show of the tool that
// sent them.
//
// [AppendP0f] writes a SYN in the raw form of p0f 3. [Look] holds one packet to
// the [Rules] of scanners, each with the document that it is from; [Sightings]
// adds them up for one source, and names a [Tool] only after two packets, since
// a rule of 16 bits lies once in 65,536. [ParseHello] reads a TLS ClientHello;
// [Hello.JA3] and [Hello.JA4] are its fingerprints. [Stated] finds the product
// that first words name.
//
// What you may not assume: that a name is true. Packets are easily made to look
// like another tool's, and a product is what the words state, never a guess.
// A ClientHello that was cut has no fingerprint. Of the JA4 family only JA4 for
// TLS clients is here: it alone is free (BSD 3-clause), the others are under a
// licence of their own.
package fingerprint
