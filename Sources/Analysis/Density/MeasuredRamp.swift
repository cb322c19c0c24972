package import BenchmarkModel
import Statistics

/// A ramp with what became of it.
package struct MeasuredRamp: Sendable {
    /// Which ramp of the run it is, from 1.
    package var ordinal: Int
    package var observation: Observation
    package var ramp: Ramp

    init?(_ observation: Observation, ordinal: Int) {
        guard let ramp = observation.ramp else { return nil }
        self.ordinal = ordinal
        self.observation = observation
        self.ramp = ramp
    }
}

/// A point of a ramp with its figures; what could not be read is nil.
package struct CurvePoint: Sendable, Equatable {
    package var instances: Int
    /// Since the ramp's first request.
    package var elapsedNanoseconds: UInt64
    /// Of the batch's startups.
    package var startupMedianNanoseconds: Double?
    /// Of the last 40 startups (``Ramp/judgedStarts``), as the limit on them is judged; nil before there are 20.
    package var startupP95Nanoseconds: Double?
    /// What the instances cost the host's ledger.
    package var usedBytes: Int64?
    /// What is charged to the instances.
    package var chargedBytes: Int64?
    package var availableBytes: Int64?
    package var memoryPressurePercent: Double?
    package var cpuPressurePercent: Double?

    /// The points of a ramp, in their order.
    package static func all(of ramp: Ramp) -> [CurvePoint] {
        var startups: [UInt64] = []
        return ramp.points.map { point in
            startups = Array((startups + point.startupsNanoseconds).suffix(Ramp.judgedStarts))
            let isEnough = startups.count >= Sampled.fewestForP95
            let batch = Quantiles(point.startupsNanoseconds.map { Double($0) })
            return CurvePoint(
                instances: point.instances, elapsedNanoseconds: point.elapsedNanoseconds,
                startupMedianNanoseconds: batch?.median,
                startupP95Nanoseconds: isEnough ? Ramp.judgedP95(startups).map { Double($0) } : nil,
                usedBytes: ramp.used(at: point), chargedBytes: ramp.charged(at: point),
                availableBytes: point.reading[.available], memoryPressurePercent: point.memoryPressurePercent,
                cpuPressurePercent: point.cpuPressurePercent)
        }
    }

    /// A dozen points at the most, the first and the last among them.
    package static func dozen(_ points: [CurvePoint]) -> [CurvePoint] {
        guard points.count > 12 else { return points }
        return (0..<12).map { points[$0 * (points.count - 1) / 11] }
    }
}

extension Ramp {
    /// What the instances cost the host at a point, in bytes of the ledger.
    fileprivate func used(at point: Point) -> Int64? {
        guard let base = points.first?.reading.ledger, let ledger = point.reading.ledger else { return nil }
        return ledger - base
    }

    /// What was charged to the instances at a point, in bytes.
    fileprivate func charged(at point: Point) -> Int64? {
        guard let base = points.first?.reading.charged, let charged = point.reading.charged else { return nil }
        return charged - base
    }

    /// From the first request to the last instance being ready, in nanoseconds.
    package var rampNanoseconds: UInt64 { points.last { !$0.startupsNanoseconds.isEmpty }?.elapsedNanoseconds ?? 0 }
}
