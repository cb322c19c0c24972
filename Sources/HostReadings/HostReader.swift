internal import CLinuxShims
import Glibc
package import LinuxSystem

/// Reads ``HostReading``s. Where `/proc` and `/sys` are can be changed, so that tests can plant a fault.
package struct HostReader: Sendable {
    /// Where `/proc` is.
    package var proc: String
    /// Where `/sys` is.
    package var sys: String
    /// The host's control groups.
    package var groups: CgroupTree
    /// The run's cgroup.
    package var runGroup: String
    /// The groups that tare was started in.
    package var confinement = Confinement.outcome

    package init(proc: String = "/proc", sys: String = "/sys", groups: CgroupTree, runGroup: String) {
        self.proc = proc
        self.sys = sys
        self.groups = groups
        self.runGroup = runGroup
    }

    /// Reads everything now.
    package func read() -> HostReading {
        var reading = HostReading()
        readCPU(&reading)
        reading.memoryPressureMicroseconds = Pressure.total("full", of: proc + "/pressure/memory")
        reading.clockSource = HostFiles.value(
            sys + "/devices/system/clocksource/clocksource0/current_clocksource")
        if let numbers = KeyedNumbers.read(proc + "/vmstat") {
            reading.outOfMemoryKills = numbers["oom_kill"]
            reading.compactionStalls = numbers["compact_stall"]
            if let swappedIn = numbers["pswpin"], let swappedOut = numbers["pswpout"] {
                reading.swappedPages = swappedIn + swappedOut
            }
        }
        readOwnGroups(&reading)
        readThermal(&reading)
        reading.runNanoseconds = groups.cpuNanoseconds(of: runGroup)
        reading.ownNanoseconds = HostReader.ownCPUNanoseconds()
        reading.nanoseconds = MonotonicClock.now()
        return reading
    }

    private func lines(_ path: String) -> [Substring] {
        ((try? HostFiles.read(path)) ?? "").split(separator: "\n")
    }

    private func readCPU(_ reading: inout HostReading) {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest time is inside user time.
        guard let line = lines(proc + "/stat").first(where: { $0.hasPrefix("cpu ") }) else { return }
        let ticks = line.split(separator: " ").dropFirst().compactMap { UInt64($0) }
        guard ticks.count >= 8 else { return }
        reading.busyTicks = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]
        reading.stolenTicks = ticks[7]
    }

    private func readOwnGroups(_ reading: inout HostReading) {
        // Where tare has made its own groups the roots of what it sees, those above them are seen from the host only.
        let confined = confinement.flatMap { $0.prefixes.isEmpty ? nil : $0 }
        let groups = confined?.host ?? groups
        guard let text = try? confined?.text ?? HostFiles.read(proc + "/self/cgroup") else { return }
        for (controller, file, key) in [("cpu", "cpu.stat", "nr_throttled"), ("pids", "pids.events", "max")] {
            guard var group = groups.group(in: text, controller: controller) else { continue }
            var sum: UInt64?
            while true {
                let path = groups.directory(of: group == "/" ? "" : group, controller: controller)
                if let path, let number = KeyedNumbers.read("\(path)/\(file)")?[key] { sum = (sum ?? 0) + number }
                guard group != "/", !group.isEmpty, let slash = group.lastIndex(of: "/") else { break }
                group = slash == group.startIndex ? "/" : String(group[..<slash])
            }
            if controller == "cpu" { reading.throttled = sum } else { reading.refusedForks = sum }
        }
    }

    private func readThermal(_ reading: inout HostReading) {
        let base = sys + "/devices/system/cpu"
        for name in HostFiles.names(in: base) where name.hasPrefix("cpu") {
            for counter in ["core_throttle_count", "package_throttle_count"] {
                if let value = HostFiles.value("\(base)/\(name)/thermal_throttle/\(counter)"), let count = UInt64(value)
                {
                    reading.thermalThrottles = (reading.thermalThrottles ?? 0) + count
                }
            }
        }
    }

    /// User and system time of this process, nanoseconds.
    static func ownCPUNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
