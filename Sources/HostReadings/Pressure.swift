import LinuxSystem

/// The kernel's pressure stall totals (PSI), which only grow. Source: `Documentation/accounting/psi.rst` of Linux.
package struct Pressure: Sendable, Equatable {
    /// `CLOCK_MONOTONIC` in nanoseconds.
    package var nanoseconds: UInt64
    /// Time in which all work waited for memory, in microseconds; nil without PSI.
    package var memoryFullMicroseconds: UInt64?
    /// Time in which some work waited for a CPU, in microseconds; nil without PSI.
    package var cpuSomeMicroseconds: UInt64?

    package init(nanoseconds: UInt64, memoryFullMicroseconds: UInt64?, cpuSomeMicroseconds: UInt64?) {
        self.nanoseconds = nanoseconds
        self.memoryFullMicroseconds = memoryFullMicroseconds
        self.cpuSomeMicroseconds = cpuSomeMicroseconds
    }

    /// Reads both now.
    package static func read(proc: String = "/proc") -> Pressure {
        Pressure(
            nanoseconds: MonotonicClock.now(), memoryFullMicroseconds: total("full", of: "\(proc)/pressure/memory"),
            cpuSomeMicroseconds: total("some", of: "\(proc)/pressure/cpu"))
    }

    /// A total of a pressure file, in microseconds; nil where it cannot be read.
    ///
    /// - Parameter kind: `some` or `full`.
    package static func total(_ kind: String, of path: String) -> UInt64? {
        guard let text = try? HostFiles.read(path),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(kind) }),
            let field = line.split(separator: " ").first(where: { $0.hasPrefix("total=") })
        else { return nil }
        return UInt64(field.dropFirst("total=".count))
    }

    /// Shares of the time since an earlier reading, in percent.
    package func shares(since earlier: Pressure) -> (memory: Double?, cpu: Double?) {
        let elapsed = Double(nanoseconds &- earlier.nanoseconds) / 1_000
        func share(_ first: UInt64?, _ last: UInt64?) -> Double? {
            guard let first, let last, last >= first, elapsed > 0 else { return nil }
            return min(100, Double(last - first) / elapsed * 100)
        }
        return (
            share(earlier.memoryFullMicroseconds, memoryFullMicroseconds),
            share(earlier.cpuSomeMicroseconds, cpuSomeMicroseconds)
        )
    }
}
