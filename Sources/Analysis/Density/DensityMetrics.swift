import BenchmarkModel

extension DensityCell {
    /// The most important one first.
    package static let metrics: [CellMetric<DensityCell>] = [
        .init("density.instances", "N", .count, .higherIsBetter, version: .ledger, isHeadline: true) {
            $0.mostInstances
        },
        .init("density.predicted", "predicted N", .count, .higherIsBetter, version: .ledger) { $0.predicted },
        .init("density.used", "used", .bytes, .lowerIsBetter, version: .ledger) { $0.figure($0.usedBytes) },
        .init("density.ramp", "ramp", .nanoseconds, .lowerIsBetter) { $0.time(\.rampNanoseconds) },
        .init("density.teardown", "teardown", .nanoseconds, .lowerIsBetter) { $0.time(\.teardownNanoseconds) },
    ]

    private var mostInstances: Estimate? {
        guard let answer else { return nil }
        let range = accounting.ok > 1 ? range.map { Double($0.lowerBound)...Double($0.upperBound) } : nil
        return Estimate(
            Double(answer.instances), n: accounting.ok, range: range, isLowerBound: isAtLeast,
            evidence: handful { Double($0.instances) })
    }

    private var predicted: Estimate? {
        prediction.map { Estimate($0.instances, $0.interval, n: $0.ladders) }
    }

    private func figure(_ value: (some BinaryInteger)?) -> Estimate? {
        value.map { Estimate(Double($0), n: accounting.ok) }
    }

    private func time(_ figure: (Ramp) -> UInt64) -> Estimate? {
        answer.map { Estimate(Double(figure($0)), n: accounting.ok, evidence: handful { Double(figure($0)) }) }
    }

    /// What each ramp that counts gave.
    private func handful(_ figure: (Ramp) -> Double) -> Evidence {
        .handful(ramps.filter { $0.observation.counted && $0.observation.verdict == .ok }.map { figure($0.ramp) })
    }
}
