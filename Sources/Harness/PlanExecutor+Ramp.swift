import BenchmarkModel
import Glibc
import LinuxSystem

/// The density experiment: ramps of instances until something stops them.
extension PlanExecutor {
    func climbRamps(_ climbs: ClimbPlan, _ experiment: DensityExperiment) throws {
        for (block, order) in climbs.blocks.enumerated() {
            for index in order {
                if interruption.isRequested { return }
                try ramp(climbs.cells[index], block: block, experiment)
            }
        }
    }

    private func ramp(_ cell: ClimbCell, block: Int, _ experiment: DensityExperiment) throws {
        let begin = MonotonicClock.now()
        tell(cell, "waiting for a quiet host")
        let before = reader.read()
        let idle = try quiet.wait(deadlineSeconds: PlanExecutor.quietDeadlineSeconds)
        if interruption.isRequested { return }
        let climber = RampClimber(
            executor: self, cell: cell, experiment: experiment,
            crowd: try makeCrowd(parallel: experiment.parallel ?? cpus),
            base: idle.reading)
        climber.ramp = Ramp(number: nextRamp, cell: cell.key, block: block)
        nextRamp += 1
        if !idle.isQuiet {
            climber.ramp.warnings.append("the host was not quiet within \(PlanExecutor.quietDeadlineSeconds) s")
        }
        try climber.climb()
        // What an interruption cut short is no answer to the question.
        if interruption.isRequested { return }
        let threats = Validity.judge(before, reader.read(), scope: .climb, cpus: cpus)
        for var threat in threats {
            // A ramp that ends in an out-of-memory kill has found something out, and says so by its cause.
            if threat.detector == "out of memory" { threat.severity = .warning }
            threat.cell = cell.key
            try sink.save(threat)
            let text = "\(threat.detector): \(threat.text)"
            if threat.severity == .invalid {
                climber.ramp.reasons.append(text)
            } else {
                climber.ramp.warnings.append(text)
            }
        }
        if climber.ramp.outcome == .ok, !climber.ramp.reasons.isEmpty { climber.ramp.outcome = .invalid }
        try sink.save(climber.ramp)
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
