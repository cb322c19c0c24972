/// What one measurement of a cell gave.
package struct Observation: Sendable, Equatable {
    /// What became of it. planned = ok + failed + invalid, always.
    package enum Outcome: String, Sendable, Codable, CaseIterable {
        /// It counts.
        case ok
        /// An instance did not become ready, or did not stay alive.
        case failed
        /// It was measured while something made figures wrong, or what it recorded contradicts itself.
        case invalid
    }

    /// Its number in the run, from 1, in the order of measurement.
    package var number: Int
    /// The ``Cell/key``.
    package var cell: String
    /// The ``Block/index``.
    package var block: Int
    /// Whether it is counted; false for warm-up.
    package var counted: Bool
    package var outcome: Outcome
    /// Why it failed or is invalid, in words; empty for `ok`.
    package var reasons: [String]
    /// What was noticed that does not invalidate it.
    package var warnings: [String]
    /// What its experiment recorded.
    package var record: Record

    package init(
        number: Int, cell: String, block: Int, counted: Bool = true, outcome: Outcome = .ok, reasons: [String] = [],
        warnings: [String] = [], record: Record
    ) {
        self.number = number
        self.cell = cell
        self.block = block
        self.counted = counted
        self.outcome = outcome
        self.reasons = reasons
        self.warnings = warnings
        self.record = record
    }

    /// As it is stored while it is still being measured: what was read is kept, and should it never end, it is counted and
    /// answers nothing.
    package var brokenOff: Observation {
        var copy = self
        copy.outcome = .invalid
        copy.reasons.append("it was broken off")
        return copy
    }
}
