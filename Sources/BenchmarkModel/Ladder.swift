/// One climb of the footprint experiment: N = 1, 2, 4, ... idle and ready instances without teardown between.
public struct Ladder: Sendable, Equatable, Codable {
    /// Why it was not climbed further.
    public enum Ending: String, Sendable, Codable {
        /// The slopes between its last rungs are within 5 %, and the cost exceeds 50 times the idle noise.
        case slope = "the slope's interval is within 5 %"
        /// The cost exceeds 50 times the idle noise, and an instance is so large that steps of slab are nothing beside it.
        case noise = "the cost exceeds 50 times the idle noise"
        /// The next rung would have taken the host's memory below a quarter of what was available at the start.
        case memory = "the next rung would have come near the host's memory"
        /// The suite's cap.
        case cap = "the cap was reached"
        /// It was ended by a failure, an interruption or the watch over the host's memory; the reasons say which.
        case broken = "it was broken off"
    }

    /// Its number in the run, from 1.
    public var number: Int
    /// The ``ClimbCell/key``.
    public var cell: String
    /// The block.
    public var block: Int
    /// Whether it counts.
    public var outcome: Sample.Outcome
    /// Why it failed or is invalid; empty for `ok`.
    public var reasons: [String]
    /// What was noticed that does not invalidate it.
    public var warnings: [String]
    /// Why it was not climbed further.
    public var ending: Ending
    /// The idle host's noise, measured before the first instance: the range of each figure over the readings, in bytes.
    public var noise: MemoryReading
    /// The range of the ledger over the same readings, in bytes.
    public var ledgerNoise: Int64
    /// The rungs in order; the first has no instance.
    public var rungs: [Rung]
    /// CPU time of all instances of the top rung while they idled, in nanoseconds; nil where it could not be read.
    public var idleCPUNanoseconds: UInt64?
    /// How long they idled, in nanoseconds.
    public var idleNanoseconds: UInt64
    /// From the reading of the baseline to that of the top rung, in nanoseconds.
    public var climbNanoseconds: UInt64
    /// How much each figure of the host changed while the top rung idled, in bytes: drift that no instance causes, such as
    /// memory of earlier instances that returns late.
    public var drift: MemoryReading

    /// Makes a ladder.
    public init(
        number: Int, cell: String, block: Int, outcome: Sample.Outcome = .ok, reasons: [String] = [],
        warnings: [String] = [], ending: Ending = .broken, noise: MemoryReading = MemoryReading(),
        ledgerNoise: Int64 = 0,
        rungs: [Rung] = [], idleCPUNanoseconds: UInt64? = nil, idleNanoseconds: UInt64 = 0,
        climbNanoseconds: UInt64 = 0, drift: MemoryReading = MemoryReading()
    ) {
        self.number = number
        self.cell = cell
        self.block = block
        self.outcome = outcome
        self.reasons = reasons
        self.warnings = warnings
        self.ending = ending
        self.noise = noise
        self.ledgerNoise = ledgerNoise
        self.rungs = rungs
        self.idleCPUNanoseconds = idleCPUNanoseconds
        self.idleNanoseconds = idleNanoseconds
        self.climbNanoseconds = climbNanoseconds
        self.drift = drift
    }

    /// The ladder as it is stored while it is being climbed: what was read is kept, and should the climb never end, it is
    /// counted and answers nothing.
    public var brokenOff: Ladder {
        var copy = self
        copy.outcome = .invalid
        copy.reasons.append("it was broken off")
        return copy
    }

    /// Slab and per-CPU memory grow in steps of several instances: rungs of fewer instances that cost less than
    /// ``firstStepBytes`` are shown and not fitted.
    public static let firstStepInstances = 16
    /// A cost beside which a step of slab is nothing, in bytes.
    public static let firstStepBytes: Int64 = 64 << 20
    /// An instance beside which a step of slab is nothing, in bytes.
    public static let largeInstanceBytes: Int64 = 16 << 20

    /// What a rung costs the host above the empty baseline, in bytes of the ledger; nil where it could not be read.
    public func cost(of rung: Rung) -> Int64? {
        guard let base = rungs.first?.reading.ledger, let ledger = rung.reading.ledger else { return nil }
        return ledger - base
    }

    /// A line is drawn through so many rungs at least before a ladder may end.
    public static let fewestFittedRungs = 3

    /// The rungs through which the line is drawn, see ``firstStepInstances``.
    public var fittedRungs: [Rung] {
        rungs.filter { rung in
            guard rung.instances > 0, let cost = cost(of: rung) else { return false }
            return rung.instances >= Ladder.firstStepInstances || cost >= Ladder.firstStepBytes
        }
    }

    /// The size of a cost, in multiples of the idle noise, below which no slope is trusted.
    public static let noiseMultiple: Int64 = 50
    /// The width to which the slope's interval must shrink, as a share of the slope.
    public static let slopeTolerance = 0.05
}

/// A number of instances that run and idle, and what they cost.
public struct Rung: Sendable, Equatable, Codable {
    /// How many instances.
    public var instances: Int
    /// How long the host took to settle, in seconds; the deadline where it did not.
    public var settleSeconds: Double
    /// Whether the figures were flat before they were read.
    public var settled: Bool
    /// What was read.
    public var reading: MemoryReading
    /// How long it took to read all figures once, in nanoseconds; nil for the baseline, and in runs that did not record it.
    public var readingNanoseconds: UInt64?

    /// Makes a rung.
    public init(
        instances: Int, settleSeconds: Double, settled: Bool, reading: MemoryReading, readingNanoseconds: UInt64? = nil
    ) {
        self.instances = instances
        self.settleSeconds = settleSeconds
        self.settled = settled
        self.reading = reading
        self.readingNanoseconds = readingNanoseconds
    }
}
