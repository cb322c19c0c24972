import BenchmarkModel
import Statistics

extension FootprintCell {
    /// All cells of the experiment, those that depend on others included.
    static func all(_ observed: [ObservedCell], of run: Run, resamples: Int) -> [FootprintCell] {
        let mine = observed.filter { if case .footprint = $0.cell.parameters { true } else { false } }
        var cells = mine.concurrently { FootprintCell($0, seed: run.plan.seed, resamples: resamples) }
        for workload in cells.map(\.cell.workload).uniqued() {
            let members = cells.indices.filter { cells[$0].cell.workload == workload }
            if let slope = cells.inOrderOfNaming(workload).first?.ledger?.slope, slope > 0,
                let reference = cells.inOrderOfNaming(workload).first?.cell.key
            {
                for member in members where cells[member].isSound && cells[member].cell.key != reference {
                    cells[member].ratioToReference = cells[member].ledger.map { $0.slope / slope }
                }
            }
            guard let none = members.first(where: { cells[$0].traits?.parts == [] && cells[$0].ledger != nil }),
                let base = cells[none].ledger?.slope
            else { continue }
            for member in members where cells[member].traits?.parts != nil {
                cells[member].moreThanNone = cells[member].ledger.map { $0.slope - base }
            }
        }
        return cells
    }

    init(_ observed: ObservedCell, seed: UInt64, resamples: Int) {
        self.observed = observed
        ladders = zip(observed.observations, observed.ordinals).compactMap(MeasuredLadder.init)
        let good = observed.good.compactMap(\.ladder)
        var random = SplitMix64(seed: seed, name: observed.cell.key)
        func line(_ value: @escaping (MemoryReading) -> Double?) -> Line? {
            TheilSen.line(through: good.map { FootprintCell.points($0, value) }, resamples: resamples, using: &random)
        }
        ledger = line { $0.ledger.map { Double($0) } }
        charged = line { $0.charged.map { Double($0) } }
        availableFall = line { $0[.available].map { -Double($0) } }
        func slope(_ value: (MemoryReading) -> Int64?) -> Double? {
            TheilSen.slope(through: good.map { FootprintCell.points($0) { value($0).map { Double($0) } } })
        }
        slopes = [:]
        for figure in MemoryFigure.allCases { slopes[figure] = slope { $0[figure] } }
        daemonBytes = Quantiles(good.compactMap { $0.rungs.first?.reading[.pssDaemons].map(Double.init) })?.median
        takes = Take.all(of: good)
        mostInstances = good.compactMap { $0.rungs.last?.instances }.max() ?? 0
        warnings = Array(Set(observed.good.flatMap(\.warnings))).sorted()
        idleCPUs = good.compactMap { ladder in
            guard let cpu = ladder.idleCPUNanoseconds, ladder.idleNanoseconds > 0,
                let top = ladder.rungs.last?.instances, top > 0
            else { return nil }
            return Double(cpu) / Double(ladder.idleNanoseconds) / Double(top)
        }
        if let ledger, let fall = availableFall {
            let noise = good.map(FootprintCell.availableNoise).max() ?? 0
            let bytes = fall.slope - ledger.slope
            let share = ledger.slope != 0 ? abs(bytes / ledger.slope) : 0
            var parts: Residual.Parts?
            if let lists = slopes[.freeLists], let cache = slope(\.uncountedCache), let named = slope(\.named) {
                parts = Residual.Parts(freeLists: lists, uncountedCache: cache, unexplained: -named)
            }
            let rest = abs(parts?.unexplained ?? bytes)
            residual = Residual(
                bytes: bytes, share: share, noiseBytes: noise, parts: parts,
                isFlagged: rest > FootprintCell.residualTolerance * abs(ledger.slope) && rest > noise)
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
