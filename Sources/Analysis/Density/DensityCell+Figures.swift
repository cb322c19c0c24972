import BenchmarkModel
import Statistics

extension DensityCell {
    /// All cells of the experiment.
    static func all(_ observed: [ObservedCell], of run: Run, footprints: [FootprintCell]) -> [DensityCell] {
        observed.compactMap { one in
            guard case .density(_, let budget) = one.cell.parameters else { return nil }
            let memory = run.suite.workloads.first { $0.name == one.cell.workload }?.memoryBytes ?? 0
            let footprint = footprints.first {
                $0.cell.workload == one.cell.workload && $0.cell.platform == one.cell.platform && $0.isSound
            }
            return DensityCell(one, budgetBytes: budget, memoryBytes: memory, footprint: footprint)
        }
    }

    private init(_ observed: ObservedCell, budgetBytes: UInt64, memoryBytes: UInt64, footprint: FootprintCell?) {
        self.observed = observed
        self.budgetBytes = budgetBytes
        ramps = zip(observed.observations, observed.ordinals).compactMap(MeasuredRamp.init)
        let good = ramps.filter { $0.observation.counted && $0.observation.verdict == .ok }
            .sorted { $0.ramp.instances < $1.ramp.instances }
        let middle = good.isEmpty ? nil : good[(good.count - 1) / 2]
        answer = middle?.ramp
        warnings = middle?.observation.warnings ?? []
        if let least = good.first?.ramp.instances, let most = good.last?.ramp.instances { range = least...most }
        requestedBytes = middle.map { memoryBytes * UInt64(max(0, $0.ramp.instances)) }
        curve = middle.map { CurvePoint.all(of: $0.ramp) } ?? []
        prediction = footprint.flatMap { DensityCell.predict(budgetBytes, from: $0, measured: middle?.ramp) }
    }

    private static func predict(_ budget: UInt64, from footprint: FootprintCell, measured: Ramp?) -> Prediction? {
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
            isOtherQuestion: measured?.cause != .memoryBudget, ladders: footprint.accounting.ok)
    }
}
