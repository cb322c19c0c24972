import BenchmarkModel
import Glibc
import Images
import LinuxSystem
import Synchronization

/// A container that an engine runs.
final class EngineInstance: Instance {
    let name: String
    private let client: any EngineClient
    private let groups: CgroupTree
    /// The group below which the container's is; nil where the engine has its own place for them.
    private let parentGroup: String?
    private let volumes: InstanceVolumes
    private let stopSignal: Int32?
    /// How the path ends of a group that tare itself named.
    private let ownGroup: String
    private let isOwnDaemon: Bool

    private struct State {
        var id: String?
        /// The container's first process, and what the engine keeps beside it: a shim, a monitor.
        var first: PinnedProcess?
        var keeper: PinnedProcess?
        /// The container's control group.
        var group: String?
        var ending: CommandEnding?
        /// Whether the engine said that it does not run.
        var isOver = false
        var killedForMemory = false
        var network: BridgedNamespace?
    }
    private let state = Mutex(State())

    init(
        _ request: LaunchRequest, client: any EngineClient, groups: CgroupTree, parentGroup: String?, isOwnDaemon: Bool
    ) {
        self.isOwnDaemon = isOwnDaemon
        name = request.name
        volumes = InstanceVolumes(of: request)
        stopSignal = request.stopSignal
        ownGroup = request.instanceGroup
        self.client = client
        self.groups = groups
        self.parentGroup = parentGroup
    }

    /// The engine has made it.
    func became(_ id: String) { state.withLock { $0.id = id } }

    /// Its network, where tare made it.
    func isOn(_ made: BridgedNamespace) { state.withLock { $0.network = made } }

    /// Asks the engine which process is the container's first, once. Its parent is what the engine keeps beside the container: known
    /// by descent, whatever it calls itself.
    private func look() {
        guard state.withLock({ $0.first == nil }), let told = try? client.state(of: name), told.isRunning,
            let pid = told.phase.pid, pid > 0, let first = PinnedProcess(pid: pid)
        else { return }
        let group = group(of: pid, id: told.id)
        // What another's daemon says is a process of the container's only where it is in the container's group: its parent gets signals.
        let parent = isOwnDaemon || group != nil ? ProcessEntry(pid: pid)?.parent ?? 0 : 0
        let keeper = parent > 1 && parent != getpid() ? PinnedProcess(pid: parent) : nil
        state.withLock { state in
            (state.first, state.keeper, state.group) = (first, keeper, group)
            state.id = told.id
        }
    }

    /// The group of a process where it is this container's own.
    private func group(of pid: Int32, id: String) -> String? {
        guard let text = try? HostFiles.read("/proc/\(pid)/cgroup"),
            let group = groups.group(in: text, controller: groups.mode == .v2 ? "unified" : "memory")
        else { return nil }
        return group.contains(id) || group.hasSuffix(ownGroup) ? group : nil
    }

    func processes() throws -> [HostProcess] {
        look()
        let (first, keeper, group) = state.withLock { ($0.first, $0.keeper, $0.group) }
        guard let first else { return [] }
        var workload = Set(group.map { groups.members(of: $0) } ?? [])
        if first.runs { workload.insert(first.pid) }
        var found = workload.sorted().map { HostProcess(pid: $0, role: .workload) }
        if let keeper, keeper.runs {
            // What a runtime leaves beside a sandbox is the keeper's child too.
            let others = [keeper.pid] + ProcessTable.children(of: keeper.pid).filter { !workload.contains($0) }
            found += others.map { HostProcess(pid: $0, role: .runtime) }
        }
        return found
    }

    func death() -> String? {
        look()
        let (first, group) = state.withLock { ($0.first, $0.group) }
        if let group, let killed = groups.outOfMemoryKills(of: group), killed > 0 {
            return "\(name) was killed for want of memory"
        }
        if let first, first.runs { return nil }
        note()
        let (ending, killed, isOver) = state.withLock { ($0.ending, $0.killedForMemory, $0.isOver) }
        if killed { return "\(name) was killed for want of memory" }
        // A daemon that does not answer has said nothing of the container.
        guard first != nil || isOver else { return nil }
        return "\(name) \(ending.map(\.words) ?? "ended: its first process is gone")"
    }

    /// Asks the engine how it ended, if it has.
    private func note() {
        guard state.withLock({ $0.ending == nil }), let told = try? client.state(of: name), !told.isRunning else {
            return
        }
        let status = client.status(of: told)
        // Not every engine tells, and the group with its count is gone.
        let wasOutOfMemory =
            told.phase.wasOutOfMemory == true
            || KernelLog.tellsOutOfMemory(
                inGroup: [told.id, ownGroup, "docker-\(told.id).scope", "libpod-\(told.id).scope/container"])
        state.withLock { state in
            state.isOver = true
            state.ending = status.map { CommandEnding(runtimeStatus: $0) }
            state.killedForMemory = wasOutOfMemory
        }
    }

    func ending(deadlineMilliseconds: Int32) -> CommandEnding? {
        let end = MonotonicClock.now() + UInt64(max(0, deadlineMilliseconds)) * 1_000_000
        while true {
            note()
            if let ending = state.withLock({ $0.ending }) { return ending }
            guard MonotonicClock.now() < end else { return nil }
            usleep(5_000)
        }
    }

    /// Has the engine remove the container, and checks that nothing stayed: its word is not taken for it.
    func stop(deadline: Duration) throws {
        let seconds = max(1, Double(deadline / .milliseconds(1)) / 1_000)
        look()
        if let stopSignal, let first = state.withLock({ $0.first }), first.runs {
            try? client.kill(name, signal: stopSignal)
            let patience = MonotonicClock.now() + UInt64(StopSignal.patienceSeconds) * 1_000_000_000
            _ = first.waitUntilGone(deadline: patience)
        }
        let removed = Result { try client.remove(name, seconds: seconds) }
        let (first, keeper, known, id) = state.withLock { ($0.first, $0.keeper, $0.group, $0.id) }
        // Whether or not the engine answers, the container does not go on.
        if case .failure = removed, keeper != nil { first?.signal(SIGKILL) }
        let end = MonotonicClock.now() + UInt64(seconds * 1e9)
        if let keeper {
            if !keeper.waitUntilGone(deadline: min(end, MonotonicClock.now() + 3_000_000_000)) {
                keeper.signal(SIGKILL)
                _ = keeper.waitUntilGone(deadline: end)
            }
            // tare adopts what its own daemon leaves.
            Orphans.reap([keeper.pid], deadline: MonotonicClock.now() + 100_000_000)
        }
        EngineDaemon.reapKeepers()
        state.withLock { state in
            state.network?.remove()
            state.network = nil
        }
        let possible =
            known.map { [$0] } ?? parentGroup.flatMap { parent in id.map { client.group(of: $0, below: parent) } } ?? []
        for group in possible where groups.exists(group) {
            try groups.end(name, in: group, deadlineMilliseconds: UInt64(seconds * 1_000))
            try groups.remove(group, deadlineMilliseconds: UInt64(seconds * 1_000))
        }
        try volumes.remove()
        try removed.get()
    }
}
