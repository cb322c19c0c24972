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
        for observation in observed.observations where observation.counted {
            if observation.verdict == .failed { failed.append(observation.block) }
            guard observation.verdict == .ok, let record = observation.startup else { continue }
            if let startup = record.startupNanoseconds { startups.append((observation.block, Double(startup))) }
            if let cpu = record.cpuNanoseconds { cpus.append((observation.block, Double(cpu))) }
            if let peak = record.peakMemoryBytes { peaks.append((observation.block, Double(peak))) }
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
        [.requested, .spawned, .kernel, .entered, .executed, .ready], [.stopping, .stopped],
    ]
    private static let places = Dictionary(
        uniqueKeysWithValues: MarkName.allCases.enumerated().map { ($0.element, $0.offset) })

    /// By the place of the mark that ends the phase.
    private var durations = [[Double]](repeating: [], count: MarkName.allCases.count)
    private var starts = [MarkName?](repeating: nil, count: MarkName.allCases.count)

    mutating func add(_ record: StartupRecord) {
        for chain in PhaseDurations.chains {
            var before: (name: MarkName, time: UInt64)?
            for name in chain {
                guard let time = record.time(of: name) else { continue }
                if let before, time >= before.time, let place = PhaseDurations.places[name] {
                    durations[place].append(Double(time - before.time))
                    if starts[place] == nil { starts[place] = before.name }
                }
                before = (name, time)
            }
        }
    }

    var medians: [StartupCell.Phase] {
        MarkName.allCases.enumerated().compactMap { place, to in
            guard let from = starts[place], let quantiles = Quantiles(durations[place]) else { return nil }
            return StartupCell.Phase(from: from, to: to, count: quantiles.count, median: quantiles.median)
        }
    }
}
