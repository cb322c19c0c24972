import BenchmarkModel

/// Draws the host's CPUs for instances that see only as many as their allowance has: from the run's seed, and balanced within a
/// cell. No CPU is drawn more than once more often than another, so that what is special about one falls on all platforms alike.
struct CPUDraw {
    private let seed: UInt64
    private let cpus: [Int]
    private var cells: [String: (generator: SplitMix64, counts: [Int])] = [:]

    /// - Parameter cpus: those that instances can be given.
    init(seed: UInt64, cpus: [Int]) {
        self.seed = seed
        self.cpus = cpus
    }

    /// The CPUs of a cell's next instance, in ascending order.
    ///
    /// - Throws: ``TareError`` where the host has fewer.
    mutating func draw(_ count: Int, for cell: String) throws -> [Int] {
        guard count <= cpus.count else {
            throw TareError(
                .hostLacks, "an instance that sees \(count) CPUs cannot be given them: there are \(cpus.count)",
                remedy: "Lower 'cpus', or leave 'cpu-view: allowance' out.")
        }
        var (generator, counts) =
            cells[cell] ?? (SplitMix64(seed: seed ^ CPUDraw.hash(cell)), Array(repeating: 0, count: cpus.count))
        // Those that were drawn least come first; among equals chance decides.
        let order = cpus.indices.shuffled(using: &generator).sorted { counts[$0] < counts[$1] }
        let drawn = order.prefix(count)
        for index in drawn { counts[index] += 1 }
        cells[cell] = (generator, counts)
        return drawn.map { cpus[$0] }.sorted()
    }

    /// FNV-1a: the same everywhere, which Swift's own is not.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
