/// One climb of the footprint experiment: N = 1, 2, 4, ... idle and ready instances without teardown between.
package struct Ladder: Sendable, Equatable, Codable {
    /// Why it was not climbed further.
    package enum Ending: String, Sendable, Codable {
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

    /// Why it was not climbed further.
    package var ending: Ending
    /// The idle host's noise, measured before the first instance: the range of each figure over the readings, in bytes.
    package var noise: MemoryReading
    /// The range of the ledger over the same readings, in bytes.
    package var ledgerNoise: Int64
    /// The rungs in order; the first has no instance.
    package var rungs: [Rung]
    /// CPU time of all instances of the top rung while they idled, in nanoseconds; nil where it could not be read.
    package var idleCPUNanoseconds: UInt64?
    /// How long they idled, in nanoseconds.
    package var idleNanoseconds: UInt64
    /// From the reading of the baseline to that of the top rung, in nanoseconds.
    package var climbNanoseconds: UInt64
    /// How much each figure of the host changed while the top rung idled, in bytes: drift that no instance causes, such as
    /// memory of earlier instances that returns late.
    package var drift: MemoryReading
    /// The limits of this host as they stood at the baseline; empty in runs that did not record them.
    package var limits: [LimitedResource: KernelLimit]

    package init(
        ending: Ending = .broken, noise: MemoryReading = MemoryReading(),
        ledgerNoise: Int64 = 0,
        rungs: [Rung] = [], idleCPUNanoseconds: UInt64? = nil, idleNanoseconds: UInt64 = 0,
        climbNanoseconds: UInt64 = 0, drift: MemoryReading = MemoryReading(),
        limits: [LimitedResource: KernelLimit] = [:]
    ) {
        self.ending = ending
        self.noise = noise
        self.ledgerNoise = ledgerNoise
        self.rungs = rungs
        self.idleCPUNanoseconds = idleCPUNanoseconds
        self.idleNanoseconds = idleNanoseconds
        self.climbNanoseconds = climbNanoseconds
        self.drift = drift
        self.limits = limits
    }

    /// Slab and per-CPU memory grow in steps of several instances: rungs of fewer instances that cost less than
    /// ``firstStepBytes`` are shown and not fitted.
    package static let firstStepInstances = 16
    /// A cost beside which a step of slab is nothing, in bytes.
    package static let firstStepBytes: Int64 = 64 << 20
    /// An instance beside which a step of slab is nothing, in bytes.
    package static let largeInstanceBytes: Int64 = 16 << 20

    /// What a rung costs the host above the empty baseline, in bytes of the ledger; nil where it could not be read.
    package func cost(of rung: Rung) -> Int64? {
        guard let base = rungs.first?.reading.ledger, let ledger = rung.reading.ledger else { return nil }
        return ledger - base
    }

    /// A line is drawn through so many rungs at least before a ladder may end.
    package static let fewestFittedRungs = 3

    /// The rungs through which the line is drawn, see ``firstStepInstances``.
    package var fittedRungs: [Rung] {
        rungs.filter { rung in
            guard rung.instances > 0, let cost = cost(of: rung) else { return false }
            return rung.instances >= Ladder.firstStepInstances || cost >= Ladder.firstStepBytes
        }
    }

    /// The size of a cost, in multiples of the idle noise, below which no slope is trusted.
    package static let noiseMultiple: Int64 = 50
    /// The width to which the slope's interval must shrink, as a share of the slope.
    package static let slopeTolerance = 0.05
}
