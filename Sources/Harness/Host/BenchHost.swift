package import BenchmarkModel
package import HostReadings

/// What the bench reads of the host it measures on, and does to it. Experiments see the host through this and nothing else, so
/// that they can be run on a scripted one, without root and in no time.
package protocol BenchHost: AnyObject, Sendable {
    /// The run's own places on the host.
    var place: RunPlace { get }
    /// CPUs that are online.
    var cpus: Int { get }

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
    /// `MemAvailable` in bytes; nil where it cannot be read. Asked fifty times a second.
    func available() -> UInt64?
    func pressure() -> Pressure

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
    /// Daemons that work for the run's instances, whose CPU time counts.
    func watch(daemons: [Int32])

    /// Asks processes whether what they run is still ready.
    ///
    /// - Returns: why not, by process id.
    func problems(of processes: [Int32], readiness: Readiness) throws -> [Int32: String]
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
