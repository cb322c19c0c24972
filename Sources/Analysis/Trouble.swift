import BenchmarkModel

/// Observations that share a cell, an outcome and a reason.
package struct Trouble: Sendable, Equatable {
    /// The ``Cell/key``.
    package var cell: String
    /// `failed`, `invalid` or `ok, with a warning`.
    package var outcome: String
    /// Whether they are counted; false for warm-up.
    package var counted: Bool
    /// The reason, in words.
    package var reason: String
    /// The numbers of the observations, ascending.
    package var numbers: [Int]

    private struct Key: Hashable {
        var cell: String
        var outcome: String
        var counted: Bool
        var reason: String
    }

    /// What failed, is invalid or was warned of; nothing is left out.
    ///
    /// - Parameter observations: by ascending number.
    static func all(in observations: [Observation]) -> [Trouble] {
        var found: [Trouble] = []
        var places: [Key: Int] = [:]
        for observation in observations {
            let verdict = observation.verdict
            guard verdict != .ok || !observation.warnings.isEmpty else { continue }
            let told =
                observation.verdictReasons.map { (verdict.rawValue, $0) }
                + observation.warnings.map { ("\(verdict.rawValue), with a warning", $0) }
            for (outcome, reason) in told {
                let key = Key(
                    cell: observation.cell, outcome: outcome, counted: observation.counted, reason: reason)
                if let place = places[key] {
                    if found[place].numbers.last != observation.number {
                        found[place].numbers.append(observation.number)
                    }
                } else {
                    places[key] = found.count
                    found.append(
                        Trouble(
                            cell: key.cell, outcome: outcome, counted: key.counted, reason: reason,
                            numbers: [observation.number]))
                }
            }
        }
        return found
    }
}
