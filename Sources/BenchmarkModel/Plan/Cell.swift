/// One (experiment, workload, platform, parameters) combination.
package struct Cell: Sendable, Equatable {
    /// `EXPERIMENT/WORKLOAD/PLATFORM/PARAMETERS`: unique in a run and equal between runs of the same suite.
    package var key: String
    /// The workload's name.
    package var workload: String
    /// The platform's name.
    package var platform: String
    package var parameters: Parameters
    /// How many counted observations are planned; 0 where ``impossible`` says why.
    package var planned: Int
    /// Why this cell cannot be measured at all, in words; nil where it can.
    package var impossible: String?

    package init(
        workload: String, platform: String, parameters: Parameters, planned: Int = 0, impossible: String? = nil
    ) {
        self.key = "\(parameters.experiment)/\(workload)/\(platform)/\(parameters.key)"
        self.workload = workload
        self.platform = platform
        self.parameters = parameters
        self.planned = planned
        self.impossible = impossible
    }

    /// The experiment's name.
    package var experiment: String { parameters.experiment }

    /// The mode of a startup cell; nil where it is of another experiment.
    package var mode: StartupMode? { if case .startup(let mode) = parameters { mode } else { nil } }
}
