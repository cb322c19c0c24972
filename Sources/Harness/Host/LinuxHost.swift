package import BenchmarkModel
import Glibc
package import HostReadings
import LinuxSystem
import Synchronization

/// The host that tare runs on.
package final class LinuxHost: BenchHost {
    package let place: RunPlace
    package let cpus: Int
    package let availableCPUs: [Int]
    private let environment: RunEnvironment
    private let reader: HostReader
    /// Made when it is first asked for: only climbs need to know which caches can be reclaimed.
    private let madeReader = Mutex<MemoryReader?>(nil)
    /// Made when it is first asked for, after a launcher has entered the run's network.
    private let madeLimitsReader = Mutex<LimitsReader?>(nil)
    private let outside: OutsideInstances
    /// Groups below the run's in which daemons of tare's own are, and what these keep for instances.
    private let daemonGroups = Mutex<[String]>([])
    private let memoryPeak: Result<MemoryPeak, any Error>
    /// What was charged to the run's group when the peak of a start began, in bytes.
    private let chargedBefore = Mutex<UInt64?>(nil)

    package init(environment: RunEnvironment, reader: HostReader? = nil) {
        self.environment = environment
        let groups = environment.groups
        self.reader = reader ?? HostReader(groups: groups, runGroup: environment.group)
        outside = OutsideInstances(groups: groups, runGroup: environment.group)
        memoryPeak = Result { try MemoryPeak(of: environment.group, in: groups) }
        cpus = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        availableCPUs = CPUList.available(in: groups)
        place = RunPlace(
            runID: environment.runID, directory: environment.directory, group: environment.group,
            childGroupFiles: environment.childGroupFiles)
    }

    private var network: RunNetwork { environment.network }

    private var memoryReader: MemoryReader {
        madeReader.withLock { made in
            let reader = made ?? MemoryReader(groups: environment.groups)
            made = reader
            return reader
        }
    }

    /// nil where nobody knows what is mounted.
    private var limitsReader: LimitsReader? {
        madeLimitsReader.withLock { made in
            if made == nil, let ancestry = try? GroupAncestry.ofRuns() {
                made = LimitsReader(directory: place.directory, ancestry: ancestry)
                made?.networkCounts = { [network = environment.network] in network.counts() }
            }
            if let thread = network.thread { made?.networkThread = "self/task/\(thread)" }
            return made
        }
    }

    package func limits(_ resources: Set<LimitedResource>) -> LimitsReading {
        limitsReader?.used(resources) ?? LimitsReading()
    }

    package func kernelLimits() -> [LimitedResource: KernelLimit] { limitsReader?.limits() ?? [:] }

    package func refusedForks() -> UInt64? {
        limitsReader?.ancestry.refusedForks(below: place.group, in: environment.groups)
    }

    package func now() -> UInt64 { MonotonicClock.now() }

    package func pause(nanoseconds: UInt64) {
        var left = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        nanosleep(&left, nil)
    }

    package func reading() -> HostReading {
        var reading = reader.read()
        reading.runNanoseconds = reading.runNanoseconds.map { $0 + outside.nanoseconds() }
        return reading
    }

    package func instancesNanoseconds() -> UInt64? {
        environment.groups.cpuNanoseconds(of: place.group).map { run in
            // What a daemon does by itself is no instance's, whoever started it; what it keeps for each is.
            let daemons = daemonGroups.withLock { $0 }.reduce(UInt64(0)) {
                $0 + (environment.groups.cpuNanoseconds(of: $1) ?? 0)
            }
            return (run > daemons ? run - daemons : 0) + outside.instancesNanoseconds()
                + outside.keptInsideNanoseconds()
        }
    }

    package func memory(countingGroups: Bool) -> MemoryReading { memoryReader.host(countingGroups: countingGroups) }

    package func charged() -> MemoryReading {
        var run = memoryReader.charged(to: place.group)
        for group in daemonGroups.withLock({ $0 }) {
            let own = memoryReader.charged(to: group)
            for figure in MemoryFigure.allCases {
                guard let value = run[figure] else { continue }
                run[figure] = own[figure].map { value - $0 }
            }
        }
        return outside.charged(beside: run) { memoryReader.charged(to: $0) }
    }

    package func memory(of processes: [HostProcess], guestMemoryBytes: UInt64?) -> MemoryReading {
        memoryReader.processes(processes, guestMemoryBytes: guestMemoryBytes)
    }

    package var peakProblem: String? {
        guard case .failure(let error) = memoryPeak else { return nil }
        return (error as? MemoryPeak.Problem)?.text ?? "\(error)"
    }

    package func beginPeak() {
        let charged = try? memoryPeak.get().begin()
        chargedBefore.withLock { $0 = charged }
    }

    package func peak(of instances: [String]) -> UInt64? {
        guard let before = chargedBefore.withLock({ $0 }), let peak = try? memoryPeak.get().read() else { return nil }
        return outside.peak(of: instances, beside: peak > before ? peak - before : 0)
    }

    package func available() -> UInt64? { KeyedNumbers.read("/proc/meminfo")?["MemAvailable"].map { $0 * 1_024 } }

    package func pressure() -> Pressure { Pressure.read() }

    package func dropCaches() throws {
        sync()
        try HostFiles.write("3", to: "/proc/sys/vm/drop_caches")
    }

    package func shrinkSlabs() { LinuxHost.shrinkSlabs(in: "/sys/kernel/slab") }

    /// Without it the first dozens of instances fill what earlier ones left, and seem to cost half. What cannot be shrunk, or a
    /// kernel that does not show its slabs, only makes that less exact.
    static func shrinkSlabs(in directory: String) {
        var seen: Set<String> = []
        for name in HostFiles.names(in: directory) {
            // Caches that were merged show up under several names, all links to one directory.
            guard let path = realpath("\(directory)/\(name)", nil) else { continue }
            defer { free(path) }
            let resolved = String(cString: path)
            if seen.insert(resolved).inserted { try? HostFiles.write("1", to: resolved + "/shrink") }
        }
    }

    package func limitMemory(bytes: UInt64?) throws {
        let most = environment.memoryLimitBytes
        // A daemon of tare's own is in the group too, and is no instance.
        let daemons = daemonGroups.withLock { $0 }.reduce(UInt64(0)) { sum, group in
            let charged = memoryReader.charged(to: group)
            return sum + UInt64(max(0, (charged.charged ?? 0) + (charged[.chargedFile] ?? 0)))
        }
        let limit = bytes.map { min($0 + daemons, most ?? .max) } ?? most
        try environment.groups.limitMemory(of: place.group, bytes: limit)
    }

    package func killInstances() {
        // Daemons of tare's own go on: others' instances need them, and these must be removed by them.
        _ = environment.groups.killAll(
            in: place.group, sparing: daemonGroups.withLock { $0 }, deadlineMilliseconds: 1_000)
        outside.killAll()
    }

    package func endStrays() -> [String] {
        // Podman's client leaves its monitors where the engine wants them.
        Orphans.endStrays(outside: place.group, sparing: outside.members).map {
            "process \($0.pid) (\($0.name)) had left the control group of its instance, and was ended"
        }
    }

    /// Enters the run's network namespace and an IPC namespace, and takes back the affinity of whoever started tare: what the
    /// thread starts is born with it.
    package func enterLauncher() throws {
        try goHome()
        try StartedThread.freeAffinity()
        try Inheritance.enterOwnIPC()
        try network.enter()
    }

    /// Goes back to the run's control group where staging has put the thread elsewhere.
    package func goHome() throws {
        guard try !environment.groups.callingThreadIsIn(place.group) else { return }
        try environment.groups.moveCallingThread(to: place.group)
    }

    package func adopt(_ processes: [HostProcess], of instance: String) { outside.adopt(processes, of: instance) }
    package func release(_ instance: String) { outside.release(instance) }
    package func watch(_ daemons: Daemons) {
        // What is below the run's group is counted with that.
        if let group = daemons.group {
            daemonGroups.withLock { $0.append(group) }
            outside.watch(daemonGroup: group)
        } else {
            outside.watch(daemons: daemons.pids)
        }
    }

    package func memory(ofDaemons pids: [Int32]) -> MemoryReading { memoryReader.daemons(pids) }

    package func takePlace(ofEngine engine: String?) throws -> NetworkSlot {
        let place = try network.take(of: engine.map { .engine($0) } ?? .run)
        return NetworkSlot(bridge: place.bridge, slot: place.slot)
    }

    package func give(back place: NetworkSlot) { network.give(back: NetworkPlace(place)) }

    package func problems(of instances: [AskedInstance], readiness: Readiness) throws -> [String: String] {
        try ReadinessCheck.problems(of: instances, readiness: readiness, in: network)
    }
}
