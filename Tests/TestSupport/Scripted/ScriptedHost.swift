package import BenchmarkModel
import Glibc
package import Harness
package import HostReadings
import LinuxSystem
import Synchronization

/// A host that exists on paper: its time passes when somebody waits, and its memory is what its instances are said to cost.
package final class ScriptedHost: BenchHost {
    /// What the host does. Sizes are bytes, shares are percent.
    package struct Script: Sendable {
        package var baseBytes: Int64 = 1 << 30
        package var bytesEach: Int64 = 32 << 20
        package var availableBytes: Int64 = 16 << 30
        /// CPU time that an idle instance uses, as a share of one CPU.
        package var idleShare = 0.0
        /// CPU time that a start uses, in nanoseconds.
        package var startNanoseconds: UInt64 = 5_000_000
        /// The shares of waiting time while so many instances run; nil for a kernel without PSI.
        package var memoryPressure: (@Sendable (Int) -> Double)? = { _ in 0 }
        package var cpuPressure: (@Sendable (Int) -> Double)? = { _ in 0 }
        /// Swap in use while so many instances run.
        package var swapBytes: @Sendable (Int) -> Int64 = { _ in 0 }
        /// Changes what is read of the memory.
        package var readMemory: @Sendable (inout MemoryReading, _ running: Int) -> Void = { _, _ in }
        /// Changes what the validity detectors read.
        package var read: @Sendable (inout HostReading, _ running: Int) -> Void = { _, _ in }
        /// Called at each pause, with what is then the time in nanoseconds.
        package var onPause: @Sendable (UInt64) -> Void = { _ in }
        /// Why the peak of a start cannot be told, in words; nil where it can: it is then ``bytesEach`` for each start.
        package var peakProblem: String?
        /// What is in use of limited resources while so many instances run, what of them is limited, and how often a control group
        /// has refused a process until then.
        package var limitsInUse: @Sendable (_ running: Int) -> [LimitedResource: Int64] = { _ in [:] }
        package var kernelLimits: [LimitedResource: KernelLimit] = [:]
        package var refusedForks: @Sendable (_ launched: Int) -> UInt64? = { _ in nil }
        /// Whether a limit on memory can be set.
        package var limitsMemory = true

        package init() {}
    }

    private struct State {
        var skipped: UInt64 = 0
        var starts = 0
        var pressureAt: UInt64 = 0
        var memoryWaited = 0.0
        var cpuWaited = 0.0
        var idleNanoseconds = 0.0
        var limits: [UInt64?] = []
        var kills = 0
        var cacheDrops = 0
        var adopted: [String] = []
        var released: [String] = []
        var launchedBeforePeak: Int?
        var places: Set<Int> = []
    }

    package let place: RunPlace
    package let cpus = 2
    package let availableCPUs = [0, 1]
    package let script: Script
    private let state = Mutex(State())
    private let platform: ScriptedPlatform

    /// - Parameter directory: where instances get their directories.
    package init(directory: String, platform: ScriptedPlatform, script: Script = Script()) {
        place = RunPlace(runID: "20260101-000000-abcd", directory: directory, group: "/tare-test.run")
        self.platform = platform
        self.script = script
    }

    // MARK: What tests look at

    /// The limits that were set, in order; nil took one back.
    package var limits: [UInt64?] { state.withLock { $0.limits } }
    package var cacheDrops: Int { state.withLock { $0.cacheDrops } }
    package var adopted: [String] { state.withLock { $0.adopted } }
    package var released: [String] { state.withLock { $0.released } }

    // MARK: BenchHost

    package func now() -> UInt64 { 1_000_000_000 + state.withLock { $0.skipped } }

    package func pause(nanoseconds: UInt64) {
        let running = platform.running
        let now = state.withLock { state in
            state.skipped += nanoseconds
            let share = { (value: Double?) in (value ?? 0) / 100 * Double(nanoseconds) }
            state.memoryWaited += share(script.memoryPressure?(running))
            state.cpuWaited += share(script.cpuPressure?(running))
            state.idleNanoseconds += script.idleShare * Double(running) * Double(nanoseconds)
            return 1_000_000_000 + state.skipped
        }
        script.onPause(now)
        // A real thread that watches must get its turn too.
        sched_yield()
    }

    package func reading() -> HostReading {
        var reading = HostReading()
        reading.nanoseconds = now()
        reading.clockSource = "tsc"
        reading.runNanoseconds = instancesNanoseconds()
        reading.outOfMemoryKills = 0
        script.read(&reading, platform.running)
        return reading
    }

    package func instancesNanoseconds() -> UInt64? {
        state.withLock { UInt64($0.idleNanoseconds) } + UInt64(platform.launched) * script.startNanoseconds
    }

    package func memory(countingGroups: Bool) -> MemoryReading {
        let running = platform.running
        let used = script.bytesEach * Int64(running)
        var figures: [MemoryFigure: Int64] = [:]
        for kind in MemoryFigure.ledgerKinds { figures[kind] = 0 }
        figures[.anonymous] = script.baseBytes + used
        figures[.slabSlack] = 0
        figures[.available] = script.availableBytes - used
        figures[.swapUsed] = script.swapBytes(running)
        figures[.dyingGroups] = 0
        var reading = MemoryReading(figures)
        script.readMemory(&reading, running)
        return reading
    }

    package func charged() -> MemoryReading {
        MemoryReading([
            .chargedAnonymous: script.bytesEach * Int64(platform.running), .chargedShared: 0, .chargedKernel: 0,
        ])
    }

    package func memory(of processes: [HostProcess], guestMemoryBytes: UInt64?) -> MemoryReading {
        var figures: [MemoryFigure: Int64] = [.pssWorkload: script.bytesEach * Int64(processes.count)]
        if let guestMemoryBytes { figures[.guestConfigured] = Int64(guestMemoryBytes) * Int64(processes.count) }
        return MemoryReading(figures)
    }

    package var peakProblem: String? { script.peakProblem }
    package func beginPeak() { state.withLock { $0.launchedBeforePeak = platform.launched } }
    package func peak(of instances: [String]) -> UInt64? {
        guard script.peakProblem == nil, let before = state.withLock({ $0.launchedBeforePeak }) else { return nil }
        return UInt64(script.bytesEach) * UInt64(platform.launched - before)
    }

    package func available() -> UInt64? {
        UInt64(max(0, script.availableBytes - script.bytesEach * Int64(platform.running)))
    }

    /// Without a pause no time has passed: a batch takes as long as one millisecond, at the pressure of those that run.
    package func pressure() -> Pressure {
        pause(nanoseconds: 1_000_000)
        return state.withLock { state in
            Pressure(
                nanoseconds: 1_000_000_000 + state.skipped,
                memoryFullMicroseconds: script.memoryPressure == nil ? nil : UInt64(state.memoryWaited / 1_000),
                cpuSomeMicroseconds: script.cpuPressure == nil ? nil : UInt64(state.cpuWaited / 1_000))
        }
    }

    package func limits(_ resources: Set<LimitedResource>) -> LimitsReading {
        LimitsReading(script.limitsInUse(platform.running).filter { resources.contains($0.key) })
    }
    package func kernelLimits() -> [LimitedResource: KernelLimit] { script.kernelLimits }
    package func refusedForks() -> UInt64? { script.refusedForks(platform.launched) }

    package func dropCaches() throws { state.withLock { $0.cacheDrops += 1 } }
    package func shrinkSlabs() {}

    package func limitMemory(bytes: UInt64?) throws {
        guard script.limitsMemory else { throw SystemError("limiting memory", number: ENOENT) }
        state.withLock { $0.limits.append(bytes) }
    }

    package func killInstances() { platform.killAll() }
    package func endStrays() -> [String] { [] }
    package func enterLauncher() throws {}
    package func goHome() throws {}
    package func adopt(_ processes: [HostProcess], of instance: String) {
        state.withLock { $0.adopted.append(instance) }
    }
    package func release(_ instance: String) { state.withLock { $0.released.append(instance) } }
    package func watch(_ daemons: Daemons) {}

    package func takePlace(ofEngine engine: String?) throws -> NetworkSlot {
        state.withLock { state in
            let free = (0...).first { !state.places.contains($0) } ?? 0
            state.places.insert(free)
            return NetworkSlot(bridge: engine == nil ? 0 : 1, slot: free)
        }
    }
    package func give(back place: NetworkSlot) { state.withLock { _ = $0.places.remove(place.slot) } }
    /// How many places on bridges are taken.
    package var placesTaken: Int { state.withLock { $0.places.count } }

    package func problems(of instances: [AskedInstance], readiness: Readiness) throws -> [String: String] {
        platform.problems(of: instances)
    }
}
