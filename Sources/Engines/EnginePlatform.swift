package import BenchmarkModel
import Glibc
package import Images
package import LinuxSystem
import Synchronization

/// What is the same for all of an engine's containers of a workload.
struct PreparedEngineImage: Sendable {
    /// By what the engine knows the image.
    var reference: String
    /// The directory on the host with the witness and its configuration.
    var witnessLayer: String
    var furniture: Furniture
    var volumeOwner: VolumeOwner
}

/// Containers that an engine runs: Docker and Podman over their socket or by their command-line client, containerd by `ctr`.
///
/// The image is brought in before anything is timed, the same bytes as everywhere. The witness, its mark channel and the file for the
/// output come in by mounts: an engine hands nothing down.
package final class EnginePlatform: Platform {
    package let spec: PlatformSpec
    package let channelKind = ChannelKind.connected
    package let livenessCheck =
        "the container's first process lives, and the kernel killed none of it for want of memory"
    private let settings: EngineSettings
    private let cache: ImageCache
    private let witness: String
    private let groups: CgroupTree
    private let runDirectory: String
    private let runGroup: String
    /// The same group as the host shows it; nil where it has more than one path there.
    private let hostGroup: String?
    private let journal: any Journal
    private let network: RunNetwork

    private struct State {
        var client: (any EngineClient)?
        var daemon: EngineDaemon?
        /// Processes of a daemon that is not tare's own.
        var daemonPIDs: [Int32] = []
        var takesParent = true
        var row: Int64?
    }
    /// The numbers of bridges that the engine has made. Held while it makes one: launchers come here together.
    private let bridges = Mutex<Set<Int>>([])
    private let state = Mutex(State())

    /// - Parameters:
    ///   - witness: the path of the witness binary on the host.
    ///   - runDirectory: the run's directory, in which a daemon of tare's own has all that it has.
    ///   - runGroup: the run's control group, as tare sees it.
    ///   - hostGroups: the paths of that group in the host's view.
    ///   - network: the run's, in which daemons of tare's own are.
    ///   - journal: told of a foreign daemon before a container is asked of it.
    package init(
        spec: PlatformSpec, settings: EngineSettings, cache: ImageCache, witness: String, groups: CgroupTree,
        runDirectory: String, runGroup: String, hostGroups: [String], journal: any Journal, network: RunNetwork
    ) {
        self.network = network
        self.spec = spec
        self.settings = settings
        self.cache = cache
        self.witness = witness
        self.groups = groups
        self.runDirectory = runDirectory
        self.runGroup = runGroup
        hostGroup = Set(hostGroups).count == 1 ? hostGroups[0] : nil
        self.journal = journal
    }

    /// Where the engine takes no group for its containers, they lie in the daemon's.
    package var traits: PlatformTraits {
        var traits = spec.traits
        if !state.withLock({ $0.takesParent }) { traits.whereabouts = .daemonGroups(daemon: settings.engine.title) }
        return traits
    }

    private var parentGroup: String? {
        guard state.withLock({ $0.takesParent }) else { return nil }
        return settings.starts ? runGroup : hostGroup
    }

    private func client() throws -> any EngineClient {
        guard let client = state.withLock({ $0.client }) else {
            throw TareError(.failed, "\(spec.name) was not tried")
        }
        return client
    }

    /// Starts a daemon where tare shall have one of its own, and asks it what it is.
    package func probe() async throws -> PlatformRecord {
        do {
            let socket = try place()
            let client = try connect(socket)
            let facts = try client.facts()
            // systemd, as an engine's driver of control groups, takes slices of its own for parents, and no group of the run's.
            let takesParent = try settings.starts || client.groupDriver() != "systemd"
            state.withLock { state in
                state.client = client
                state.takesParent = takesParent && (settings.starts || hostGroup != nil)
            }
            return PlatformRecord(
                platform: spec.name,
                details: facts + [
                    Fact(
                        "control groups of containers",
                        parentGroup == nil ? "the daemon's: the engine takes none of the run's" : "below the run's",
                        mustAgree: true)
                ], emulated: false)
        } catch var error as TareError {
            let place = "platform '\(spec.name)': "
            if !error.message.hasPrefix(place) { error.message = place + error.message }
            throw error
        } catch {
            throw TareError(.hostLacks, "platform '\(spec.name)' cannot be used", cause: "\(error)")
        }
    }

    /// The socket of the daemon.
    private func place() throws -> String {
        guard settings.starts else {
            let socket = settings.socket ?? EngineSockets.standard(of: settings.engine)
            // Docker's containerd may be a service of its own.
            let sockets = [socket] + (settings.engine == .docker ? [EngineSockets.standard(of: .containerd)] : [])
            let holders = sockets.compactMap { UnixSocket.server(of: $0) }
            let daemons = Set(holders + holders.flatMap { ProcessTable.children(of: $0) }).sorted()
            let row = try journal.open(Intent(.engine, "\(settings.engine.rawValue) \(socket)"))
            state.withLock { state in
                state.row = row
                state.daemonPIDs = daemons
            }
            return socket
        }
        let daemon = try EngineDaemon(
            settings, platform: spec.name, directory: "\(runDirectory)/e-\(spec.name)",
            group: "\(runGroup)/\(Daemons.groupPrefix)\(spec.name)", groups: groups,
            network: network)
        state.withLock { $0.daemon = daemon }
        return daemon.socket
    }

    private func connect(_ socket: String) throws -> any EngineClient {
        func program(_ name: String, _ options: [String], _ environment: [String] = []) throws -> HostProgram {
            guard let path = Executables.find(name) else {
                throw TareError(
                    .hostLacks, "'\(name)' was not found", remedy: "Install it, or leave 'client: cli' out.")
            }
            return HostProgram(path: path, options: options, environment: Executables.environment + environment)
        }
        switch settings.engine {
        case .containerd:
            return ContainerdClient(
                program: try program("ctr", ["--address", socket, "--namespace", ContainerdClient.namespace]),
                settings: settings)
        case .docker, .podman:
            var client = try APIClient(settings, at: socket)
            guard settings.client == .cli else { return client }
            if settings.engine == .docker {
                client.launcher = try program("docker", ["--host", "unix://\(socket)"])
            } else {
                let daemon = state.withLock { $0.daemon }
                client.launcher = try program("podman", [], daemon?.environment ?? [])
                client.launcher?.mountsOf = daemon?.process.pid
            }
            return client
        }
    }

    /// Builds or finds the root filesystem, and brings it to the engine where it is not there.
    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let root = try await PreparedRoot.make(workload, platform: spec.name, cache: cache, witness: witness)
        try refuse(root.workload, root.furniture)
        let archive = try await cache.engineImage(of: root.tree)
        let client = try client()
        let reference = EngineImage.reference(of: root.tree)
        let start = MonotonicClock.now()
        let isThere = try client.has(image: reference)
        if !isThere { try client.load(archive.path) }
        let step = Preparation(
            workload: workload.name, platform: spec.name, step: "image brought to the engine",
            seconds: Double(MonotonicClock.now() - start) / 1e9, cached: isThere, identity: archive.identity)
        return PreparedWorkload(
            workload: root.workload,
            steps: root.steps + [
                archive.preparation("image for engines", workload: workload.name, platform: spec.name), step,
            ],
            payload: PreparedEngineImage(
                reference: reference, witnessLayer: root.layers[0], furniture: root.furniture,
                volumeOwner: root.volumeOwner))
    }

    /// What is looked for in the output is not seen where the engine keeps it.
    private func refuse(_ workload: Workload, _ furniture: Furniture) throws {
        if settings.engine == .containerd, spec.cpuView == .allowance {
            throw TareError(
                .usage, "\(spec.name): ctr gives a container no cpuset, so that 'cpu-view: allowance' cannot be kept",
                remedy: "Leave it out for containerd.")
        }
        // Clients take several words in one argument, parted by these.
        let paths =
            furniture.volumes.map(\.target) + workload.volumes.map(\.directory) + furniture.temporary.map(\.target)
        for path in paths where path.unicodeScalars.contains(where: { ",:\"\\\n".unicodeScalars.contains($0) }) {
            throw TareError(
                .usage,
                "\(workload.name): no engine's client takes the path '\(path)', which holds ',', ':', '\"' or '\\'",
                remedy: "Use another path.", concerns: "volumes")
        }
        guard settings.logDriver != EngineSettings.noLog else { return }
        let why: String
        if case .line = workload.readiness {
            why = "waits for a line of output"
        } else if workload.figures.contains(where: { $0.source == .output }) {
            why = "reads figures from its output"
        } else {
            return
        }
        throw TareError(
            .usage,
            "\(workload.name) \(why), which the log driver '\(settings.logDriver)' of \(spec.name) keeps from tare",
            remedy: "Leave 'log-driver' out, or use another condition.", concerns: "ready")
    }

    package func stage(_ request: LaunchRequest) throws {
        let prepared: PreparedEngineImage = try request.payload()
        if let place = request.place, spec.bridging == .engine { try makeNetwork(place, of: request) }
        try request.stageOnlineFile()
        try InstanceVolumes(of: request).make(for: prepared.volumeOwner)
    }

    /// One for each bridge, which many instances share: no part of a start.
    private func makeNetwork(_ place: NetworkPlace, of request: LaunchRequest) throws {
        try bridges.withLock { bridges in
            guard !bridges.contains(place.bridge) else { return }
            if settings.engine == .podman, EngineDaemon.netavark == nil {
                throw TareError(
                    .hostLacks,
                    "\(spec.name): Podman needs netavark to make the network of \(request.prepared.workload.name)",
                    remedy: "Install it (on Debian: apt-get install netavark), or leave 'network: bridge' out.")
            }
            try client().makeNetwork(EnginePlatform.networkName(place, of: request), place, run: request.runName)
            bridges.insert(place.bridge)
        }
    }

    private static func networkName(_ place: NetworkPlace, of request: LaunchRequest) -> String {
        "\(request.runName)-b\(place.bridge)"
    }

    /// What the container is asked for with; of a network namespace that tare makes, the instance is told.
    private func network(of request: LaunchRequest, _ instance: EngineInstance) throws -> ContainerRequest.Network {
        switch request.prepared.workload.network {
        case .none: return .none
        case .host: return settings.engine == .containerd ? .namespace(path: try network.path()) : .host
        case .bridge:
            guard let place = request.place else { return .none }
            guard spec.bridging == .tare else {
                return .named(EnginePlatform.networkName(place, of: request), address: place.addressWords)
            }
            // ctr makes none by itself: as whoever calls containerd does it, the network is there before.
            let made = try BridgedNamespace(place, in: network)
            instance.isOn(made)
            return .namespace(path: made.path)
        }
    }

    package func launch(_ request: LaunchRequest) throws -> any Instance {
        let client = try client()
        let prepared: PreparedEngineImage = try request.payload()
        let parent = parentGroup
        let instance = EngineInstance(
            request, client: client, groups: groups, parentGroup: parent, isOwnDaemon: settings.starts)
        do {
            var container = ContainerRequest(request, prepared, settings, parentGroup: parent)
            container.network = try network(of: request, instance)
            instance.became(try client.launch(container, request))
            return instance
        } catch {
            try? instance.stop(deadline: .seconds(10))
            throw error
        }
    }

    package func daemons() -> Daemons {
        state.withLock { state in
            // Podman's client makes containers by itself: the service is there for tare's questions.
            let isNeeded = settings.engine != .podman || settings.client == .api
            if let daemon = state.daemon {
                return Daemons(pids: isNeeded ? daemon.processes() : [], group: daemon.group)
            }
            return Daemons(pids: isNeeded ? state.daemonPIDs : [])
        }
    }

    /// Ends a daemon of tare's own; of another's, all that bears the run's label is gone or is told to the next tare.
    package func close() async {
        let (client, daemon, row) = state.withLock { state in
            defer { (state.client, state.daemon, state.row) = (nil, nil, nil) }
            return (state.client, state.daemon, state.row)
        }
        if let daemon { try? daemon.end() }
        guard let row else { return }
        let run = runDirectory.split(separator: "/").last.map(String.init) ?? ""
        if (try? EngineReaper.removeContainers(of: run, client)) != nil { try? journal.close(row) }
    }
}

/// Where engines listen by default.
package enum EngineSockets {
    package static func standard(of engine: EngineSettings.Engine) -> String {
        switch engine {
        case .docker:
            let host = getenv("DOCKER_HOST").map { String(cString: $0) } ?? ""
            return host.hasPrefix("unix:///") ? String(host.dropFirst("unix://".count)) : "/var/run/docker.sock"
        case .podman: return "/run/podman/podman.sock"
        case .containerd: return "/run/containerd/containerd.sock"
        }
    }
}

/// Removes what a dead run left under a daemon that is not tare's own.
package enum EngineReaper {
    /// - Parameter intent: the subject of the journal's entry, `ENGINE SOCKET`.
    /// - Throws: ``TareError`` where the daemon does not do it.
    package static func reap(intent: String, of runID: String) throws {
        let words = intent.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, let engine = EngineSettings.Engine(rawValue: words[0]) else {
            throw TareError(.store, "the journal names no engine: \(intent)")
        }
        // Of a daemon that does not answer nobody knows: the row stays open until it does.
        try removeContainers(of: "tare-\(runID)", try client(of: engine, at: words[1]))
    }

    /// What was removed at engines, and what could not be.
    package struct Outcome {
        package var removed: [String] = []
        package var stays: [String] = []
    }

    /// Removes the images that tare brought to the engines of this host, as far as their daemons answer at the usual places.
    package static func removeImages() -> Outcome {
        atEachServer("images") { place, client, outcome in
            let count = try client.removeImages()
            if count > 0 { outcome.removed.append("\(count) image\(count == 1 ? "" : "s") of \(place)") }
        }
    }

    /// Containers of runs at the engines of this host of which no journal tells, such as one that was lost: by label, where nobody
    /// measures that run.
    ///
    /// - Parameter isAlive: whether a run is being measured.
    package static func removeUnjournalled(isAlive: (String) -> Bool) -> Outcome {
        atEachServer("containers") { place, client, outcome in
            for run in try client.runs() {
                let id = String(run.dropFirst("tare-".count))
                guard run.hasPrefix("tare-"), Run.isID(id), !isAlive(id) else { continue }
                try removeContainers(of: run, client)
                outcome.removed.append("containers of the run \(id) of \(place) (no journal tells of them)")
            }
        }
    }

    /// Asks every engine whose daemon works at its usual socket.
    private static func atEachServer(
        _ what: String, _ body: (_ place: String, any EngineClient, inout Outcome) throws -> Void
    ) -> Outcome {
        var outcome = Outcome()
        for engine in EngineSettings.Engine.allCases {
            let socket = EngineSockets.standard(of: engine)
            guard UnixSocket.server(of: socket) != nil else { continue }
            let place = "\(engine.title) at \(socket)"
            do {
                try body(place, try client(of: engine, at: socket), &outcome)
            } catch {
                outcome.stays.append("\(what) of \(place): \(error)")
            }
        }
        return outcome
    }

    private static func client(
        of engine: EngineSettings.Engine, at socket: String
    ) throws -> any EngineClient {
        let settings = EngineSettings(engine)
        guard engine == .containerd else {
            return try APIClient(settings, at: socket)
        }
        guard let ctr = Executables.find("ctr") else { throw TareError(.hostLacks, "'ctr' was not found") }
        return ContainerdClient(
            program: HostProgram(
                path: ctr, options: ["--address", socket, "--namespace", ContainerdClient.namespace],
                environment: Executables.environment), settings: settings)
    }

    static func removeContainers(of run: String, _ client: (any EngineClient)?) throws {
        guard let client else { return }
        for id in try client.containers(ofRun: run) { try client.remove(id, seconds: EngineAPI.patienceSeconds) }
    }
}
