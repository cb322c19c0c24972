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
        var begun = Observation(
            number: bench.takeNumber(), cell: cell.key, block: block.index, counted: block.counted,
            record: .footprint(Ladder()))
        let before = bench.host.reading()
        let idle = try bench.waitForQuiet(cell, warnings: &begun.warnings)
        if bench.interruption.isRequested { return [] }
        if idle.reading[.slabSlack] == nil {
            begun.warnings.append(
                "/proc/slabinfo cannot be read: what instances take out of half-empty slabs is missing in their cost")
        }
        let crowd = try bench.makeCrowd(parallel: bench.host.cpus)
        let climb = LadderClimb(
            bench: bench, cell: cell, most: most, holdSeconds: experiment.holdSeconds, crowd: crowd, idle: idle,
            observation: begun)
        do {
            try climb.climb()
            crowd.end()
        } catch {
            crowd.end()
            throw error
        }
        guard var observation = try bench.finish(climb.observation, of: crowd, since: before) else { return [] }
        let unsettled = climb.ladder.rungs.filter { !$0.settled && $0.instances > 0 }.map { "\($0.instances)" }
        if !unsettled.isEmpty {
            observation.warnings.append(
                "not flat within \(Bench.settleDeadlineSeconds) s at N = \(unsettled.joined(separator: ", "))")
        }
        return [observation]
    }
}
