import BenchmarkModel
import HostReadings

/// The footprint experiment: ladders of idle instances.
struct FootprintLadders: Experiment {
    private let experiment: FootprintExperiment

    init(_ experiment: FootprintExperiment) {
        self.experiment = experiment
    }

    func observe(_ cell: Cell, block: Plan.Block, on bench: Bench) throws -> [Observation] {
        guard case .footprint(let most) = cell.parameters else {
            throw TareError(.failed, "\(cell.key) is no cell of the footprint experiment")
        }
        var observation = Observation(
            number: bench.takeNumber(), cell: cell.key, block: block.index, counted: block.counted,
            record: .footprint(Ladder()))
        let before = bench.host.reading()
        let idle = try bench.waitForQuiet(cell, warnings: &observation.warnings)
        if bench.interruption.isRequested { return [] }
        if idle.reading[.slabSlack] == nil {
            observation.warnings.append(
                "/proc/slabinfo cannot be read: what instances take out of half-empty slabs is missing in their cost")
        }
        let crowd = try bench.makeCrowd(parallel: bench.host.cpus)
        let climb = LadderClimb(
            bench: bench, cell: cell, most: most, holdSeconds: experiment.holdSeconds, crowd: crowd, idle: idle,
            observation: observation)
        do {
            try climb.climb()
            crowd.end()
        } catch {
            crowd.end()
            throw error
        }
        observation = climb.observation
        observation.warnings += try bench.leftBehind(by: crowd, cell, block: block.index)
        if bench.interruption.isRequested { return [] }
        let threats = try bench.judge(since: before, scope: .climb, cell: cell.key)
        observation.reasons += threats.reasons
        observation.warnings += threats.warnings
        if observation.outcome == .ok, !observation.reasons.isEmpty { observation.outcome = .invalid }
        let unsettled = climb.ladder.rungs.filter { !$0.settled && $0.instances > 0 }.map { "\($0.instances)" }
        if !unsettled.isEmpty {
            observation.warnings.append(
                "not flat within \(Bench.settleDeadlineSeconds) s at N = \(unsettled.joined(separator: ", "))")
        }
        return [observation]
    }
}
