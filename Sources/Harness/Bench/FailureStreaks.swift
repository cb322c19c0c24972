import BenchmarkModel

/// Failures in a row, by cell: what fails every time is not tried to the end.
struct FailureStreaks {
    /// After so many the rest of a cell is not attempted: each is counted as failed, with that reason.
    static let failuresToGiveUp = 3

    private var streaks: [String: (count: Int, reason: String)] = [:]

    /// Why the next one of a cell is not attempted, in words; nil where it is.
    func reasonToGiveUp(_ cell: Cell) -> String? {
        guard let streak = streaks[cell.key], streak.count >= FailureStreaks.failuresToGiveUp else { return nil }
        return "not attempted after \(streak.count) failures in a row: \(streak.reason)"
    }

    mutating func note(_ observations: [Observation], of cell: Cell) {
        for observation in observations {
            if observation.outcome == .failed {
                let count = (streaks[cell.key]?.count ?? 0) + 1
                streaks[cell.key] = (count, observation.reasons.first ?? "")
            } else {
                streaks[cell.key] = nil
            }
        }
    }
}
