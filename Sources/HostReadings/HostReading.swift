/// What the host says of itself at one moment, as far as the validity of a sample depends on it.
///
/// Counters only grow; the difference of two readings is what happened between them. A counter that the host does not
/// have is nil and is not judged.
package struct HostReading: Sendable, Equatable {
    /// `CLOCK_MONOTONIC`, nanoseconds.
    package var nanoseconds: UInt64 = 0
    /// CPU time of the whole host that was not idle, not waiting and not stolen, in ticks of 10 ms.
    package var busyTicks: UInt64?
    /// CPU time that the hypervisor gave to others, in ticks of 10 ms.
    package var stolenTicks: UInt64?
    /// Time in which all work waited for memory, in microseconds (`/proc/pressure/memory`, `full`).
    package var memoryPressureMicroseconds: UInt64?
    /// The kernel's clock source.
    package var clockSource: String?
    /// How often tare's own cgroups, all ancestors included, were throttled.
    package var throttled: UInt64?
    /// How often tare's own cgroups were refused a new process.
    package var refusedForks: UInt64?
    /// Processes killed for want of memory, on the whole host.
    package var outOfMemoryKills: UInt64?
    /// Pages swapped in and out.
    package var swappedPages: UInt64?
    /// Stalls for memory compaction.
    package var compactionStalls: UInt64?
    /// Thermal throttling events of all CPUs.
    package var thermalThrottles: UInt64?
    /// CPU time of the run's cgroup, nanoseconds.
    package var runNanoseconds: UInt64?
    /// CPU time of tare itself, nanoseconds.
    package var ownNanoseconds: UInt64 = 0

    package init() {}
}
