import BenchmarkModel
import Statistics

extension FootprintCell {
    /// The most important one first. `fixed` is the platform's own; all others are for each further instance.
    package static let metrics: [CellMetric<FootprintCell>] = [
        .init("footprint.ledger", "ledger", .bytes, .lowerIsBetter, version: .ledger, isHeadline: true) {
            $0.slope($0.ledger)
        },
        .init("footprint.idle-cpu", "idle CPU", .cpuShare, .lowerIsBetter, scale: .difference(resolution: 1e-4)) {
            $0.idle
        },
        .init("footprint.charged", "charged", .bytes, .lowerIsBetter) { $0.slope($0.charged) },
        .init("footprint.fixed", "fixed cost", .bytes, .lowerIsBetter, version: .ledger, scale: .ofRests) {
            $0.intercept($0.ledger)
        },
        .init("footprint.available-fall", "fall of MemAvailable", .bytes, .lowerIsBetter) { $0.fall },
        .init("footprint.pss", "sum of PSS", .bytes, .lowerIsBetter) { $0.figure($0.pss) },
        .init("footprint.runtime", "runtime (PSS)", .bytes, .lowerIsBetter, scale: .ofRests) {
            $0.figure($0.slopes[.pssRuntime])
        },
        .init("footprint.daemon", "daemon (PSS), once", .bytes, .lowerIsBetter) { $0.figure($0.daemonBytes) },
        .init("footprint.daemon-growth", "growth of the daemon (PSS)", .bytes, .lowerIsBetter, scale: .ofRests) {
            $0.daemonBytes == nil ? nil : $0.figure($0.slopes[.pssDaemons])
        },
        .init("footprint.residual", "residual", .bytes, .lowerIsBetter, version: .ledger, scale: .ofRests) {
            $0.residue(\.bytes)
        },
        .init("footprint.noise", "its noise", .bytes, .lowerIsBetter, scale: .ofRests) { $0.residue(\.noiseBytes) },
        .init("footprint.unexplained", "unexplained", .bytes, .lowerIsBetter, scale: .ofRests) {
            $0.residue { $0.parts?.unexplained }
        },
    ]

    private func slope(_ line: Line?) -> Estimate? {
        line.map { Estimate($0.slope, $0.slopeInterval, n: accounting.ok, evidence: .interval($0.slopeInterval)) }
    }

    private func intercept(_ line: Line?) -> Estimate? {
        line.map {
            Estimate($0.intercept, $0.interceptInterval, n: accounting.ok, evidence: .interval($0.interceptInterval))
        }
    }

    private var fall: Estimate? { slope(availableFall) }

    private func figure(_ value: Double?) -> Estimate? {
        value.map { Estimate($0, n: accounting.ok) }
    }

    private func residue(_ part: (Residual) -> Double?) -> Estimate? { figure(residual.flatMap(part)) }

    private var idle: Estimate? { idleCPU.map { Estimate($0, n: idleCPUs.count, evidence: .handful(idleCPUs)) } }
}

extension Scale {
    /// For what is near zero, or on either side of it.
    fileprivate static let ofRests = Scale.difference(resolution: 65_536)
}
