package import BenchmarkModel
package import HostReadings

/// What the bench reads of the host it measures on, and does to it. Experiments see the host through this and nothing else, so
/// that they can be run on a scripted one, without root and in no time.
package protocol BenchHost: AnyObject, Sendable {
    /// The run's own places on the host.
    var place: RunPlace { get }
    /// CPUs that are online.
    var cpus: Int { get }
    /// CPUs that instances can be given.
    var availableCPUs: [Int] { get }

    /// The clock of rests, holds and settling, in nanoseconds. Marks are taken from `CLOCK_MONOTONIC` itself.
    func now() -> UInt64
    /// Lets time pass.
    func pause(nanoseconds: UInt64)

    /// What the validity detectors read.
    func reading() -> HostReading
    /// CPU time of all instances, runtimes and daemons of the run, in nanoseconds; nil where it cannot be read.
    func instancesNanoseconds() -> UInt64?
    /// The host's memory.
    ///
    /// - Parameter countingGroups: whether dying control groups are counted, for which all directories are looked at.
    func memory(countingGroups: Bool) -> MemoryReading
    /// What is charged to all instances.
    func charged() -> MemoryReading
    /// What processes say of their memory.
    func memory(of processes: [HostProcess], guestMemoryBytes: UInt64?) -> MemoryReading
    /// Why no start's peak of memory can be told here, in words; nil where it can.
    var peakProblem: String? { get }
    /// From here on the most that is charged to the instances at once is kept. To be called before the rest that precedes a start.
    func beginPeak()
    /// The most that was charged to the instances at once since then, without what was charged at that moment, in bytes; of those
    /// that a daemon holds in groups of their own, the most since these were made. nil where it cannot be told.
    func peak(of instances: [String]) -> UInt64?
    /// `MemAvailable` in bytes; nil where it cannot be read. Asked fifty times a second.
    func available() -> UInt64?
    func pressure() -> Pressure

    /// How much of limited resources is in use, all users of the host together; what cannot be read is absent. All of them take a
    /// while with many processes, those of tare itself do not.
    func limits(_ resources: Set<LimitedResource>) -> LimitsReading
    /// The limits of this host.
    func kernelLimits() -> [LimitedResource: KernelLimit]
    /// How often a control group has refused a process of the run so far; nil where nothing counts it. Only growth says something.
    func refusedForks() -> UInt64?

    /// Writes dirty pages and drops the page cache.
    ///
    /// - Throws: where the kernel refuses.
    func dropCaches() throws
    /// Gives slabs back that hold no object any more.
    func shrinkSlabs()
    /// Limits the memory of all instances together, in bytes; nil takes the limit back to the run's own.
    ///
    /// - Throws: where nothing enforces it.
    func limitMemory(bytes: UInt64?) throws
    /// Ends all processes of all instances at once, because the host runs out of memory.
    func killInstances()
    /// Ends processes that have left the control group of their instance, and says which.
    func endStrays() -> [String]

    /// Before a launcher's first work, on its thread.
    func enterLauncher() throws
    /// Before an instance is staged, on the launcher's thread, and after it was launched.
    func goHome() throws

    /// Takes account of an instance whose processes lie outside of the run's control group, until it is released.
    func adopt(_ processes: [HostProcess], of instance: String)
    /// The instance is about to end: what it used is kept.
    func release(_ instance: String)
    /// Daemons that work for the run's instances: their CPU time counts, and their memory is no instance's.
    func watch(_ daemons: Daemons)
    /// The memory of processes that serve all instances of a platform.
    func memory(ofDaemons pids: [Int32]) -> MemoryReading

    /// Takes a place on a bridge for an instance.
    ///
    /// - Parameter engine: the platform whose engine makes its bridges by itself; nil for those of the run.
    /// - Throws: where there is none left, or the kernel refuses it.
    func takePlace(ofEngine engine: String?) throws -> NetworkSlot
    /// Nothing of the instance is left.
    func give(back place: NetworkSlot)

    /// Asks instances whether they are still ready.
    ///
    /// - Returns: why not, by the instance's name.
    func problems(of instances: [AskedInstance], readiness: Readiness) throws -> [String: String]
}

/// By what the host reaches an instance that it asks.
package struct AskedInstance: Sendable, Equatable {
    package var name: String
    /// A process of its workload; nil where the host sees none.
    package var process: Int32?
    /// Its place on a bridge, over which it is asked where it has one.
    package var place: NetworkSlot?

    package init(name: String, process: Int32?, place: NetworkSlot? = nil) {
        self.name = name
        self.process = process
        self.place = place
    }
}

extension BenchHost {
    package func limits(_ resources: Set<LimitedResource>) -> LimitsReading { LimitsReading() }
    package func kernelLimits() -> [LimitedResource: KernelLimit] { [:] }
    package func refusedForks() -> UInt64? { nil }
    package func memory(ofDaemons pids: [Int32]) -> MemoryReading { MemoryReading() }

    /// How much of every limited resource is in use.
    func limits() -> LimitsReading { limits(Set(LimitedResource.allCases)) }
}

/// Where a run keeps what is its own on the host.
package struct RunPlace: Sendable {
    /// The run's name.
    package var runID: String
    /// The run's directory.
    package var directory: String
    /// The run's control group, as a path below each hierarchy's root.
    package var group: String
    /// `cgroup.procs` files that children must join by themselves (cgroup v2 only).
    package var childGroupFiles: [String]

    package init(runID: String, directory: String, group: String, childGroupFiles: [String] = []) {
        self.runID = runID
        self.directory = directory
        self.group = group
        self.childGroupFiles = childGroupFiles
    }
}
