/// The footprint experiment of a suite: what does one more idle instance cost the host?
package struct FootprintExperiment: Sendable, Equatable, Codable {
    /// Ladders a cell; each is climbed from an empty baseline.
    package var ladders: Int
    /// The most instances of a ladder. It may end earlier, see ``Ladder/Ending``.
    package var cap: Int
    /// How long the instances of the top rung idle while their CPU time is measured, in seconds.
    package var holdSeconds: Double
    /// The workloads that are measured; nil for all of the suite.
    package var workloads: [String]?
    /// The platforms that are measured; nil for all of the suite.
    package var platforms: [String]?

    /// The fewest ladders of which an interval can be made.
    package static let fewestLadders = 3

    package init(
        ladders: Int = FootprintExperiment.fewestLadders, cap: Int = 64, holdSeconds: Double = 5,
        workloads: [String]? = nil, platforms: [String]? = nil
    ) {
        self.ladders = ladders
        self.cap = cap
        self.holdSeconds = holdSeconds
        self.workloads = workloads
        self.platforms = platforms
    }
}
