package import BenchmarkModel
package import Harness
import Glibc
import LinuxSystem
import Synchronization

/// A platform that starts nothing: each instance does what the script says, over a real mark channel.
package final class ScriptedPlatform: Platform {
    /// What an instance does when it is launched.
    package enum Behaviour: Sendable {
        /// Becomes ready at once and stays.
        case ready
        /// Sends these bytes over the mark channel.
        case sends(String)
        /// Prints, sends these bytes, and ends like this; nil lets it live.
        case prints(String, sends: String, ending: CommandEnding?)
        /// The platform refuses it.
        case refused(String)
        /// Nothing comes, and the channel stays open.
        case silent
        /// Becomes ready, and is dead from the moment that it is first asked.
        case diesLater(String)
        /// Becomes ready, and is not ready any more when it is asked again.
        case becomesUnready(String)
        /// Becomes ready, and cannot be removed.
        case cannotBeStopped(String)
    }

    private struct State {
        var launched = 0
        var running: Set<String> = []
        var most = 0
        var dead: [String: String] = [:]
        var unready: [String: String] = [:]
        var order: [String] = []
        var closed = false
    }

    package let spec: PlatformSpec
    package let traits: PlatformTraits
    package let channelKind = ChannelKind.inherited
    package let livenessCheck = "the script says so"
    private let behaviour: @Sendable (_ ordinal: Int) -> Behaviour
    private let onLaunch: @Sendable (_ ordinal: Int) -> Void
    /// What an instance tells of the world.
    private let world: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - behaviour: of the instance that is launched as the so-manieth, from 1; those that echo or tell the world do not count.
    ///   - onLaunch: called in each launch.
    package init(
        _ name: String = "scripted", cpuView: CPUView = .engine,
        traits: PlatformTraits = PlatformTraits(role: .container, place: "under a script"),
        _ behaviour: @escaping @Sendable (_ ordinal: Int) -> Behaviour = { _ in .ready },
        world: String = "Wcpus-online=0\0\0", onLaunch: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.world = world
        spec = PlatformSpec(name: name, kind: .oci(OCISettings(runtime: name)), cpuView: cpuView)
        self.traits = traits
        self.behaviour = behaviour
        self.onLaunch = onLaunch
    }

    /// How many instances were launched in all.
    package var launched: Int { state.withLock { $0.launched } }
    /// How many live now.
    package var running: Int { state.withLock { $0.running.count } }
    /// The most that lived at the same time.
    package var mostRunning: Int { state.withLock { $0.most } }
    /// The workloads in the order of their launches.
    package var order: [String] { state.withLock { $0.order } }

    package func probe() async throws -> PlatformRecord {
        PlatformRecord(platform: spec.name, details: [], emulated: false)
    }

    package func prepare(_ workload: Workload) async throws -> PreparedWorkload { prepared(workload) }

    package func prepared(_ workload: Workload) -> PreparedWorkload {
        PreparedWorkload(workload: workload, steps: [], payload: 0)
    }

    package func launch(_ request: LaunchRequest) throws -> any Instance {
        let held = dup(request.marks.instanceDescriptor)
        request.marks.record(.spawned, at: MonotonicClock.now())
        if request.purpose != .workload {
            let told = request.purpose == .world ? "E\(world)" : "E"
            try StartedThread.start("tare-echo") {
                write(told, to: held)
                var byte: UInt8 = 0
                while read(held, &byte, 1) == 1, Glibc.write(held, &byte, 1) == 1 {}
                Glibc.close(held)
            }
            return ScriptedInstance(
                name: request.name, number: request.number, platform: self, behaviour: .silent, held: -1)
        }
        let ordinal = state.withLock { state in
            state.launched += 1
            state.order.append(request.prepared.workload.name)
            return state.launched
        }
        onLaunch(ordinal)
        let behaviour = behaviour(ordinal)
        switch behaviour {
        case .refused(let reason):
            Glibc.close(held)
            throw TareError(.platform, reason)
        case .sends(let bytes): write(bytes, to: held)
        case .prints(let text, let bytes, let ending):
            write(text, to: request.marks.outputDescriptor)
            write(bytes, to: held)
            if ending != nil {
                Glibc.close(held)
                return ScriptedInstance(
                    name: request.name, number: request.number, platform: self, behaviour: behaviour, held: -1)
            }
        case .silent: break
        case .ready, .diesLater, .becomesUnready, .cannotBeStopped: write("EXR", to: held)
        }
        state.withLock { state in
            state.running.insert(request.name)
            state.most = max(state.most, state.running.count)
            if case .diesLater(let reason) = behaviour { state.dead[request.name] = reason }
            if case .becomesUnready(let reason) = behaviour { state.unready[request.name] = reason }
        }
        return ScriptedInstance(
            name: request.name, number: request.number, platform: self, behaviour: behaviour, held: held)
    }

    /// Ends all, as a watch over the host's memory does.
    package func killAll() {
        state.withLock { state in
            for name in state.running { state.dead[name] = "killed" }
            state.running = []
        }
    }

    /// What instances say when they are asked again.
    package func problems(of instances: [AskedInstance]) -> [String: String] {
        let unready = state.withLock { $0.unready }
        return unready.filter { name, _ in instances.contains { $0.name == name } }
    }

    fileprivate func death(of name: String) -> String? { state.withLock { $0.dead[name] } }
    fileprivate func end(_ name: String) { state.withLock { _ = $0.running.remove(name) } }
}

private func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(descriptor, bytes, bytes.count)
}

private final class ScriptedInstance: Instance {
    let name: String
    private let number: Int
    private let platform: ScriptedPlatform
    private let behaviour: ScriptedPlatform.Behaviour
    private let held: Mutex<Int32>

    init(
        name: String, number: Int, platform: ScriptedPlatform, behaviour: ScriptedPlatform.Behaviour, held: Int32
    ) {
        self.name = name
        self.number = number
        self.platform = platform
        self.behaviour = behaviour
        self.held = Mutex(held)
    }

    /// Its number stands for a process id: nobody signals it.
    func processes() throws -> [HostProcess] { [HostProcess(pid: Int32(number), role: .workload)] }

    func death() -> String? { platform.death(of: name) }

    func ending(deadlineMilliseconds: Int32) -> CommandEnding? {
        if case .prints(_, _, let ending) = behaviour { ending } else { nil }
    }

    func stop(deadline: Duration) throws {
        platform.end(name)
        held.withLock { held in
            if held >= 0 { Glibc.close(held) }
            held = -1
        }
        if case .cannotBeStopped(let reason) = behaviour { throw TareError(.platform, reason) }
    }
}
