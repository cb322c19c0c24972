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
    // What is asked of each of a million observations again and again is kept beside the record, and these two where there is room.
    /// Whether it is a start for which an instance was made.
    package private(set) var isAttemptedStart = false
    /// Whether its record is no answer although it may have been recorded as ok.
    private(set) var contradictsItself = false
    /// Why it failed or is invalid, in words; empty for `ok`.
    package var reasons: [String]
    /// What was noticed that does not invalidate it.
    package var warnings: [String]
    /// What its experiment recorded.
    package var record: Record { didSet { look() } }
    private var startupTime = MaybeNumber(nil)

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
        look()
    }

    /// From `requested` to `ready`, in nanoseconds; nil where it is of another experiment or has no such time.
    package var startupNanoseconds: UInt64? { startupTime.value }

    private mutating func look() {
        contradictsItself = record.contradiction != nil
        startupTime = MaybeNumber(nil)
        isAttemptedStart = false
        guard case .startup(let start) = record else { return }
        startupTime = MaybeNumber(start.startupNanoseconds)
        isAttemptedStart = start.hasInstance
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

/// What is asked of each of a million observations. A copy of the whole of each costs more than the answer.
package struct Glimpse {
    package var number: Int
    package var block: Int
    package var counted: Bool
    package var verdict: Observation.Outcome
    /// As ``Observation/startupNanoseconds``.
    package var startupNanoseconds: UInt64?
    /// As ``Observation/isAttemptedStart``.
    package var isAttemptedStart: Bool
    package var hasWarnings: Bool
}

extension [Observation] {
    package func glimpse(at index: Int) -> Glimpse {
        Glimpse(
            number: self[index].number, block: self[index].block, counted: self[index].counted,
            verdict: self[index].verdict, startupNanoseconds: self[index].startupNanoseconds,
            isAttemptedStart: self[index].isAttemptedStart, hasWarnings: !self[index].warnings.isEmpty)
    }
}
