import Glibc
import LinuxSystem
import Synchronization

/// A thread that expects to wake every 20 ms and notes how late it was: a process that was stopped, or a host that was
/// suspended, cannot hide the gap.
final class Heartbeat: Sendable {
    private let longest = Mutex<UInt64>(0)
    private let ended = Atomic<Bool>(false)
    private let latest = Atomic<UInt64>(0)
    static let periodNanoseconds: UInt64 = 20_000_000

    /// Starts the thread.
    ///
    /// - Parameter chore: done every fifth beat, ten times a second; it must be quick.
    /// - Throws: where the kernel refuses a thread.
    init(chore: @escaping @Sendable () -> Void = {}) throws {
        latest.store(MonotonicClock.now(), ordering: .relaxed)
        try StartedThread.start("tare-heartbeat") { [self] in
            var beats = 0
            while !ended.load(ordering: .relaxed) {
                usleep(UInt32(Heartbeat.periodNanoseconds / 1_000))
                beat()
                beats += 1
                if beats % 5 == 0 { chore() }
            }
        }
    }

    /// Ends the thread.
    func close() {
        ended.store(true, ordering: .relaxed)
    }

    private func beat() {
        let now = MonotonicClock.now()
        let before = latest.exchange(now, ordering: .relaxed)
        let gap = now &- before
        let late = gap > Heartbeat.periodNanoseconds ? gap - Heartbeat.periodNanoseconds : 0
        longest.withLock { $0 = max($0, late) }
    }

    /// The longest gap since it was last asked, in nanoseconds, the gap that is still open included.
    func takeLongestGap() -> UInt64 {
        let open = MonotonicClock.now() &- latest.load(ordering: .relaxed)
        let openLate = open > Heartbeat.periodNanoseconds ? open - Heartbeat.periodNanoseconds : 0
        return longest.withLock { longest in
            defer { longest = 0 }
            return max(longest, openLate)
        }
    }
}
