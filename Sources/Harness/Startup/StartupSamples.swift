import BenchmarkModel
import HostReadings
import LinuxSystem

/// The startup experiment: how long an instance takes from the request to ready.
final class StartupSamples: Experiment {
    private var failuresInARow: [String: (count: Int, reason: String)] = [:]

    /// After so many failures in a row the rest of a cell is not attempted: each is counted as failed, with that reason.
    static let failuresToGiveUp = 3

    /// One pass of a cell, from the staging of its instances to their end.
    func observe(_ cell: Cell, block: Plan.Block, on bench: Bench) throws -> [Observation] {
        guard let mode = cell.mode else { throw TareError(.failed, "\(cell.key) is no cell of the startup experiment") }
        let pass = StartupPass(cell: cell, mode: mode, block: block, bench: bench)
        if let failures = failuresInARow[cell.key], failures.count >= StartupSamples.failuresToGiveUp {
            let reason = "not attempted after \(failures.count) failures in a row: \(failures.reason)"
            return (0..<mode.requestsPerPass).map { _ in pass.unattempted(reason) }
        }
        let observations = try pass.run()
        note(cell, observations)
        return bench.interruption.isRequested ? observations.filter { $0.outcome == .ok } : observations
    }

    private func note(_ cell: Cell, _ observations: [Observation]) {
        for observation in observations {
            if observation.outcome == .failed {
                let count = (failuresInARow[cell.key]?.count ?? 0) + 1
                failuresInARow[cell.key] = (count, observation.reasons.first ?? "")
            } else {
                failuresInARow[cell.key] = nil
            }
        }
    }

    /// Judges a whole block: what short samples cannot show by themselves.
    func judge(
        _ block: Plan.Block, _ observations: [Observation], since before: HostReading, on bench: Bench
    ) throws -> [Observation] {
        var changed: [Int: Observation] = [:]
        for threat in try bench.judge(since: before, scope: .block, block: block.index)
        where threat.severity == .invalid {
            for observation in observations where observation.outcome != .failed {
                guard let nanoseconds = observation.startup?.startupNanoseconds,
                    nanoseconds < Validity.shortestJudgedNanoseconds
                else { continue }
                var one = changed[observation.number] ?? observation
                one.outcome = .invalid
                one.reasons.append("\(threat.detector) (in block \(block.index)): \(threat.text)")
                changed[observation.number] = one
            }
        }
        return changed.values.sorted { $0.number < $1.number }
    }
}
