/// What a suite says of an experiment: enough to draw its part of the plan.
package protocol ExperimentSettings: Sendable {
    /// The workloads that are measured; nil for all of the suite.
    var workloads: [String]? { get }
    /// The platforms that are measured; nil for all of the suite.
    var platforms: [String]? { get }
    /// The name of the experiment, as ``Cell/experiment``.
    var name: String { get }
    /// Passes over all cells of a stage that are recorded first and not counted.
    var warmupBlocks: Int { get }
    /// The most instances of the experiment that run at the same time.
    var mostInstances: Int { get }
    /// The cells of a workload on a platform, in the order of showing.
    func cells(_ workload: Workload, _ platform: PlatformSpec) -> [PlannedCell]
}

/// A cell with its place in the plan.
package struct PlannedCell: Sendable {
    package var cell: Cell
    /// In how many counted blocks it is measured.
    package var passes: Int
    /// Cells of one stage share blocks; stages follow one another in the order of their numbers.
    package var stage: Int

    package init(_ cell: Cell, passes: Int, stage: Int = 0) {
        self.cell = cell
        self.passes = cell.impossible == nil ? passes : 0
        self.stage = stage
        self.cell.planned = self.passes * cell.parameters.observationsPerPass
    }
}

extension ExperimentSettings {
    package var warmupBlocks: Int { 0 }
}

extension StartupExperiment: ExperimentSettings {
    package var name: String { Parameters.startup(.warm).experiment }
    package var mostInstances: Int { modes.map(\.instancesAtOnce).max() ?? 1 }

    /// A pass of a cell may hold several requests (`concurrent-k`): it is then measured in ceil(samples / k) blocks.
    ///
    /// A sample for which the caches were dropped leaves them cold for the next one, so cold cells form a stage of their own, with a
    /// warm-up of its own.
    package func cells(_ workload: Workload, _ platform: PlatformSpec) -> [PlannedCell] {
        modes.map { mode in
            let perPass = mode.requestsPerPass
            let cell = Cell(
                workload: workload.name, platform: platform.name, parameters: .startup(mode),
                impossible: mode.impossible(workload, platform))
            return PlannedCell(cell, passes: (samples + perPass - 1) / perPass, stage: mode == .cold ? 1 : 0)
        }
    }
}

extension StartupMode {
    /// Why a workload cannot be started like this on a platform, or nil.
    fileprivate func impossible(_ workload: Workload, _ platform: PlatformSpec) -> String? {
        if case .occupied = self, let reason = Plan.endsWhenReady(workload) { return reason }
        return instancesAtOnce > 1 ? Plan.sharedPort(workload, platform) : nil
    }
}

extension TaskExperiment: ExperimentSettings {
    package var name: String { Parameters.task.experiment }
    package var mostInstances: Int { 1 }

    /// Only commands that end are tasks. Where the suite lists workloads, its reader has refused others.
    package func cells(_ workload: Workload, _ platform: PlatformSpec) -> [PlannedCell] {
        guard workload.readiness == .completed else { return [] }
        return [
            PlannedCell(
                Cell(workload: workload.name, platform: platform.name, parameters: .task), passes: samples)
        ]
    }
}

extension FootprintExperiment: ExperimentSettings {
    package var name: String { Parameters.footprint(most: cap).experiment }
    package var mostInstances: Int { cap }

    package func cells(_ workload: Workload, _ platform: PlatformSpec) -> [PlannedCell] {
        let cell = Cell(
            workload: workload.name, platform: platform.name, parameters: .footprint(most: cap),
            impossible: Plan.endsWhenReady(workload) ?? (cap > 1 ? Plan.sharedPort(workload, platform) : nil))
        return [PlannedCell(cell, passes: ladders)]
    }
}

extension DensityExperiment: ExperimentSettings {
    package var name: String { Parameters.density(most: ceiling, budgetBytes: budgetBytes).experiment }
    package var mostInstances: Int { ceiling }

    package func cells(_ workload: Workload, _ platform: PlatformSpec) -> [PlannedCell] {
        let cell = Cell(
            workload: workload.name, platform: platform.name,
            parameters: .density(most: ceiling, budgetBytes: budgetBytes),
            impossible: Plan.endsWhenReady(workload) ?? (ceiling > 1 ? Plan.sharedPort(workload, platform) : nil))
        return [PlannedCell(cell, passes: ramps)]
    }
}
