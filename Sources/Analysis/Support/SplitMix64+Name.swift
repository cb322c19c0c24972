import BenchmarkModel

extension SplitMix64 {
    /// Gives each interval a random sequence of its own that is the same every time the run is analysed: the seed and the
    /// FNV-1a of a name.
    init(seed: UInt64, name: String) {
        let fingerprint = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
        self.init(seed: seed ^ fingerprint)
    }
}
