package import BenchmarkModel

/// A ladder with what became of it.
package struct MeasuredLadder: Sendable {
    /// A rung with instances.
    package struct Step: Sendable, Equatable {
        package var instances: Int
        /// What it costs the host's ledger, in bytes an instance; nil where that could not be read.
        package var bytesEach: Double?
        /// Whether the line is drawn through it.
        package var isFitted: Bool
        package var settled: Bool
    }

    /// Which ladder of the run it is, from 1.
    package var ordinal: Int
    package var observation: Observation
    package var ladder: Ladder

    init?(_ observation: Observation, ordinal: Int) {
        guard let ladder = observation.ladder else { return nil }
        self.ordinal = ordinal
        self.observation = observation
        self.ladder = ladder
    }

    /// The rungs in order, without the empty baseline.
    package var steps: [Step] {
        let fitted = Set(ladder.fittedRungs.map(\.instances))
        return ladder.rungs.filter { $0.instances > 0 }.map { rung in
            Step(
                instances: rung.instances,
                bytesEach: ladder.cost(of: rung).map { Double($0) / Double(rung.instances) },
                isFitted: fitted.contains(rung.instances), settled: rung.settled)
        }
    }
}
