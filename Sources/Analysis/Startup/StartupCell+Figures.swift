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
        var cpus: [(block: Int, value: Double)] = []
        var phases = PhaseDurations()
        for observation in observed.observations where observation.counted {
            guard observation.verdict == .ok, let record = observation.startup else { continue }
            if let startup = record.startupNanoseconds { startups.append((observation.block, Double(startup))) }
            if let cpu = record.cpuNanoseconds { cpus.append((observation.block, Double(cpu))) }
            phases.add(record)
        }
        self.observed = observed
        self.mode = mode
        self.startups = BlockedValues(startups)
        let key = observed.cell.key
        startup = StartupCell.durations(of: self.startups, seed: seed, name: key, resamples: resamples)
        cpu = StartupCell.durations(of: BlockedValues(cpus), seed: seed, name: "cpu/\(key)", resamples: resamples)
        self.phases = phases.medians
        floors = []
        isReference = false
    }

    private static func durations(
        of values: BlockedValues?, seed: UInt64, name: String, resamples: Int
    ) -> Durations? {
        guard let values else { return nil }
        var random = SplitMix64(seed: seed, name: name)
        let quantiles = values.quantiles
        return Durations(
            count: values.count, blocks: values.blocks.count, median: quantiles.median,
            interval: Bootstrap.medianInterval(of: values, resamples: resamples, using: &random),
            p10: quantiles.quantile(0.1), p95: quantiles.quantile(0.95),
            p99: values.count >= fewestForP99 ? quantiles.quantile(0.99) : nil,
            minimum: quantiles.minimum, maximum: quantiles.maximum)
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
