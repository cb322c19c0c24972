import BenchmarkModel

extension SplitMix64 {
    /// Gives each interval a random sequence of its own that is the same every time the run is analysed: the seed and the
    /// FNV-1a of a name.
    init(seed: UInt64, name: String) {
        self.init(seed: seed ^ name.fingerprint)
    }
}
