import BenchmarkModel
import Glibc
import Images
import LinuxSystem
import Synchronization

/// A container under an OCI runtime.
final class OCIInstance: Instance {
    let name: String
    let pidFile: String
    private let groups: CgroupTree
    private let group: String
    private let mount: String
    private let runtime: String
    /// The zeroth argument and the options before the subcommand.
    private let command: [String]
    /// Where the runtime keeps what it knows of containers.
    private let stateDirectory: String
    private let isDetached: Bool
    private let child = Mutex<ChildProcess?>(nil)
    private let network = Mutex<BridgedNamespace?>(nil)
    private let stopSignal: Int32?
    private let volumes: InstanceVolumes

    init(
        name: String, groups: CgroupTree, group: String, mount: String, runtime: String, command: [String],
        stateDirectory: String, pidFile: String, isDetached: Bool, volumes: InstanceVolumes, stopSignal: Int32? = nil
    ) {
        self.volumes = volumes
        self.isDetached = isDetached
        self.name = name
        self.groups = groups
        self.group = group
        self.mount = mount
        self.runtime = runtime
        self.command = command
        self.stateDirectory = stateDirectory
        self.pidFile = pidFile
        self.stopSignal = stopSignal
    }

    func runtimeStarted(_ process: ChildProcess) {
        child.withLock { $0 = process }
    }

    /// Its network, where it has one on a bridge.
    func isOn(_ made: BridgedNamespace) { network.withLock { $0 = made } }

    func processes() throws -> [HostProcess] {
        var found = groups.members(of: group).map { HostProcess(pid: $0, role: .workload) }
        if let runtime = child.withLock({ $0 }), runtime.wait(deadlineMilliseconds: 0) == nil {
            found.append(HostProcess(pid: runtime.pid, role: .runtime))
        }
        return found
    }

    func death() -> String? {
        if let killed = groups.outOfMemoryKills(of: group), killed > 0 {
            return "\(name) was killed for want of memory"
        }
        // The first process of a container takes all others with it.
        return groups.members(of: group).isEmpty ? "\(name) ended: no process is left in its control group" : nil
    }

    /// Detached, the runtime leaves the container to tare, which adopts it; in the foreground it hands the status on.
    func ending(deadlineMilliseconds: Int32) -> CommandEnding? {
        // What the sandbox of gVisor ends with is not what ends in it.
        guard let process = child.withLock({ $0 }), !runtime.hasSuffix("/runsc") else { return nil }
        let end = MonotonicClock.now() + UInt64(max(0, deadlineMilliseconds)) * 1_000_000
        // Until it has left, the container is its child.
        guard case .exited(let status)? = process.wait(deadlineMilliseconds: deadlineMilliseconds) else { return nil }
        guard isDetached else { return CommandEnding(runtimeStatus: status) }
        guard let pid = HostFiles.value(pidFile).flatMap({ Int32($0) }) else { return nil }
        return Orphans.ending(of: pid, deadline: end)?.asCommandEnding
    }

    /// Kills the container, lets the runtime forget it, and checks that nothing stayed: a runtime's word is not taken for
    /// it (`runc delete` has been seen to leave the cgroup and say that all went well).
    func stop(deadline: Duration) throws {
        let milliseconds = UInt64(max(100, deadline / .milliseconds(1)))
        if let stopSignal { askToEnd(by: stopSignal) }
        let runtimeProcess = child.withLock { $0 }
        // A runtime that has not created the container yet must end first, or it would create it behind our back. Once it
        // has, it is left alone: in the foreground it cleans up after a container that ended by itself.
        if !HostFiles.exists(pidFile), runtimeProcess?.wait(deadlineMilliseconds: 0) == nil,
            groups.processes(of: group).isEmpty
        {
            runtimeProcess?.end(graceMilliseconds: 0)
        }
        try groups.end(name, in: group, deadlineMilliseconds: milliseconds)
        // In the foreground the runtime sees its container end, and cleans up by itself.
        let ending = runtimeProcess?.wait(deadlineMilliseconds: Int32(clamping: milliseconds))
        if runtimeProcess != nil, ending == nil { runtimeProcess?.end(graceMilliseconds: 0) }
        // Whether or not the runtime answers, what is tare's own goes away; the runtime's state goes with the run's directory.
        let forgotten = Result {
            if HostFiles.exists(stateDirectory + "/" + name) { try delete(deadlineMilliseconds: milliseconds) }
        }
        network.withLock { network in
            network?.remove()
            network = nil
        }
        try Mounts.unmount(mount)
        try groups.remove(group, deadlineMilliseconds: milliseconds)
        try volumes.remove()
        try forgotten.get()
    }

    /// Has the runtime send a signal, as an engine does: what the host sees of a sandboxed container is not its command. Whoever
    /// takes no heed of it is killed.
    private func askToEnd(by signal: Int32) {
        let end = MonotonicClock.now() + UInt64(StopSignal.patienceSeconds) * 1_000_000_000
        guard HostFiles.exists(pidFile), !groups.members(of: group).isEmpty,
            let process = try? call(["kill", name, "\(signal)"])
        else { return }
        guard process.wait(deadlineMilliseconds: Int32(StopSignal.patienceSeconds) * 1_000) == .exited(0) else {
            process.end(graceMilliseconds: 0)
            return
        }
        while !groups.members(of: group).isEmpty, MonotonicClock.now() < end { usleep(2_000) }
    }

    /// Starts a command of the runtime.
    private func call(_ arguments: [String]) throws -> ChildProcess {
        let null = try Executables.openNull()
        defer { close(null) }
        return try ChildProcess.spawn(
            SpawnRequest(
                path: runtime, arguments: command + arguments, environment: Executables.environment,
                descriptors: (null, null, null)))
    }

    private func delete(deadlineMilliseconds: UInt64) throws {
        let process = try call(["delete", "--force", name])
        guard process.wait(deadlineMilliseconds: Int32(clamping: deadlineMilliseconds)) != nil else {
            process.end(graceMilliseconds: 0)
            throw TareError(
                .platform, "'\(runtime) delete' of \(name) did not end in time",
                remedy: "See why the runtime hangs; what was left of the container is removed.")
        }
    }
}
