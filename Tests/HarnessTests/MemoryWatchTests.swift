import Synchronization
import TestSupport
import Testing

@testable import Harness

/// A host whose `MemAvailable` the test sets.
private final class Host: Sendable {
    let available: Atomic<UInt64>
    let kills = Atomic<Int>(0)
    let reads = Atomic<Int>(0)

    init(_ bytes: UInt64) { available = Atomic(bytes) }

    func watch(reserve: UInt64, patience: UInt64) throws -> MemoryWatch {
        try MemoryWatch(
            reserveBytes: reserve, patience: patience,
            available: { [self] in
                reads.add(1, ordering: .relaxed)
                let left = available.load(ordering: .relaxed)
                return left == .max ? nil : left
            },
            kill: { [self] in
                kills.add(1, ordering: .relaxed)
                // What was killed gives its memory back.
                available.store(10_000, ordering: .relaxed)
            })
    }

    /// Until the watch has surely seen what is available now.
    func awaitReads() -> Bool {
        let target = reads.load(ordering: .relaxed) + 3
        return eventually { reads.load(ordering: .relaxed) >= target }
    }
}

@Suite struct MemoryWatchTests {
    @Test func aHostWithRoomIsLeftAlone() throws {
        let host = Host(1_000)
        let watch = try host.watch(reserve: 1_000, patience: 0)
        defer { watch.close() }
        #expect(host.awaitReads())
        #expect(!watch.isTouched && !watch.hasKilled)
        // What cannot be read is no alarm.
        host.available.store(.max, ordering: .relaxed)
        #expect(host.awaitReads())
        #expect(!watch.isTouched && !watch.hasKilled)
    }

    @Test func aTouchedReserveIsSaidAndStaysSaid() throws {
        let host = Host(1_000)
        let watch = try host.watch(reserve: 1_000, patience: 0)
        defer { watch.close() }
        host.available.store(999, ordering: .relaxed)
        #expect(eventually { watch.isTouched })
        // Half of it is left: nothing is killed, however long.
        host.available.store(500, ordering: .relaxed)
        #expect(host.awaitReads())
        #expect(!watch.hasKilled && host.kills.load(ordering: .relaxed) == 0)
        host.available.store(5_000, ordering: .relaxed)
        #expect(host.awaitReads())
        #expect(watch.isTouched)
    }

    @Test func belowHalfForTooLongAllIsKilledOnce() throws {
        let host = Host(499)
        let watch = try host.watch(reserve: 1_000, patience: 1_000_000)
        defer { watch.close() }
        #expect(eventually { watch.hasKilled })
        #expect(watch.isTouched)
        #expect(host.awaitReads())
        #expect(host.kills.load(ordering: .relaxed) == 1)
    }

    /// An hour of patience: a short fall is survived.
    @Test func belowHalfForAMomentNothingIsKilled() throws {
        let host = Host(1)
        let watch = try host.watch(reserve: 1_000, patience: 3_600_000_000_000)
        defer { watch.close() }
        #expect(eventually { watch.isTouched })
        #expect(host.awaitReads())
        #expect(!watch.hasKilled && host.kills.load(ordering: .relaxed) == 0)
    }
}
