import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import Harness

/// Readings one after the other, the last again and again.
private final class Script: Sendable {
    private let readings: [MemoryReading]
    private let count = Atomic<Int>(0)
    var taken: Int { count.load(ordering: .relaxed) }

    init(_ readings: [MemoryReading]) { self.readings = readings }

    func next() -> MemoryReading {
        readings[min(count.wrappingAdd(1, ordering: .relaxed).oldValue, readings.count - 1)]
    }
}

/// A reading whose ledger and `MemAvailable` are given in KiB.
private func reading(ledger: Int64, available: Int64 = 0, dying: Int64? = nil) -> MemoryReading {
    var reading = MemoryReading()
    for kind in MemoryFigure.ledgerKinds { reading[kind] = 0 }
    reading[.anonymous] = ledger * 1_024
    reading[.available] = available * 1_024
    reading[.dyingGroups] = dying
    return reading
}

@Suite struct QuietHostTests {
    private let interruption = Interruption()

    private func host(_ script: Script) -> QuietHost { host { script.next() } }

    private func host(_ read: @escaping @Sendable () -> MemoryReading) -> QuietHost {
        var script = ScriptedHost.Script()
        script.readMemory = { reading, _ in reading = read() }
        let host = ScriptedHost(directory: "/nowhere", platform: ScriptedPlatform(), script: script)
        return QuietHost(host: host, interruption: interruption)
    }

    @Test func flatMeansWithinTheLimit() {
        #expect(QuietHost.isFlat([10, 12, 11], within: 2))
        #expect(!QuietHost.isFlat([10, 13, 11], within: 2))
        #expect(QuietHost.isFlat([7], within: 0))
        // What was never read is not flat.
        #expect(!QuietHost.isFlat([], within: 100))
    }

    @Test func aWindowThatIsFlatEndsTheWait() {
        // Five that fall by 1 MiB each, then flat: the window is whole six readings after the last that moved.
        let noisy = (0..<5).map { reading(ledger: 9_000 - $0 * 1_024) }
        let script = Script(noisy + [reading(ledger: 100)])
        #expect(host(script).settle(deadlineSeconds: 600) { _ in true })
        #expect(script.taken == 5 + QuietHost.window)
    }

    /// The ledger is flat, and memory still comes back.
    @Test func availableMustBeFlatToo() {
        let rising = (0..<8).map { reading(ledger: 100, available: $0 * 4_097) }
        let script = Script(rising)
        #expect(host(script).settle(deadlineSeconds: 600) { _ in true })
        #expect(script.taken == 7 + QuietHost.window)
    }

    @Test func dyingGroupsAreWaitedFor() {
        let dying = [9, 8, 7, 7, 7, 7, 7, 7].map { reading(ledger: 100, dying: $0) }
        let script = Script(dying)
        #expect(host(script).settle(deadlineSeconds: 600, isStable: QuietHost.isNothingDying))
        // The window of the six sevens.
        #expect(script.taken == 8)
        // Some that grow are somebody else's, and a kernel that tells none is no reason to wait.
        #expect(QuietHost.isNothingDying([reading(ledger: 0, dying: 1), reading(ledger: 0, dying: 2)]))
        #expect(QuietHost.isNothingDying([reading(ledger: 0)]))
    }

    @Test func aHostThatIsNeverFlatIsGivenUp() {
        let value = Atomic<Int64>(0)
        let restless = host { reading(ledger: value.wrappingAdd(1_024, ordering: .relaxed).newValue) }
        #expect(!restless.settle(deadlineSeconds: 20) { _ in true })
        let outcome = restless.settle(tolerance: (1 << 20) - 1, deadlineSeconds: 20)
        #expect(!outcome.settled)
        #expect(outcome.seconds >= 20 && outcome.seconds < 21)
        #expect(outcome.reading.ledger == value.load(ordering: .relaxed) * 1_024)
    }

    @Test func aRungSettlesOnThreeReadingsWithinItsTolerance() {
        let script = Script([500, 400, 300, 290, 285, 284].map { reading(ledger: $0) })
        let outcome = host(script).settle(tolerance: 15 << 10, deadlineSeconds: 600)
        // 300, 290, 285 differ by 15 KiB.
        #expect(outcome.settled && outcome.reading.ledger == 285 << 10)
        #expect(script.taken == 5)
    }

    @Test func whoeverInterruptsDoesNotWait() {
        interruption.request()
        let script = Script([reading(ledger: 1)])
        #expect(!host(script).settle(deadlineSeconds: 600) { _ in true })
        #expect(!host(script).settle(tolerance: 0, deadlineSeconds: 600).settled)
    }

    @Test func noiseIsTheRangeOfEachFigure() {
        var idle = QuietHost.Idle()
        let readings = [(100, 9_000), (103, 8_000), (101, 9_500)].map { reading(ledger: $0, available: $1) }
        idle.take(readings)
        #expect(idle.ledgerNoise == 3 << 10)
        #expect(idle.noise[.available] == 1_500 << 10)
        #expect(idle.noise[.perCPU] == 0)
        #expect(idle.noise[.swapUsed] == nil)
        #expect(idle.reading == readings[2])
    }

    @Test func everySlabThatCanBeIsShrunk() throws {
        let scratch = try TemporaryDirectory()
        for name in ["dentry", "locked"] { try HostFiles.makeDirectory("\(scratch.path)/\(name)") }
        try HostFiles.create(scratch.path + "/dentry/shrink", bytes: [])
        // Two names of one cache, and one that has no such file.
        symlink("dentry", scratch.path + "/alias")
        LinuxHost.shrinkSlabs(in: scratch.path)
        #expect(try HostFiles.read(scratch.path + "/dentry/shrink") == "1")
        #expect(!HostFiles.exists(scratch.path + "/locked/shrink"))
        LinuxHost.shrinkSlabs(in: scratch.path + "/nowhere")
    }
}
