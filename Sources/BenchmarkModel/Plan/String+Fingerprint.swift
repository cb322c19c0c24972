extension String {
    /// FNV-1a of its UTF-8 in 64 bits (G. Fowler, L. C. Noll and K.-P. Vo): the same on every machine.
    package var fingerprint: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
