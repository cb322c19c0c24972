/// One ramp of the density experiment: instances are added until something stops it.
package struct Ramp: Sendable, Equatable, Codable {
    /// The starts over which the limit on them is judged: with fewer a quantile of 0.95 says little, with more it is late.
    package static let judgedStarts = 40

    /// The p95 of the last ``judgedStarts`` starts of a ramp, by the nearest rank: so few have no finer quantile.
    ///
    /// - Parameter startups: in nanoseconds, the latest last.
    /// - Returns: in nanoseconds; nil where there is none.
    package static func judgedP95(_ startups: [UInt64]) -> UInt64? {
        let judged = startups.suffix(judgedStarts).sorted()
        guard !judged.isEmpty else { return nil }
        return judged[min(judged.count - 1, Int((Double(judged.count) * 0.95).rounded(.up)) - 1)]
    }

    /// What stopped it. ``StopCause/text`` is the name that reports show.
    package enum StopCause: Sendable, Equatable, Codable {
        /// One more would cost more than the budget.
        case memoryBudget
        /// The host's `MemAvailable` came near the reserve.
        case reserve
        /// Work waited for memory.
        case memoryPressure
        /// Work waited for a CPU.
        case cpuPressure
        /// The starts became too slow.
        case startupLimit
        /// Pages were swapped.
        case swap
        /// A limit of the kernel, or of tare's own processes, was hit: which, and what was found, in words.
        case limit(LimitedResource, String)
        /// An instance could not be started, with the reason.
        case launchFailed(String)
        /// An instance ended, with the reason.
        case died(String)
        /// The suite's own maximum: the answer is "at least".
        case ceiling
        /// Somebody ended the run.
        case interrupted

        /// The name of the cause.
        package var text: String {
            switch self {
            case .memoryBudget: "memory budget"
            case .reserve: "reserve"
            case .memoryPressure: "memory pressure"
            case .cpuPressure: "cpu pressure"
            case .startupLimit: "startup limit"
            case .swap: "swap"
            case .limit(let resource, let found): "\(resource.rawValue): \(found)"
            case .launchFailed(let reason): "launch failed: \(reason)"
            case .died(let reason): "died: \(reason)"
            case .ceiling: "ceiling"
            case .interrupted: "interrupted"
            }
        }
    }

    /// The ramp after a batch.
    package struct Point: Sendable, Equatable, Codable {
        /// How many instances run.
        package var instances: Int
        /// Since the ramp's first request, in nanoseconds.
        package var elapsedNanoseconds: UInt64
        /// The startups of the batch's instances, in nanoseconds.
        package var startupsNanoseconds: [UInt64]
        /// The host's ledger, `MemAvailable` and what is charged; the per-process figures only at the top.
        package var reading: MemoryReading
        /// The share of the batch's time in which all work waited for memory, in percent; nil without PSI.
        package var memoryPressurePercent: Double?
        /// The share of the batch's time in which some work waited for a CPU, in percent; nil without PSI.
        package var cpuPressurePercent: Double?
        /// How long it took to read all figures once, in nanoseconds; only at the top, and nil in runs that did not record it.
        package var readingNanoseconds: UInt64?

        package init(
            instances: Int, elapsedNanoseconds: UInt64, startupsNanoseconds: [UInt64], reading: MemoryReading,
            memoryPressurePercent: Double? = nil, cpuPressurePercent: Double? = nil, readingNanoseconds: UInt64? = nil
        ) {
            self.instances = instances
            self.elapsedNanoseconds = elapsedNanoseconds
            self.startupsNanoseconds = startupsNanoseconds
            self.reading = reading
            self.memoryPressurePercent = memoryPressurePercent
            self.cpuPressurePercent = cpuPressurePercent
            self.readingNanoseconds = readingNanoseconds
        }
    }

    /// N: how many instances were alive and ready at the same time through the hold.
    package var instances: Int
    /// What stopped the ramp.
    package var cause: StopCause
    /// How the budget was enforced, in words; nil where only the reserve guarded the host.
    package var enforcedBy: String?
    /// How long all were held, in nanoseconds.
    package var heldNanoseconds: UInt64
    /// How liveness was checked, in words.
    package var liveness: String
    /// How long it took to end all instances, in nanoseconds.
    package var teardownNanoseconds: UInt64
    /// The points in order; the first has no instance.
    package var points: [Point]

    package init(
        instances: Int = 0, cause: StopCause = .interrupted, enforcedBy: String? = nil,
        heldNanoseconds: UInt64 = 0, liveness: String = "", teardownNanoseconds: UInt64 = 0, points: [Point] = []
    ) {
        self.instances = instances
        self.cause = cause
        self.enforcedBy = enforcedBy
        self.heldNanoseconds = heldNanoseconds
        self.liveness = liveness
        self.teardownNanoseconds = teardownNanoseconds
        self.points = points
    }
}
