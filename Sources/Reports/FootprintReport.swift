public import BenchmarkModel
public import Statistics

/// What is reported of a cell of the footprint experiment. All slopes are bytes for each further instance.
public struct FootprintReport: Sendable {
    /// How the independent check compares with the ledger.
    public struct Residual: Sendable, Equatable {
        /// The slope of the fall of `MemAvailable` minus that of the ledger, in bytes an instance.
        public var bytes: Double
        /// Its size as a share of the ledger's slope.
        public var share: Double
        /// The noise of `MemAvailable` for each instance: its idle range, or its drift over the climb where that is larger.
        public var noiseBytes: Double
        /// How it comes about; nil where the kernel does not show its parts.
        public var parts: Parts?
        /// Whether it, or what its parts leave unexplained of it, is above 10 % and above the noise.
        public var isFlagged: Bool

        /// The parts of a residual, in bytes an instance. With what tare itself grew by they sum up to the residual, but for
        /// the rounding of medians.
        public struct Parts: Sendable, Equatable {
            /// By how much the kernel's lists of free pages per CPU grew, which `MemAvailable` does not see: negative where
            /// instances took pages from them.
            public var freeLists: Double
            /// By how much the caches grew of which `MemAvailable` takes half off.
            public var uncountedCache: Double
            /// What no counter of the kernel names.
            public var unexplained: Double
        }
    }

    /// The largest distance of a fitted rung from the line, as a share of the cost, at which it is still called linear.
    public static let linearTolerance = 0.05
    /// The share of the ledger from which a residual is flagged.
    public static let residualTolerance = 0.10

    /// The cell.
    public var cell: ClimbCell
    /// Its platform; nil where the suite does not name it.
    public var platform: PlatformSpec?
    /// Whether its guests ran under software emulation.
    public var emulated: Bool
    /// Ladders that count.
    public var ok: Int
    /// Ladders that failed.
    public var failed: Int
    /// Ladders that are invalid.
    public var invalid: Int
    /// All ladders, in the order of measurement.
    public var ladders: [Ladder]
    /// The line of the ledger: the slope is what one more instance costs, the intercept the platform's fixed cost.
    public var ledger: Line?
    /// The line of what is charged to the instances and cannot be taken back.
    public var charged: Line?
    /// The line of the fall of `MemAvailable`.
    public var availableFall: Line?
    /// The slopes of all figures, in bytes an instance.
    public var slopes: [MemoryFigure: Double]
    /// The independent check; nil where one of the two views is missing.
    public var residual: Residual?
    /// CPU time that one idle instance uses, in seconds a second: the median of the ladders; nil where it is unknown.
    public var idleCPU: Double?
    /// The least and the most of the ladders' ``idleCPU``.
    public var idleCPURange: ClosedRange<Double>?
    /// The most instances of a ladder that counts.
    public var mostInstances: Int
    /// What was noticed in ladders that count.
    public var warnings: [String]

    /// How many ladders are planned.
    public var planned: Int { cell.planned }
    /// Planned ladders of which nothing is on record.
    public var missing: Int { planned - ok - failed - invalid }
    /// Whether the fitted rungs are on a line; nil where there is none.
    public var isLinear: Bool? { ledger.map { $0.worstResidual <= FootprintReport.linearTolerance } }
    /// Whether a claim may be made: every planned ladder is accounted for, and enough of them count.
    public var isSound: Bool {
        cell.impossible == nil && missing == 0 && ok >= FootprintExperiment.fewestLadders && ledger != nil
    }
    /// Kernel memory that is charged to nobody, in bytes an instance.
    public var uncharged: Double? {
        guard let ledger, let charged else { return nil }
        return ledger.slope - charged.slope
    }
    /// What the virtual machine monitor needs for itself, in bytes a guest: its proportional set size without guest RAM.
    public var monitorOwn: Double? {
        guard let whole = slopes[.pssVMM], let touched = slopes[.guestTouched] else { return nil }
        return whole - touched
    }

    /// Words that stand beside every figure of the cell.
    public var marks: [String] {
        var marks: [String] = []
        if emulated { marks.append("emulated") }
        if cell.impossible == nil, missing != 0 { marks.append("incomplete") }
        if cell.impossible == nil, missing == 0, !isSound { marks.append("too few") }
        if isLinear == false { marks.append("not linear") }
        if residual?.isFlagged == true { marks.append("residual") }
        if !warnings.isEmpty { marks.append("noisy") }
        return marks
    }

    /// Works out a cell's figures.
    init(cell: ClimbCell, run: Run, resamples: Int) {
        let mine = run.ladders.filter { $0.cell == cell.key }
        let good = mine.filter { $0.outcome == .ok }
        var random = SplitMix64(seed: run.plan.seed ^ CellReport.fingerprint(cell.key))
        func line(_ value: @escaping (MemoryReading) -> Double?) -> Line? {
            TheilSen.line(through: good.map { FootprintReport.points($0, value) }, resamples: resamples, using: &random)
        }
        self.cell = cell
        platform = run.suite.platforms.first { $0.name == cell.platform }
        emulated = run.platforms.contains { $0.platform == cell.platform && $0.emulated }
        ok = good.count
        failed = mine.count { $0.outcome == .failed }
        invalid = mine.count { $0.outcome == .invalid }
        ladders = mine
        ledger = line { $0.ledger.map { Double($0) } }
        charged = line { $0.charged.map { Double($0) } }
        availableFall = line { $0[.available].map { -Double($0) } }
        func slope(_ value: (MemoryReading) -> Int64?) -> Double? {
            TheilSen.slope(through: good.map { FootprintReport.points($0) { value($0).map { Double($0) } } })
        }
        slopes = [:]
        for figure in MemoryFigure.allCases { slopes[figure] = slope { $0[figure] } }
        mostInstances = good.compactMap { $0.rungs.last?.instances }.max() ?? 0
        warnings = Array(Set(good.flatMap(\.warnings))).sorted()
        let idle = good.compactMap { ladder -> Double? in
            guard let cpu = ladder.idleCPUNanoseconds, ladder.idleNanoseconds > 0,
                let top = ladder.rungs.last?.instances,
                top > 0
            else { return nil }
            return Double(cpu) / Double(ladder.idleNanoseconds) / Double(top)
        }
        idleCPU = Quantiles(idle)?.median
        if let least = idle.min(), let most = idle.max() { idleCPURange = least...most }
        if let ledger, let fall = availableFall {
            let noise = good.map(FootprintReport.availableNoise).max() ?? 0
            let bytes = fall.slope - ledger.slope
            let share = ledger.slope != 0 ? abs(bytes / ledger.slope) : 0
            var parts: Residual.Parts?
            if let lists = slopes[.freeLists], let cache = slope(\.uncountedCache), let named = slope(\.named) {
                parts = Residual.Parts(freeLists: lists, uncountedCache: cache, unexplained: -named)
            }
            let rest = abs(parts?.unexplained ?? bytes)
            residual = Residual(
                bytes: bytes, share: share, noiseBytes: noise, parts: parts,
                isFlagged: rest > FootprintReport.residualTolerance * abs(ledger.slope) && rest > noise)
        }
    }

    /// A ladder's fitted rungs as costs above its own baseline.
    static func points(_ ladder: Ladder, _ value: (MemoryReading) -> Double?) -> [TheilSen.Point] {
        guard let base = ladder.rungs.first.flatMap({ value($0.reading) }) else { return [] }
        return ladder.fittedRungs.compactMap { rung in
            value(rung.reading).map { TheilSen.Point(Double(rung.instances), $0 - base) }
        }
    }

    /// The noise of `MemAvailable` in a ladder, in bytes for each instance between the first and the last fitted rung.
    private static func availableNoise(_ ladder: Ladder) -> Double {
        let rungs = ladder.fittedRungs
        guard let first = rungs.first?.instances, let last = rungs.last?.instances, last > first else { return 0 }
        let range = Double(ladder.noise[.available] ?? 0)
        let drift = abs(Double(ladder.drift[.available] ?? 0))
        let scaled =
            ladder.idleNanoseconds > 0 ? drift * Double(ladder.climbNanoseconds) / Double(ladder.idleNanoseconds) : 0
        return max(range, scaled) / Double(last - first)
    }
}
