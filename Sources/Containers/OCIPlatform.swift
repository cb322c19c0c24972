package import BenchmarkModel
import Glibc
package import Images
package import LinuxSystem

/// What is the same for all containers of a workload.
private struct PreparedContainer: Sendable {
    let root: PreparedRoot
    let configuration: OCIConfiguration.Template
}

/// A container under an OCI runtime: bundle and `config.json` are written by tare, the runtime is called as an engine
/// calls it.
package struct OCIPlatform: Platform {
    package let spec: PlatformSpec
    /// The witness gets one end of a socket pair, which the runtime passes through: detached as standard input, in the
    /// foreground, where it puts pipes of its own there, as descriptor 3.
    package let channelKind = ChannelKind.inherited
    package let livenessCheck =
        "a process of the container lives in its control group, and the kernel killed none for want of memory"
    private let settings: OCISettings
    private let cache: ImageCache
    private let witness: String
    private let groups: CgroupTree
    private let network: RunNetwork
    private let runtime: String
    private let stateDirectory: String

    /// - Parameters:
    ///   - witness: the path of the witness binary on the host.
    ///   - runDirectory: the run's directory, in which the runtime keeps its state so that nothing outlives the run.
    ///   - network: the run's, on whose bridges instances are.
    /// - Throws: ``TareError`` when the runtime is not there.
    package init(
        spec: PlatformSpec, settings: OCISettings, cache: ImageCache, witness: String, groups: CgroupTree,
        runDirectory: String, network: RunNetwork
    ) throws {
        self.network = network
        self.spec = spec
        self.settings = settings
        self.cache = cache
        self.witness = witness
        self.groups = groups
        guard let path = Executables.find(settings.runtime) else {
            if settings.runtime.hasPrefix("/"), HostFiles.exists(settings.runtime) {
                throw TareError(
                    .hostLacks, "platform '\(spec.name)': \(settings.runtime) is no program that can be executed",
                    remedy: "Give it its execute bit (chmod +x), or name another with 'runtime:'.")
            }
            throw TareError(
                .hostLacks, "platform '\(spec.name)': the OCI runtime '\(settings.runtime)' was not found",
                remedy: OCIRuntime.otherPlatform(for: settings.runtime)
                    ?? "Install it (on Debian: apt-get install \(settings.runtime)), or name another with 'runtime:'.")
        }
        runtime = path
        stateDirectory = runDirectory + "/oci-" + spec.name
    }

    /// Asks the runtime for its version.
    package func probe() async throws -> PlatformRecord {
        let output = try OCIRuntime.version(of: runtime, platform: spec.name)
        return PlatformRecord(
            platform: spec.name,
            details: [
                Fact("runtime", output, mustAgree: true), Fact("runtime path", runtime),
                Fact(
                    "runtime options",
                    (settings.options + ["run"] + runOptions).joined(separator: " ")),
            ], emulated: false)
    }

    /// Builds or finds the root filesystem and the witness layer.
    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let root = try await PreparedRoot.make(workload, platform: spec.name, cache: cache, witness: witness)
        let payload = PreparedContainer(
            root: root,
            configuration: try OCIConfiguration.Template(
                root.workload, root.furniture, confined: spec.cpuView == .allowance))
        return PreparedWorkload(workload: root.workload, steps: root.steps, payload: payload)
    }

    /// Writes what the instance is to see of the host's CPUs, and makes its volumes, before t0.
    package func stage(_ request: LaunchRequest) throws {
        let prepared: PreparedContainer = try request.payload()
        try request.stageOnlineFile()
        try InstanceVolumes(of: request).make(for: prepared.root.volumeOwner)
    }

    /// Mounts the overlay, writes the bundle and calls the runtime; all of it is inside the measured time.
    package func launch(_ request: LaunchRequest) throws -> any Instance {
        let prepared: PreparedContainer = try request.payload()
        let volumes = InstanceVolumes(of: request)
        let overlay: OverlayRoot
        do {
            overlay = try OverlayRoot(directory: request.directory, layers: prepared.root.layers)
            try overlay.mount()
        } catch {
            try? volumes.remove()
            throw error
        }
        let instance = OCIInstance(
            name: request.name, groups: groups, group: request.instanceGroup, mount: overlay.merged, runtime: runtime,
            command: command, stateDirectory: stateDirectory, pidFile: request.directory + "/pid",
            isDetached: settings.detach, volumes: volumes, stopSignal: request.stopSignal)
        do {
            let configuration = prepared.configuration.filled(
                arguments: witnessArguments(request), rootPath: overlay.merged, hostname: request.name,
                cgroupsPath: request.instanceGroup, cpus: request.cpus.map(CPUList.text),
                onlineFile: request.onlineFile, volumes: request.volumeDirectories,
                networkPath: try networkPath(of: request, instance))
            try HostFiles.create(request.directory + "/config.json", bytes: configuration, mode: 0o600)
            let child = try ChildProcess.spawn(try runtimeCall(request, pidFile: instance.pidFile))
            request.marks.record(.spawned, at: child.bornNanoseconds)
            instance.runtimeStarted(child)
            return instance
        } catch {
            try? instance.stop(deadline: .seconds(5))
            throw error
        }
    }

    /// As an engine does it, or an orchestrator for it: the network is there before the runtime is called.
    private func networkPath(of request: LaunchRequest, _ instance: OCIInstance) throws -> String? {
        guard let place = request.place else { return nil }
        let made = try BridgedNamespace(place, in: network)
        instance.isOn(made)
        return made.path
    }

    private func runtimeCall(_ request: LaunchRequest, pidFile: String) throws -> SpawnRequest {
        let output = request.marks.outputDescriptor
        var spawn = SpawnRequest(
            path: runtime,
            arguments: command + ["run"] + runOptions
                + ["--pid-file", pidFile, "--bundle", request.directory, request.name],
            environment: Executables.environment, descriptors: (request.marks.instanceDescriptor, output, output))
        if !settings.detach {
            spawn.further = request.marks.instanceDescriptor
            // Opened for writing only: the runtime finds nothing to read, and no descriptor need be opened for that.
            spawn.descriptors.input = output
        }
        spawn.cgroupFiles = request.childCgroupFiles
        return spawn
    }

    private func witnessArguments(_ request: LaunchRequest) -> [String] {
        var arguments = request.witnessArguments
        if !settings.detach { arguments.insert("--preserved", at: 1) }
        return arguments
    }

    private var runOptions: [String] { settings.detach ? ["--detach"] : ["--preserve-fds", "1"] }

    /// The zeroth argument and the options before the subcommand.
    private var command: [String] {
        [runtime, "--root", stateDirectory] + settings.options
    }
}
