import BenchmarkModel
import Glibc
import LinuxSystem

/// The density experiment: ramps of instances until something stops them.
extension PlanExecutor {
    func climbRamps(_ climbs: ClimbPlan, _ experiment: DensityExperiment) throws {
        try forEachClimb(of: climbs) { try ramp($0, block: $1, experiment) }
    }

    private func ramp(_ cell: ClimbCell, block: Int, _ experiment: DensityExperiment) throws {
        let begin = MonotonicClock.now()
        var ramp = Ramp(number: nextRamp, cell: cell.key, block: block)
        nextRamp += 1
        let before = reader.read()
        let idle = try waitForQuiet(cell, warnings: &ramp.warnings)
        if interruption.isRequested { return }
        let crowd = try makeCrowd(parallel: experiment.parallel ?? cpus)
        let climber = RampClimber(
            executor: self, cell: cell, experiment: experiment, crowd: crowd, base: idle.reading, ramp: ramp)
        try climber.climb()
        let troubles = try troubles(of: crowd, cell, block: block)
        // What an interruption cut short is no answer to the question.
        if interruption.isRequested { return }
        ramp = climber.ramp
        ramp.warnings += troubles
        // A ramp that ends in an out-of-memory kill has found something out, and says so by its cause.
        try judgeClimb(
            cell, since: before, onlyWarning: ["out of memory"], reasons: &ramp.reasons, warnings: &ramp.warnings)
        if ramp.outcome == .ok, !ramp.reasons.isEmpty { ramp.outcome = .invalid }
        try sink.save(ramp)
        finishClimb(cell, since: begin)
    }
}

extension RampClimber {
    /// The size of the next batch: a quarter of what runs, and near the end no more than half of the room.
    static func batch(after count: Int, room: Int, most: Int, atOnce: Int) -> Int {
        guard count > 0 else { return 1 }
        let growth = min(largestBatch, max(atOnce, count / 4))
        let careful = room > 2 * growth ? growth : max(1, room / 2)
        return max(1, min(growth, careful, most - count))
    }
}
