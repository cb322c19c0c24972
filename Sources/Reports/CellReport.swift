public import BenchmarkModel
public import Statistics

/// What is reported of one cell.
public struct CellReport: Sendable {
    /// The figures of a set of durations, in nanoseconds.
    public struct Durations: Sendable, Equatable {
        /// How many durations; at least 1.
        public var count: Int
        /// In how many blocks they were measured.
        public var blocks: Int
        /// The median.
        public var median: Double
        /// The 95 % interval of the median, by bootstrap over blocks; nil where there is only one block.
        public var interval: Interval?
        /// The quantile 0.1.
        public var p10: Double
        /// The quantile 0.95.
        public var p95: Double
        /// The quantile 0.99; nil where there are fewer than ``CellReport/fewestForP99``.
        public var p99: Double?
        /// The shortest.
        public var minimum: Double
        /// The longest.
        public var maximum: Double
    }

    /// The time that ended with a mark, counted from the mark before it.
    public struct Phase: Sendable, Equatable {
        /// The mark before it; where that differs between samples, the one of the first sample.
        public var from: MarkName
        /// The mark that ends it.
        public var to: MarkName
        /// How many samples show it.
        public var count: Int
        /// The median in nanoseconds.
        public var median: Double
    }

    /// The ratio of this cell's median to that of a floor.
    public struct FloorRatio: Sendable, Equatable {
        /// The floor's platform.
        public var platform: String
        /// How many times as long; nil where one of the two cells has no sound figure.
        public var ratio: Ratio?
        /// Whether this cell is the floor.
        public var isItself: Bool
    }

    /// How far a cell's figures may be relied on.
    public enum Standing: Sendable, Equatable {
        /// It cannot be measured, for this reason.
        case impossible(String)
        /// planned != ok + failed + invalid: no verdict is given.
        case incomplete
        /// Fewer than ``CellReport/fewestForClaim`` samples are ok: no claim is made.
        case tooFew
        /// A claim may be made.
        case sound
    }

    /// The fewest ok samples from which a sentence makes a claim.
    public static let fewestForClaim = 5
    /// The fewest ok samples from which the quantile 0.99 is shown.
    public static let fewestForP99 = 100

    /// The cell.
    public var cell: Cell
    /// The platform's specification; nil where the suite does not name it.
    public var platform: PlatformSpec?
    /// Whether its guests ran under software emulation.
    public var emulated: Bool
    /// The warnings that touch its counted samples: the cell is `noisy`.
    public var noise: [Threat]
    /// Counted samples that are ok and whose marks give a startup.
    public var ok: Int
    /// Counted samples that failed.
    public var failed: Int
    /// Counted samples that are invalid, among them those recorded as ok whose marks give no startup.
    public var invalid: Int
    /// Warm-up samples, recorded and not counted.
    public var warmup: Int
    /// Startup; nil where no sample is ok.
    public var startup: Durations?
    /// CPU time of a start; nil where it was never readable. Its count may be below that of ``startup``.
    public var cpu: Durations?
    /// The phases in their order.
    public var phases: [Phase]
    /// The ratios to the floors of the same workload and mode.
    public var floors: [FloorRatio]
    /// Whether its figures depend on what was measured right before them; nil where that cannot be told.
    public var carryOver: CarryOver?
    /// All its samples, warm-up included, in the order of measurement.
    public var samples: [Sample]

    /// How many counted samples are planned.
    public var planned: Int { cell.planned }

    /// Planned samples of which nothing was recorded; negative where there are more than planned.
    public var missing: Int { planned - ok - failed - invalid }

    /// How far its figures may be relied on.
    public var standing: Standing {
        if let reason = cell.impossible { return .impossible(reason) }
        if missing != 0 { return .incomplete }
        return ok < CellReport.fewestForClaim ? .tooFew : .sound
    }

    /// Words that stand beside every figure of the cell.
    public var marks: [String] {
        var marks: [String] = []
        if emulated { marks.append("emulated") }
        if !noise.isEmpty { marks.append("noisy") }
        if carryOver?.isFound == true { marks.append("carry-over") }
        switch standing {
        case .incomplete: marks.append("incomplete")
        case .tooFew: marks.append("too few")
        case .impossible, .sound: break
        }
        if let startup, startup.blocks < Bootstrap.fewBlocks { marks.append("few blocks") }
        return marks
    }

    /// The outcome of a sample as it is reported: an `ok` whose marks give no startup is not one.
    static func outcome(of sample: Sample) -> Sample.Outcome {
        sample.outcome == .ok && sample.startupNanoseconds == nil ? .invalid : sample.outcome
    }

    /// The reasons of a sample as they are reported; never empty for one that is not ok.
    static func reasons(of sample: Sample) -> [String] {
        if sample.outcome == .ok {
            return sample.startupNanoseconds == nil ? ["recorded as ok, but its marks give no startup"] : []
        }
        return sample.reasons.isEmpty ? ["no reason was recorded"] : sample.reasons
    }
}
