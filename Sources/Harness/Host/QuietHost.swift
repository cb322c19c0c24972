import BenchmarkModel

/// Waits until the host's memory is flat, and says how flat an idle host is.
struct QuietHost {
    /// What an idle host does by itself.
    struct Idle {
        /// The range of each figure over the readings, in bytes.
        var noise = MemoryReading()
        /// The range of the ledger, in bytes.
        var ledgerNoise: Int64 = 0
        /// The last reading.
        var reading = MemoryReading()
        /// Whether it became quiet before the deadline.
        var isQuiet = false
        /// How long it took, in seconds.
        var seconds = 0.0

        /// Takes the noise from readings of an idle host.
        mutating func take(_ readings: [MemoryReading]) {
            for figure in MemoryFigure.allCases {
                let values = readings.compactMap { $0[figure] }
                if let least = values.min(), let most = values.max() { noise[figure] = most - least }
            }
            let ledgers = readings.compactMap(\.ledger)
            ledgerNoise = (ledgers.max() ?? 0) - (ledgers.min() ?? 0)
            reading = readings.last ?? MemoryReading()
        }
    }

    /// What was found at a rung.
    struct Settled {
        /// The last reading.
        var reading: MemoryReading
        /// How long that reading took, in nanoseconds; nil where it was not timed.
        var readingNanoseconds: UInt64?
        /// Whether the host was flat before the deadline.
        var settled: Bool
        /// How long it took, in seconds.
        var seconds: Double
    }

    let host: any BenchHost
    let interruption: Interruption
    /// Between two readings.
    var intervalNanoseconds: UInt64 = 250_000_000

    /// The ledger may move by so much within a window and is still called flat, in bytes.
    static let flatLedgerBytes: Int64 = 256 << 10
    /// `MemAvailable` may move by so much; it is the noisier of the two.
    static let flatAvailableBytes: Int64 = 4 << 20
    /// Readings of a window.
    static let window = 6

    /// Waits until removed control groups are gone and the figures are flat, drops the caches, and measures the noise.
    ///
    /// - Parameter deadlineSeconds: what is still moving then is measured as noise, and told.
    func wait(deadlineSeconds: Double) throws -> Idle {
        let start = host.now()
        var idle = Idle()
        idle.isQuiet = settle(deadlineSeconds: deadlineSeconds, isStable: QuietHost.isNothingDying)
        try host.dropCaches()
        host.shrinkSlabs()
        pause()
        var readings: [MemoryReading] = []
        for _ in 0..<QuietHost.window {
            readings.append(read())
            pause()
        }
        idle.take(readings)
        idle.seconds = Double(host.now() - start) / 1e9
        return idle
    }

    /// Waits until a window of readings is flat.
    ///
    /// - Parameter isStable: what else must hold of the window.
    /// - Returns: false when the deadline passed first.
    func settle(deadlineSeconds: Double, isStable: ([MemoryReading]) -> Bool) -> Bool {
        let end = host.now() + UInt64(deadlineSeconds * 1e9)
        var readings: [MemoryReading] = []
        while !interruption.isRequested {
            readings.append(read())
            if readings.count > QuietHost.window { readings.removeFirst() }
            if readings.count == QuietHost.window,
                QuietHost.isFlat(readings.compactMap(\.ledger), within: QuietHost.flatLedgerBytes),
                QuietHost.isFlat(readings.compactMap { $0[.available] }, within: QuietHost.flatAvailableBytes),
                isStable(readings)
            {
                return true
            }
            if host.now() >= end { return false }
            pause()
        }
        return false
    }

    /// Waits until the ledger's last three readings differ by no more than a share of what the instances cost.
    ///
    /// - Parameters:
    ///   - tolerance: in bytes.
    /// - Returns: the last reading, how long it took, and whether it was flat.
    func settle(tolerance: Int64, deadlineSeconds: Double) -> Settled {
        let start = host.now()
        let end = start + UInt64(deadlineSeconds * 1e9)
        var readings = [read()]
        while true {
            pause()
            let asked = host.now()
            readings.append(read())
            let latest = readings.suffix(3)
            let now = host.now()
            let flat = latest.count == 3 && QuietHost.isFlat(latest.compactMap(\.ledger), within: tolerance)
            if flat || now >= end || interruption.isRequested {
                return Settled(
                    reading: readings[readings.count - 1], readingNanoseconds: now - asked, settled: flat,
                    seconds: Double(now - start) / 1e9)
            }
        }
    }

    /// Whether no removed control group went away in a window of readings: those that are left then stay, because something
    /// else holds them.
    static func isNothingDying(_ readings: [MemoryReading]) -> Bool {
        let dying = readings.compactMap { $0[.dyingGroups] }
        return (dying.last ?? 0) >= (dying.first ?? 0)
    }

    static func isFlat(_ values: [Int64], within limit: Int64) -> Bool {
        guard let least = values.min(), let most = values.max() else { return false }
        return most - least <= limit
    }

    private func pause() { host.pause(nanoseconds: intervalNanoseconds) }

    private func read() -> MemoryReading { host.memory(countingGroups: true) }
}
