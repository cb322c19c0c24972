package import BenchmarkModel
package import HostReadings

/// A kind of measurement. Everything it needs of the host it gets from the bench.
package protocol Experiment {
    /// Measures one pass of a cell.
    ///
    /// - Returns: what is to be committed; empty where somebody asked to end.
    /// - Throws: what makes it impossible to go on; nothing of the pass is left on the host then.
    func observe(_ cell: Cell, block: Plan.Block, on bench: Bench) throws -> [Observation]

    /// Judges what can only be seen over a whole block, and gives the observations that this changes.
    ///
    /// - Parameter before: the host as the block began.
    func judge(
        _ block: Plan.Block, _ observations: [Observation], since before: HostReading, on bench: Bench
    ) throws -> [Observation]

    /// What the experiment cannot watch on this host though it would by default, in words.
    func notes(on bench: Bench) -> [Threat]
}

extension Experiment {
    package func judge(
        _ block: Plan.Block, _ observations: [Observation], since before: HostReading, on bench: Bench
    ) throws -> [Observation] { [] }

    package func notes(on bench: Bench) -> [Threat] { [] }
}

extension Suite {
    /// The experiments that the suite asks for, by name: one line registers one.
    package func makeExperiments() -> [String: any Experiment] {
        var made: [String: any Experiment] = [:]
        if let startup { made[startup.name] = StartupSamples() }
        if let footprint { made[footprint.name] = FootprintLadders(footprint) }
        if let task { made[task.name] = TaskSamples() }
        if let density { made[density.name] = DensityRamps(density) }
        return made
    }
}
