import BenchmarkModel
import Statistics

extension StartupCell {
    /// All cells of the experiment, those that depend on others included.
    static func all(
        _ observed: [ObservedCell], of run: Run, observations: [Observation], resamples: Int
    ) -> [StartupCell] {
        let mine = observed.compactMap { one in one.cell.mode.map { (one, $0) } }
        var cells = mine.concurrently { StartupCell($0.0, mode: $0.1, seed: run.plan.seed, resamples: resamples) }
        relate(&cells, seed: run.plan.seed, resamples: resamples)
        CarryOver.find(in: &cells, observations, seed: run.plan.seed)
        return cells
    }

    private init(_ observed: ObservedCell, mode: StartupMode, seed: UInt64, resamples: Int) {
        var startups: [(block: Int, value: Double)] = []
        var failed: [Int] = []
        var cpus: [(block: Int, value: Double)] = []
        var peaks: [(block: Int, value: Double)] = []
        var phases = PhaseDurations()
        var shortestRest: UInt64?
        var printed: [Double] = []
        for index in observed.observations.indices {
            let one = observed.observations.glimpse(at: index)
            let record = observed.observations[index].startup
            if let rest = record?.restNanoseconds { shortestRest = min(shortestRest ?? rest, rest) }
            if let bytes = record?.outputBytes { printed.append(Double(bytes)) }
            guard one.counted else { continue }
            if one.verdict == .failed { failed.append(one.block) }
            guard one.verdict == .ok, let record else { continue }
            if let startup = one.startupNanoseconds { startups.append((one.block, Double(startup))) }
            if let cpu = record.cpuNanoseconds { cpus.append((one.block, Double(cpu))) }
            if let peak = record.peakMemoryBytes { peaks.append((one.block, Double(peak))) }
            phases.add(record)
        }
        self.observed = observed
        self.mode = mode
        let key = observed.cell.key
        self.startups = Sampled(startups, failed: failed, seed: seed, name: key, resamples: resamples)
        self.cpus = Sampled(cpus, seed: seed, name: "cpu/\(key)", resamples: resamples)
        self.peaks = Sampled(peaks, seed: seed, name: "peak/\(key)", resamples: resamples)
        startup = self.startups.map(Durations.init)
        cpu = self.cpus.map(Durations.init)
        peakMemory = self.peaks.map { Sizes(count: $0.count, median: $0.median, interval: $0.interval) }
        self.phases = phases.medians
        shortestRestNanoseconds = shortestRest
        outputBytes = printed
        floors = []
        isReference = false
    }
}

extension StartupCell.Durations {
    fileprivate init(_ sampled: Sampled) {
        count = sampled.count
        blocks = sampled.blocks
        median = sampled.median
        interval = sampled.interval
        p10 = sampled.quantile(0.1) ?? sampled.median
        p95 = sampled.count >= Sampled.fewestForP95 ? sampled.quantile(0.95) : nil
        p99 = sampled.count >= StartupCell.fewestForP99 ? sampled.quantile(0.99) : nil
        minimum = sampled.best
        maximum = sampled.worst
    }
}

/// The times between neighbouring marks, of those marks that samples show.
private struct PhaseDurations {
    private static let chains: [[MarkName]] = [
        [.requested, .spawned, .created, .kernel, .entered, .executed, .ready], [.requested, .started],
        [.stopping, .stopped],
    ]
    /// With where each stands among all.
    private let places = chains.map { chain in
        chain.map { name in (name: name, place: MarkName.allCases.firstIndex(of: name) ?? 0) }
    }

    /// By the place of the mark that ends the phase.
    private var durations = [[Double]](repeating: [], count: MarkName.allCases.count)
    private var starts = [MarkName?](repeating: nil, count: MarkName.allCases.count)

    mutating func add(_ record: StartupRecord) {
        for chain in places {
            var before: (name: MarkName, time: UInt64)?
            for (name, place) in chain {
                guard let time = record.time(of: name) else { continue }
                if let before, time >= before.time {
                    durations[place].append(Double(time - before.time))
                    if starts[place] == nil { starts[place] = before.name }
                }
                before = (name, time)
            }
        }
    }

    var medians: [StartupCell.Phase] {
        MarkName.allCases.enumerated().compactMap { place, to in
            guard let from = starts[place], let median = Quantiles.median(of: durations[place]) else { return nil }
            return StartupCell.Phase(from: from, to: to, count: durations[place].count, median: median)
        }
    }
}
