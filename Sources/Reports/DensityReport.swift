public import BenchmarkModel
public import Statistics

/// What is reported of a cell of the density experiment.
public struct DensityReport: Sendable {
    /// How many instances the footprint says there is room for.
    public struct Prediction: Sendable, Equatable {
        /// (budget - fixed cost) / slope.
        public var instances: Double
        /// From the ends of the slope's interval; nil where there is none.
        public var interval: Interval?
        /// Measured minus predicted whole instances, as a share of the prediction.
        public var difference: Double
        /// Whether the measured N was not stopped by the budget, so that the two answer different questions.
        public var isOtherQuestion: Bool
    }

    /// The cell.
    public var cell: ClimbCell
    /// Its platform; nil where the suite does not name it.
    public var platform: PlatformSpec?
    /// Whether its guests ran under software emulation.
    public var emulated: Bool
    /// Ramps that count.
    public var ok: Int
    /// Ramps that failed.
    public var failed: Int
    /// Ramps that are invalid.
    public var invalid: Int
    /// All ramps, in the order of measurement.
    public var ramps: [Ramp]
    /// The ramp with the median N of those that count, the lower one of two: its N and cause are the cell's answer.
    public var answer: Ramp?
    /// The least and the most N of the ramps that count.
    public var range: ClosedRange<Int>?
    /// The budget in bytes.
    public var budgetBytes: UInt64
    /// What the footprint of the same run says; nil where it was not measured.
    public var prediction: Prediction?

    /// How many ramps are planned.
    public var planned: Int { cell.planned }
    /// Planned ramps of which nothing is on record.
    public var missing: Int { planned - ok - failed - invalid }
    /// Whether a claim may be made: every planned ramp is accounted for, and one of them counts.
    public var isSound: Bool { cell.impossible == nil && missing == 0 && answer != nil }
    /// Whether N is only a lower bound.
    public var isAtLeast: Bool { answer?.cause == .ceiling }

    /// Words that stand beside every figure of the cell.
    public var marks: [String] {
        var marks: [String] = []
        if emulated { marks.append("emulated") }
        if cell.impossible == nil, missing != 0 { marks.append("incomplete") }
        if let answer, answer.enforcedBy == nil { marks.append("not enforced") }
        if let answer, !answer.warnings.isEmpty { marks.append("noisy") }
        return marks
    }

    /// Works out a cell's figures.
    init(cell: ClimbCell, run: Run, footprints: [FootprintReport]) {
        let mine = run.ramps.filter { $0.cell == cell.key }
        let good = mine.filter { $0.outcome == .ok }.sorted { $0.instances < $1.instances }
        self.cell = cell
        platform = run.suite.platforms.first { $0.name == cell.platform }
        emulated = run.platforms.contains { $0.platform == cell.platform && $0.emulated }
        ok = good.count
        failed = mine.count { $0.outcome == .failed }
        invalid = mine.count { $0.outcome == .invalid }
        ramps = mine
        answer = good.isEmpty ? nil : good[(good.count - 1) / 2]
        if let least = good.first?.instances, let most = good.last?.instances { range = least...most }
        budgetBytes = run.suite.density?.budgetBytes ?? 0
        let footprint = footprints.first {
            $0.cell.workload == cell.workload && $0.cell.platform == cell.platform && $0.isSound
        }
        prediction = footprint.flatMap { DensityReport.predict(budgetBytes, from: $0, measured: answer) }
    }

    private static func predict(_ budget: UInt64, from footprint: FootprintReport, measured: Ramp?) -> Prediction? {
        guard let line = footprint.ledger, line.slope > 0 else { return nil }
        func instances(_ slope: Double, _ fixed: Double) -> Double { max(0, (Double(budget) - fixed) / slope) }
        let middle = instances(line.slope, line.intercept)
        var interval: Interval?
        if let slopes = line.slopeInterval, slopes.lower > 0 {
            let fixed = line.interceptInterval
            interval = Interval(
                lower: instances(slopes.upper, fixed?.upper ?? line.intercept),
                upper: instances(slopes.lower, fixed?.lower ?? line.intercept), blocks: slopes.blocks)
        }
        let whole = middle.rounded(.down)
        let found = Double(measured?.instances ?? 0)
        return Prediction(
            instances: middle, interval: interval, difference: whole > 0 ? (found - whole) / whole : 0,
            isOtherQuestion: measured?.cause != .memoryBudget)
    }
}
