import BenchmarkModel

/// The limits of a ramp beside its budget: what must not happen while instances are added, nor while they are held. Pure.
struct RampLimits {
    /// What a daemon of tare's own may hold in the page cache beyond the budget, in bytes: its programs, which it maps, and what it
    /// unpacks.
    static let daemonCacheBytes: UInt64 = 256 << 20

    let experiment: DensityExperiment
    /// Swap in use before the first instance, in bytes.
    let swapBefore: Int64

    /// The limit that is broken; nil where all hold.
    ///
    /// - Parameters:
    ///   - point: what was read over a batch, or over a hold.
    ///   - startups: those of the ramp so far, in nanoseconds, the latest last; empty where they do not matter.
    func broken(_ point: Ramp.Point, startups: [UInt64]) -> Ramp.StopCause? {
        if let share = point.memoryPressurePercent, share > experiment.memoryPressureLimitPercent {
            return .memoryPressure
        }
        if let most = experiment.cpuPressurePercent, let share = point.cpuPressurePercent, share > most {
            return .cpuPressure
        }
        if let swap = point.reading[.swapUsed], swap > swapBefore { return .swap }
        if let most = experiment.startupP95LimitSeconds, let p95 = Ramp.judgedP95(startups), Double(p95) / 1e9 > most {
            return .startupLimit
        }
        return nil
    }

    /// The size of the next batch: a quarter of what runs, and near the end no more than half of the room.
    static func batch(after count: Int, room: Int, most: Int, atOnce: Int) -> Int {
        guard count > 0 else { return 1 }
        let growth = min(largestBatch, max(atOnce, count / 4))
        let careful = room > 2 * growth ? growth : max(1, room / 2)
        return max(1, min(growth, careful, most - count))
    }

    /// The most instances of one batch: figures are read and limits judged between batches.
    static let largestBatch = 64

    /// How many are ended after a hold in which a limit was broken: a twentieth of those that were held, and twice as many with
    /// each further hold, so that some hold comes to an end soon.
    static func shed(of held: Int, attempt: Int) -> Int {
        min(held, max(1, held / 20) << min(attempt, 16))
    }

    /// So far below its base the ledger falls only where something else frees memory, in bytes.
    static let foreignReleaseBytes: Int64 = 4 << 20

    /// That something else freed memory, in words; nil where the ledger does not show it.
    ///
    /// - Parameters:
    ///   - ledger: the host's, with instances, in bytes.
    ///   - base: the host's before the first, in bytes.
    static func foreignRelease(ledger: Int64?, base: Int64?) -> String? {
        guard let ledger, let base, ledger < base - foreignReleaseBytes else { return nil }
        return "foreign memory was freed: the host's ledger stood \((base - ledger) >> 20) MiB below where it began"
    }
}
