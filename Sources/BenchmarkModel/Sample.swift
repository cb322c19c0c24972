/// One measurement in a cell: its marks, its values, its outcome.
public struct Sample: Sendable, Equatable, Codable {
    /// What became of it. planned = ok + failed + invalid, always.
    public enum Outcome: String, Sendable, Codable, CaseIterable {
        /// It counts.
        case ok
        /// The instance did not become ready.
        case failed
        /// It was measured while something made figures wrong, or its marks contradict each other.
        case invalid
    }

    /// Its number in the run, from 1, in the order of measurement.
    public var number: Int
    /// The ``Cell/key``.
    public var cell: String
    /// The ``Plan/Block/index``.
    public var block: Int
    /// Whether it is counted; false for warm-up.
    public var counted: Bool
    /// The instance's name.
    public var instance: String
    /// What became of it.
    public var outcome: Outcome
    /// Why it failed or is invalid, in words; empty for `ok`.
    public var reasons: [String]
    /// What was noticed that does not invalidate it.
    public var warnings: [String]
    /// Its marks in order of time.
    public var marks: [Mark]
    /// User and system time of everything the start used until ready, in nanoseconds; nil where it could not be read.
    public var cpuNanoseconds: UInt64?
    /// How long the host was left alone before t0, in nanoseconds: from the end of staging to right before the request. nil
    /// where nothing was requested, and in samples of startup's first definition, which had no rest.
    public var restNanoseconds: UInt64?

    /// Makes a sample.
    public init(
        number: Int, cell: String, block: Int, counted: Bool, instance: String, outcome: Outcome,
        reasons: [String] = [], warnings: [String] = [], marks: [Mark], cpuNanoseconds: UInt64? = nil,
        restNanoseconds: UInt64? = nil
    ) {
        self.number = number
        self.cell = cell
        self.block = block
        self.counted = counted
        self.instance = instance
        self.outcome = outcome
        self.reasons = reasons
        self.warnings = warnings
        self.marks = marks
        self.cpuNanoseconds = cpuNanoseconds
        self.restNanoseconds = restNanoseconds
    }

    /// The time of a mark, in nanoseconds of the host's monotonic clock.
    public func time(of name: MarkName) -> UInt64? {
        marks.first { $0.name == name }?.nanoseconds
    }

    /// The time from one mark to another in nanoseconds; nil where one is missing or they are out of order.
    public func nanoseconds(from start: MarkName, to end: MarkName) -> UInt64? {
        guard let first = time(of: start), let last = time(of: end), last >= first else { return nil }
        return last - first
    }

    /// Startup: from `requested` to `ready`, in nanoseconds.
    public var startupNanoseconds: UInt64? {
        nanoseconds(from: .requested, to: .ready)
    }

    /// What is wrong with the marks of a sample that reached ready: one that is missing, doubled or out of order.
    public static func contradictions(in marks: [Mark]) -> [String] {
        var found: [String] = []
        for name in [MarkName.requested, .spawned, .entered, .executed, .ready]
        where !marks.contains(where: { $0.name == name }) {
            found.append("the mark '\(name.rawValue)' is missing")
        }
        var latest: Mark?
        for name in MarkName.allCases {
            let same = marks.filter { $0.name == name }
            if same.count > 1 { found.append("the mark '\(name.rawValue)' came \(same.count) times") }
            guard let mark = same.first else { continue }
            if let before = latest, mark.nanoseconds < before.nanoseconds {
                found.append("'\(name.rawValue)' came before '\(before.name.rawValue)'")
            }
            latest = mark
        }
        return found
    }
}
