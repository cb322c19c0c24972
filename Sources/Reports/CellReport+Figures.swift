import BenchmarkModel
import Statistics

extension CellReport {
    /// Gathers what a run says about a cell; the ratios to the floors are added once all cells are known.
    init(cell: Cell, run: Run, samples: [Sample], resamples: Int) {
        let counted = samples.filter(\.counted)
        let good = counted.filter { CellReport.outcome(of: $0) == .ok }
        let blocks = Set(counted.map(\.block))
        self.cell = cell
        self.platform = run.suite.platforms.first { $0.name == cell.platform }
        self.emulated = run.platforms.contains { $0.platform == cell.platform && $0.emulated }
        self.noise = run.threats.filter { threat in
            threat.severity == .warning && (threat.cell ?? cell.key) == cell.key
                && (threat.block.map { blocks.contains($0) } ?? !counted.isEmpty)
        }
        self.ok = good.count
        self.failed = counted.count { CellReport.outcome(of: $0) == .failed }
        self.invalid = counted.count { CellReport.outcome(of: $0) == .invalid }
        self.warmup = samples.count - counted.count
        self.startup = CellReport.durations(
            of: CellReport.startups(good), seed: run.plan.seed, name: cell.key, resamples: resamples)
        self.cpu = CellReport.durations(
            of: BlockedValues(good.compactMap { sample in sample.cpuNanoseconds.map { (sample.block, Double($0)) } }),
            seed: run.plan.seed, name: "cpu/\(cell.key)", resamples: resamples)
        self.phases = CellReport.phases(of: good)
        self.floors = []
        self.carryOver = nil
        self.samples = samples
    }

    /// The startups of ok samples, by block.
    static func startups(_ samples: [Sample]) -> BlockedValues? {
        BlockedValues(
            samples.compactMap { sample in
                sample.startupNanoseconds.map { (sample.block, Double($0)) }
            })
    }

    /// The startups of the samples that count.
    var startups: BlockedValues? {
        CellReport.startups(samples.filter { $0.counted && CellReport.outcome(of: $0) == .ok })
    }

    private static func durations(
        of values: BlockedValues?, seed: UInt64, name: String, resamples: Int
    ) -> Durations? {
        guard let values else { return nil }
        var random = SplitMix64(seed: seed ^ fingerprint(name))
        let quantiles = values.quantiles
        return Durations(
            count: values.count, blocks: values.blocks.count, median: quantiles.median,
            interval: Bootstrap.medianInterval(of: values, resamples: resamples, using: &random),
            p10: quantiles.quantile(0.1), p95: quantiles.quantile(0.95),
            p99: values.count >= fewestForP99 ? quantiles.quantile(0.99) : nil,
            minimum: quantiles.minimum, maximum: quantiles.maximum)
    }

    /// How many times as long this cell's median is as another's; nil unless both are sound.
    func ratio(to other: CellReport, seed: UInt64, resamples: Int) -> Ratio? {
        guard standing == .sound, other.standing == .sound, let mine = startups, let theirs = other.startups
        else { return nil }
        var random = SplitMix64(seed: seed ^ CellReport.fingerprint("\(cell.key) \(other.cell.key)"))
        return Bootstrap.ratioOfMedians(mine, to: theirs, resamples: resamples, using: &random)
    }

    /// The medians of the times between neighbouring marks, of those marks that samples show.
    private static func phases(of samples: [Sample]) -> [Phase] {
        var durations: [MarkName: [Double]] = [:]
        var starts: [MarkName: MarkName] = [:]
        let startup: [MarkName] = [.requested, .spawned, .kernel, .entered, .executed, .ready]
        for sample in samples {
            for chain in [startup, [.stopping, .stopped]] {
                let seen = chain.filter { sample.time(of: $0) != nil }
                for (from, to) in zip(seen, seen.dropFirst()) {
                    guard let nanoseconds = sample.nanoseconds(from: from, to: to) else { continue }
                    durations[to, default: []].append(Double(nanoseconds))
                    if starts[to] == nil { starts[to] = from }
                }
            }
        }
        return MarkName.allCases.compactMap { to in
            guard let from = starts[to], let quantiles = Quantiles(durations[to] ?? []) else { return nil }
            return Phase(from: from, to: to, count: quantiles.count, median: quantiles.median)
        }
    }

    /// FNV-1a: gives each interval a random sequence of its own that is the same every time the run is reported.
    static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
