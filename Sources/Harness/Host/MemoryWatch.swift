import Glibc
import LinuxSystem
import Synchronization

/// A thread that watches `MemAvailable` through a ramp. When the reserve is touched it says so, and when the host falls on
/// below half of it for longer than a deadline, it kills what the run started: the host is never driven out of memory.
final class MemoryWatch: Sendable {
    private let touched = Atomic<Bool>(false)
    private let killed = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)
    private static let periodMicroseconds: UInt32 = 20_000
    /// How long the host may stay below half of the reserve, in nanoseconds.
    static let patienceNanoseconds: UInt64 = 1_000_000_000

    /// - Parameters:
    ///   - reserveBytes: what must stay available.
    ///   - patience: how long the host may stay below half of the reserve, in nanoseconds.
    ///   - available: reads `MemAvailable` in bytes; nil where it cannot be read.
    ///   - kill: ends everything that the run started.
    /// - Throws: where the kernel refuses a thread.
    init(
        reserveBytes: UInt64, patience: UInt64 = MemoryWatch.patienceNanoseconds,
        available: @escaping @Sendable () -> UInt64?,
        kill: @escaping @Sendable () -> Void
    ) throws {
        try StartedThread.start("tare-memory") { [self] in
            var lowSince: UInt64?
            while !ended.load(ordering: .relaxed) {
                let now = MonotonicClock.now()
                if let left = available() {
                    if left < reserveBytes { touched.store(true, ordering: .sequentiallyConsistent) }
                    if left < reserveBytes / 2 { lowSince = lowSince ?? now } else { lowSince = nil }
                }
                if let since = lowSince, now - since > patience {
                    killed.store(true, ordering: .sequentiallyConsistent)
                    kill()
                    lowSince = nil
                }
                usleep(MemoryWatch.periodMicroseconds)
            }
        }
    }

    /// Whether the reserve was touched.
    var isTouched: Bool { touched.load(ordering: .sequentiallyConsistent) }
    /// Whether everything had to be killed.
    var hasKilled: Bool { killed.load(ordering: .sequentiallyConsistent) }

    /// Ends the thread.
    func close() {
        ended.store(true, ordering: .relaxed)
    }
}
