import BenchmarkModel
package import HostReadings

/// The density experiment: ramps of instances until something stops them.
struct DensityRamps: Experiment {
    private let experiment: DensityExperiment

    init(_ experiment: DensityExperiment) {
        self.experiment = experiment
    }

    func notes(on bench: Bench) -> [Threat] {
        guard experiment.memoryPressurePercent == nil, bench.host.pressure().memoryFullMicroseconds == nil else {
            return []
        }
        return [
            Threat(
                detector: "memory pressure", severity: .note,
                text: "this kernel shows no pressure (PSI): ramps are not stopped by "
                    + "\(DensityExperiment.defaultMemoryPressurePercent) % of it, which is the default")
        ]
    }

    func observe(_ cell: Cell, block: Plan.Block, on bench: Bench) throws -> [Observation] {
        guard case .density(let most, _) = cell.parameters else {
            throw TareError(.failed, "\(cell.key) is no cell of the density experiment")
        }
        var begun = Observation(
            number: bench.takeNumber(), cell: cell.key, block: block.index, counted: block.counted,
            record: .density(Ramp()))
        let before = bench.host.reading()
        let idle = try bench.waitForQuiet(cell, warnings: &begun.warnings)
        if bench.interruption.isRequested { return [] }
        let crowd = try bench.makeCrowd(parallel: experiment.parallel ?? bench.host.cpus)
        let climb = try RampClimb(
            bench: bench, cell: cell, experiment: experiment, most: most, crowd: crowd, base: idle.reading,
            observation: begun)
        try climb.climb()
        // A ramp that ends in an out-of-memory kill has found something out, and says so by its cause.
        let observation = try bench.finish(
            climb.observation, of: crowd, since: before, onlyWarning: ["out of memory"])
        return observation.map { [$0] } ?? []
    }
}

extension DensityExperiment {
    /// Looks whether every limit that the suite asks for can be watched on this host.
    ///
    /// - Returns: the suite's key of one that cannot, such as `cpu-pressure`; nil where all can.
    package func unwatchable(with pressure: Pressure) -> String? {
        if memoryPressurePercent != nil, pressure.memoryFullMicroseconds == nil { return "memory-pressure" }
        if cpuPressurePercent != nil, pressure.cpuSomeMicroseconds == nil { return "cpu-pressure" }
        return nil
    }
}
