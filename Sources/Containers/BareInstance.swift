import BenchmarkModel
import Glibc
import Images
import LinuxSystem

/// An instance that tare started itself: one child and what descends from it, in a cgroup of its own or at least in a
/// session of its own.
struct BareInstance: Instance {
    /// What ``death()`` looks at.
    static let livenessCheck = "its first process lives, and the kernel killed none of it for want of memory"

    let name: String
    let groups: CgroupTree
    /// The cgroup of its own; nil where the isolation that is measured has none.
    let group: String?
    let volumes: InstanceVolumes
    /// Mounts in tare's namespace, the innermost first.
    var mounts: [String] = []
    var child: ChildProcess?
    /// Its network, where it has one on a bridge.
    var network: BridgedNamespace?
    /// Asks the command to end, before it is killed.
    var stopSignal: Int32?

    func processes() throws -> [HostProcess] {
        guard let group else { return child.map { [HostProcess(pid: $0.pid, role: .workload)] } ?? [] }
        return groups.members(of: group).map { HostProcess(pid: $0, role: .workload) }
    }

    func death() -> String? {
        if let group, let killed = groups.outOfMemoryKills(of: group), killed > 0 {
            return "\(name) was killed for want of memory"
        }
        switch child?.wait(deadlineMilliseconds: 0) {
        case nil: return nil
        case let ending?: return "\(name) \(ending.asCommandEnding.words)"
        }
    }

    func ending(deadlineMilliseconds: Int32) -> CommandEnding? {
        child?.wait(deadlineMilliseconds: deadlineMilliseconds)?.asCommandEnding
    }

    /// Kills at once where the suite names no signal: an instance of a benchmark has nothing to save, and a polite wait would
    /// measure the workload.
    func stop(deadline: Duration) throws {
        let milliseconds = UInt64(max(100, deadline / .milliseconds(1)))
        if let stopSignal, let child {
            child.signal(stopSignal)
            _ = child.wait(deadlineMilliseconds: Int32(StopSignal.patienceSeconds) * 1_000)
        }
        child?.signal(SIGKILL)
        // Every child leads a session; what it started is in its process group unless it left that on purpose.
        if group == nil, let child { kill(-child.pid, SIGKILL) }
        _ = child?.wait(deadlineMilliseconds: Int32(clamping: milliseconds))
        if let group { try groups.end(name, in: group, deadlineMilliseconds: milliseconds) }
        network?.remove()
        for mount in mounts { try Mounts.unmount(mount) }
        if let group { try groups.remove(group, deadlineMilliseconds: milliseconds) }
        try volumes.remove()
    }
}

extension ChildProcess.Ending {
    var asCommandEnding: CommandEnding {
        switch self {
        case .exited(let status): .exited(status)
        case .signalled(let signal): .signalled(signal)
        }
    }
}
