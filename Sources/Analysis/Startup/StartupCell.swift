package import BenchmarkModel
package import Statistics

/// A cell of the startup experiment with its figures.
package struct StartupCell: AnalysedCell {
    /// The figures of a set of durations, in nanoseconds.
    ///
    /// A start that failed is later than any other in every quantile: a platform does not get faster by failing.
    package struct Durations: Sendable, Equatable {
        /// How many durations, those of failed starts included; at least 1.
        package var count: Int
        /// In how many blocks they were measured.
        package var blocks: Int
        package var median: Double
        /// The 95 % interval of the median, by bootstrap over blocks; nil where there is only one block.
        package var interval: Interval?
        package var p10: Double
        /// nil where there are fewer than ``Sampled/fewestForP95``, or too many failed.
        package var p95: Double?
        /// nil where there are fewer than ``StartupCell/fewestForP99``, or too many failed.
        package var p99: Double?
        package var minimum: Double
        /// The latest that did not fail.
        package var maximum: Double
    }

    /// The figures of a set of sizes, in bytes.
    package struct Sizes: Sendable, Equatable {
        /// How many; at least 1.
        package var count: Int
        package var median: Double
        /// The 95 % interval of the median, by bootstrap over blocks; nil where there is only one block.
        package var interval: Interval?
    }

    /// The time that ended with a mark, counted from the mark before it.
    package struct Phase: Sendable, Equatable {
        /// The mark before it; where that differs between samples, the one of the first sample.
        package var from: MarkName
        /// The mark that ends it.
        package var to: MarkName
        /// How many samples show it.
        package var count: Int
        /// The median in nanoseconds.
        package var median: Double
    }

    package static let fewestForClaim = 5
    /// The fewest ok samples from which the quantile 0.99 is shown.
    package static let fewestForP99 = 100

    package var observed: ObservedCell
    package var mode: StartupMode
    /// nil where no sample is ok.
    package var startup: Durations?
    /// CPU time of a start; nil where it was never readable. Its count may be below that of ``startup``.
    package var cpu: Durations?
    /// The peak memory of a start; nil where it was never readable.
    package var peakMemory: Sizes?
    /// The phases in their order.
    package var phases: [Phase]
    /// The ratios to the floors of the same workload and mode.
    package var floors: [FloorRatio]
    /// Whether it is the one that sentences set the others of its workload and mode against.
    package var isReference: Bool
    /// How many times as long as the reference it takes; nil where it is the reference itself, or one of the two is not sound.
    package var ratioToReference: Ratio?
    /// Where only parts of the isolation are switched on: by how much its median, in nanoseconds, exceeds that without any.
    package var moreThanNone: Double?
    /// Whether its figures depend on what was measured right before them; nil where that cannot be told.
    package var carryOver: CarryOver?

    /// The shortest time for which the host was left alone before one of its starts, in nanoseconds; nil where there was no such rest.
    var shortestRestNanoseconds: UInt64?
    /// What was printed until ready in each start, warm-up included, in bytes, as far as it was counted.
    package var outputBytes: [Double]
    /// The startups of the samples that count, in nanoseconds; nil where so many failed that nobody can say.
    var startups: Sampled?
    /// Their CPU times, likewise; of those that are ok.
    var cpus: Sampled?
    /// Their peak memory in bytes; of those that are ok.
    var peaks: Sampled?

    package var hasFigure: Bool { startup != nil }

    /// The phases until ready: the end of an instance is not part of its start.
    package var phasesUntilReady: [Phase] { phases.filter { $0.to != .stopped && $0.to != .started } }
    /// The sum of their medians, in nanoseconds, which is not exactly the median of the whole.
    package var sumOfPhases: Double { phasesUntilReady.reduce(0) { $0 + $1.median } }

    package var ownCaveats: [Caveat] {
        var caveats: [Caveat] = carryOver?.isFound == true ? [.carryOver] : []
        if let startup, startup.blocks < Bootstrap.fewBlocks { caveats.append(.fewBlocks) }
        return caveats
    }
}

extension RunAnalysis {
    /// The shortest time for which the host was left alone before a start; nil where there was no such rest.
    package var shortestRestNanoseconds: UInt64? {
        startups.compactMap(\.shortestRestNanoseconds).min()
    }
}
