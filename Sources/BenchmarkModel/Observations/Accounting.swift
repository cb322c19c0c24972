/// What became of planned measurements. planned = ok + failed + invalid; where that does not hold, no verdict is given.
package struct Accounting: Sendable, Equatable {
    package var planned: Int
    package var ok: Int
    package var failed: Int
    package var invalid: Int
    /// Observations whose cell is not in the plan, or is one of another experiment: a fault of the record, shown and in no figure.
    package var stray: Int
    /// Whether planned = ok + failed + invalid in every cell that is part of it, and nothing is stray. One cell's surplus does
    /// not make up for what another lacks.
    package var holds: Bool

    package init(planned: Int = 0, ok: Int = 0, failed: Int = 0, invalid: Int = 0, stray: Int = 0) {
        self.planned = planned
        self.ok = ok
        self.failed = failed
        self.invalid = invalid
        self.stray = stray
        holds = planned == ok + failed + invalid && stray == 0
    }

    /// Of a cell; warm-up is not counted.
    package init(planned: Int, _ observations: [Observation]) {
        var (ok, failed, invalid) = (0, 0, 0)
        // By index: a copy of each of a million observations costs more than what is asked of it.
        for index in observations.indices where observations[index].counted {
            switch observations[index].verdict {
            case .ok: ok += 1
            case .failed: failed += 1
            case .invalid: invalid += 1
            }
        }
        self.init(planned: planned, ok: ok, failed: failed, invalid: invalid)
    }

    /// Of all cells of a plan.
    package init(of plan: Plan, _ observations: [Observation]) {
        let byCell = Dictionary(grouping: observations, by: \.cell)
        var known = 0
        var sum = Accounting()
        for cell in plan.cells {
            let mine = (byCell[cell.key] ?? []).filter { $0.record.experiment == cell.experiment }
            known += mine.count
            sum = sum + Accounting(planned: cell.planned, mine)
        }
        self = sum + Accounting(stray: observations.count - known)
    }

    /// Planned measurements of which nothing is on record; negative where there are more than planned.
    package var missing: Int { planned - ok - failed - invalid }

    package static func + (one: Accounting, other: Accounting) -> Accounting {
        var sum = Accounting(
            planned: one.planned + other.planned, ok: one.ok + other.ok, failed: one.failed + other.failed,
            invalid: one.invalid + other.invalid, stray: one.stray + other.stray)
        sum.holds = one.holds && other.holds
        return sum
    }
}

extension Observation {
    /// The outcome as it is reported: what was recorded as `ok` and contradicts itself is not.
    package var verdict: Outcome { outcome == .ok && contradictsItself ? .invalid : outcome }

    /// The reasons as they are reported; never empty for one that is not ok.
    package var verdictReasons: [String] {
        if outcome == .ok { return record.contradiction.map { [$0] } ?? [] }
        return reasons.isEmpty ? ["no reason was recorded"] : reasons
    }
}
