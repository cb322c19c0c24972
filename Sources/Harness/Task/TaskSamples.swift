import BenchmarkModel
import HostReadings

/// The task experiment: commands that run to their end, with the figures that they print of themselves.
final class TaskSamples: Experiment {
    private var failures = FailureStreaks()

    /// One run of a cell's command.
    func observe(_ cell: Cell, block: Plan.Block, on bench: Bench) throws -> [Observation] {
        guard cell.parameters == .task else {
            throw TareError(.failed, "\(cell.key) is no cell of the task experiment")
        }
        let pass = TaskPass(measurement: StartMeasurement(cell: cell, block: block, bench: bench))
        if let reason = failures.reasonToGiveUp(cell) { return [pass.unattempted(reason)] }
        let observation = try pass.run()
        failures.note([observation], of: cell)
        return bench.interruption.isRequested && observation.outcome != .ok ? [] : [observation]
    }

    func notes(on bench: Bench) -> [Threat] { bench.notePeak(of: "task") }

    func judge(
        _ block: Plan.Block, _ observations: [Observation], since before: HostReading, on bench: Bench
    ) throws -> [Observation] {
        try bench.judgeShortSamples(block, observations, since: before)
    }
}
