import BenchmarkModel
import HostReadings

/// The startup experiment: how long an instance takes from the request to ready.
final class StartupSamples: Experiment {
    private var failures = FailureStreaks()

    /// One pass of a cell, from the staging of its instances to their end.
    func observe(_ cell: Cell, block: Plan.Block, on bench: Bench) throws -> [Observation] {
        guard let mode = cell.mode else { throw TareError(.failed, "\(cell.key) is no cell of the startup experiment") }
        let measurement = StartMeasurement(cell: cell, block: block, bench: bench)
        if let reason = failures.reasonToGiveUp(cell) {
            return (0..<mode.requestsPerPass).map { _ in measurement.unattempted(reason) }
        }
        let observations = try StartupPass(mode: mode, measurement: measurement).run()
        failures.note(observations, of: cell)
        return bench.interruption.isRequested ? observations.filter { $0.outcome == .ok } : observations
    }

    func notes(on bench: Bench) -> [Threat] { bench.notePeak(of: "start") }

    func judge(
        _ block: Plan.Block, _ observations: [Observation], since before: HostReading, on bench: Bench
    ) throws -> [Observation] {
        try bench.judgeShortSamples(block, observations, since: before)
    }
}
