package import BenchmarkModel

/// Judges what happened between two readings of the host. Pure, so that every threshold can be tested.
package enum Validity {
    /// Over what the readings were taken.
    package enum Scope: Sendable, Equatable {
        /// One sample.
        case sample
        /// All samples of a block.
        case block
        /// A ladder or a ramp: only what falsifies memory.
        case climb
    }

    /// CPU counters tick every 10 ms: a sample shorter than this is judged over its block.
    package static let shortestJudgedNanoseconds: UInt64 = 1_000_000_000

    /// A wake-up that is late by more than this means that tare itself stood still.
    package static let longestGapNanoseconds: UInt64 = 250_000_000

    /// What was seen between two readings.
    ///
    /// - Parameters:
    ///   - cpus: the host's CPUs, over which shares of time are taken.
    ///   - longestGap: how late the heartbeat's latest wake-up was, nanoseconds.
    /// - Returns: threats without block and cell.
    package static func judge(
        _ before: HostReading, _ after: HostReading, scope: Scope, cpus: Int, longestGap: UInt64 = 0
    ) -> [Threat] {
        var threats: [Threat] = []
        func add(_ detector: String, _ severity: Threat.Severity, _ text: String) {
            threats.append(Threat(detector: detector, severity: severity, text: text))
        }
        if scope == .sample {
            if before.clockSource != after.clockSource {
                let (old, new) = (before.clockSource ?? "unknown", after.clockSource ?? "unknown")
                add("clock source", .invalid, "the clock source changed from \(old) to \(new)")
            }
            if longestGap > longestGapNanoseconds {
                add("stopped harness", .invalid, "tare itself did not run for \(milliseconds(longestGap)) ms")
            }
            for (detector, text, first, last) in counters(before, after) {
                if let first, let last, last > first { add(detector, .invalid, "\(text): \(last - first)") }
            }
            if let first = before.memoryPressureMicroseconds, let last = after.memoryPressureMicroseconds, last > first
            {
                add("memory pressure", .invalid, "all work waited for memory for \(last - first) µs")
            }
        }
        if scope == .climb {
            for (detector, text, first, last) in counters(before, after)
            where ["out of memory", "swap"].contains(detector) {
                if let first, let last, last > first { add(detector, .invalid, "\(text): \(last - first)") }
            }
        }
        let elapsed = after.nanoseconds > before.nanoseconds ? after.nanoseconds - before.nanoseconds : 0
        guard scope != .sample || elapsed >= shortestJudgedNanoseconds, elapsed > 0 else { return threats }
        if let first = before.stolenTicks, let last = after.stolenTicks, last > first {
            let share = Double((last - first) * 10_000_000) / (Double(elapsed) * Double(cpus)) * 100
            let text = "\(rounded(share)) % of the CPU time was taken by the hypervisor"
            if share > 2, scope != .climb {
                add("steal", .invalid, text)
            } else if share > 0.5 {
                add("steal", .warning, text)
            }
        }
        // Starting and ending hundreds of instances gives the kernel's own threads work, which no group is charged for.
        let foreignLimit = scope == .climb ? 25.0 : 5.0
        if scope != .sample, let share = foreignShare(before, after, elapsed: elapsed), share > foreignLimit {
            add("foreign work", .warning, "\(rounded(share)) % of one CPU was used by what tare did not start")
        }
        return threats
    }

    private typealias Counter = (String, String, UInt64?, UInt64?)

    private static func counters(_ before: HostReading, _ after: HostReading) -> [Counter] {
        [
            ("throttling", "tare itself was throttled by a CPU quota, times", before.throttled, after.throttled),
            ("refused forks", "tare's cgroup refused a new process, times", before.refusedForks, after.refusedForks),
            ("out of memory", "processes killed for want of memory", before.outOfMemoryKills, after.outOfMemoryKills),
            ("swap", "pages swapped", before.swappedPages, after.swappedPages),
            ("compaction", "stalls for memory compaction", before.compactionStalls, after.compactionStalls),
            ("thermal", "thermal throttling events", before.thermalThrottles, after.thermalThrottles),
        ]
    }

    /// CPU time that neither the run nor tare used, in percent of one CPU. Ticks are as coarse as 10 ms a CPU, so two
    /// ticks are granted.
    private static func foreignShare(_ before: HostReading, _ after: HostReading, elapsed: UInt64) -> Double? {
        guard let busyBefore = before.busyTicks, let busyAfter = after.busyTicks, busyAfter >= busyBefore,
            let runBefore = before.runNanoseconds, let runAfter = after.runNanoseconds, runAfter >= runBefore
        else { return nil }
        let busy = Double((busyAfter - busyBefore) * 10_000_000)
        let known = Double(runAfter - runBefore) + Double(after.ownNanoseconds - before.ownNanoseconds) + 20_000_000
        return max(0, busy - known) / Double(elapsed) * 100
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String { "\(nanoseconds / 1_000_000)" }

    private static func rounded(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return "\(tenths)"
    }
}
