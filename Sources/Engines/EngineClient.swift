import BenchmarkModel
import Glibc
import Images
import LinuxSystem

/// How an engine is asked for containers and about them. What it throws are ``TareError``s.
protocol EngineClient: Sendable {
    /// What the daemon and the client are, for the report.
    func facts() throws -> [Fact]
    func has(image reference: String) throws -> Bool
    /// Brings an archive in.
    func load(_ archive: String) throws
    /// Asks for a container, and records the marks that the engine shows.
    ///
    /// - Returns: the container's id.
    func launch(_ container: ContainerRequest, _ request: LaunchRequest) throws -> String
    /// nil where there is none.
    func state(of container: String) throws -> ContainerState?
    func kill(_ container: String, signal: Int32) throws
    /// With what a container ended that does not run any more; nil where nobody knows.
    func status(of ended: ContainerState) -> Int32?
    /// Removes a container, whatever it does; one that is gone is no error.
    func remove(_ container: String, seconds: Double) throws
    /// Makes a bridge with the addresses of a place, which a daemon of tare's own takes away with itself.
    func makeNetwork(_ name: String, _ place: NetworkPlace, run: String) throws
    /// All containers of a run, running or not.
    func containers(ofRun run: String) throws -> [String]
    /// The names of all runs that have containers there, `tare-RUN`.
    func runs() throws -> Set<String>
    /// Removes the images that tare brought in.
    ///
    /// - Returns: how many.
    func removeImages() throws -> Int
    /// The control group of a container on the host, where the engine's rule for its name is known.
    func group(of id: String, below parent: String) -> [String]
    /// The driver of control groups; nil where the engine does not say.
    func groupDriver() throws -> String?
}

extension EngineClient {
    func status(of ended: ContainerState) -> Int32? { ended.phase.exitCode }
    func groupDriver() throws -> String? { nil }
}

/// Requests over the socket, but for the container itself where the engine's command-line client asks for that.
struct APIClient: EngineClient {
    let api: EngineAPI
    let settings: EngineSettings
    /// The client that asks for containers, a process for each; nil where requests do.
    var launcher: HostProgram?

    func groupDriver() throws -> String? { try api.info().CgroupDriver }

    func facts() throws -> [Fact] {
        let info = try api.info()
        for option in info.SecurityOptions ?? []
        where option.contains("name=userns") || option.contains("name=rootless") {
            throw TareError(
                .hostLacks,
                "\(settings.engine.title) maps users (\(option)), so that no container of it reaches root's mark channel",
                remedy: "Let tare start a daemon of its own with 'start: true', or use one that does not.")
        }
        let runtime = settings.runtime ?? info.DefaultRuntime ?? "the engine's default"
        return [
            Fact("engine", "\(settings.engine.title) \(api.about.Version)", mustAgree: true),
            Fact("client", try clientWords(), mustAgree: true),
            Fact("runtime", runtime, mustAgree: true),
            Fact("storage driver", info.Driver ?? "not told", mustAgree: true),
            Fact(
                "control groups", "\(info.CgroupDriver ?? "?"), version \(info.CgroupVersion ?? "?")", mustAgree: true),
            Fact("security", info.SecurityOptions?.sorted().joined(separator: ", ") ?? "not told", mustAgree: true),
            Fact("log driver", settings.logDriver, mustAgree: true),
            Fact("firewall of its networks", firewall, mustAgree: true),
            Fact("init", settings.addsInit ? "the engine's" : "none", mustAgree: true),
        ]
    }

    /// What of a packet filter is set up for networks, in words.
    private var firewall: String {
        guard settings.starts else { return "the daemon's own affair: no workload is on its networks" }
        return settings.engine == .docker ? "none (iptables=false)" : "netavark's own, in the run's network"
    }

    private func clientWords() throws -> String {
        guard let launcher else {
            return "API \(api.version) over \(settings.starts ? "a daemon of tare's own" : api.socket.path)"
        }
        let version = try launcher.output(["--version"])
        return "\(version.split(separator: "\n").first ?? "?") (\(launcher.path))"
    }

    func has(image reference: String) throws -> Bool { try api.has(image: reference) }
    func load(_ archive: String) throws { try api.load(archive) }

    func launch(_ container: ContainerRequest, _ request: LaunchRequest) throws -> String {
        if let launcher { return try launch(container, request, by: launcher) }
        let seconds = request.prepared.workload.readinessDeadlineSeconds + EngineAPI.patienceSeconds
        let created = try api.create(container.name, try container.json(settings), seconds: seconds)
        request.marks.record(.created, at: MonotonicClock.now())
        let id = try api.id(of: created)
        try api.start(id, seconds: seconds)
        request.marks.record(.started, at: MonotonicClock.now())
        return id
    }

    private func launch(
        _ container: ContainerRequest, _ request: LaunchRequest, by program: HostProgram
    ) throws -> String {
        let words = try program.run(container.commandLine(settings), of: request)
        guard let id = words.split(separator: "\n").last.map(String.init),
            id.utf8.count == 64, id.allSatisfy(\.isHexDigit)
        else {
            throw TareError(
                .platform, "'\(program.path) run' did not say which container it made", cause: String(words.suffix(200))
            )
        }
        return id
    }

    func state(of container: String) throws -> ContainerState? { try api.state(of: container) }
    func kill(_ container: String, signal: Int32) throws { try api.kill(container, signal: signal) }
    func remove(_ container: String, seconds: Double) throws { try api.remove(container, seconds: seconds) }
    func containers(ofRun run: String) throws -> [String] { try api.containers(ofRun: run) }
    func runs() throws -> Set<String> { try api.runs() }
    func removeImages() throws -> Int { try api.removeImages() }
    func makeNetwork(_ name: String, _ place: NetworkPlace, run: String) throws {
        try api.makeNetwork(name, place, run: run)
    }
    func group(of id: String, below parent: String) -> [String] { ["\(parent)/\(id)", "\(parent)/libpod-\(id)"] }
}

extension APIClient {
    /// - Throws: ``TareError`` where nobody answers, or in no version that tare knows.
    init(_ settings: EngineSettings, at socket: String) throws {
        self.init(
            api: try EngineAPI(EngineSocket(path: socket, title: settings.engine.title)), settings: settings)
    }
}

/// A client program with the words that name its daemon.
struct HostProgram: Sendable {
    var path: String
    /// What comes before the subcommand.
    var options: [String]
    /// The whole environment, `KEY=VALUE`.
    var environment: [String]
    /// A process whose mounts it shall see, because it makes others among them; nil for tare's own.
    var mountsOf: Int32?

    /// What it prints of itself, which a daemon does not matter for.
    func output(_ arguments: [String]) throws -> String {
        let output = try Executables.output(of: path, arguments)
        guard output.isSuccess else {
            throw TareError(
                .hostLacks, "'\(path) \(arguments.joined(separator: " "))' failed",
                remedy: "Check that it runs by hand.",
                cause: String(output.text.suffix(200)))
        }
        return output.text
    }

    /// Runs it for an instance, in the run's groups: what it costs is a cost of the start.
    ///
    /// - Returns: what it printed.
    /// - Throws: ``TareError`` where it fails or does not end in time.
    func run(_ arguments: [String], of request: LaunchRequest) throws -> String {
        let seconds = request.prepared.workload.readinessDeadlineSeconds + EngineAPI.patienceSeconds
        return try call(
            arguments, seconds: seconds, cgroupFiles: request.childCgroupFiles,
            born: { request.marks.record(.spawned, at: $0) },
            ended: { request.marks.record(.started, at: $0) }
        ).output
    }

    struct Ended {
        var output: String
        var status: Int32
    }

    /// - Parameter statuses: those with which it may end; nil for any.
    func call(
        _ arguments: [String], seconds: Double, cgroupFiles: [String] = [],
        statuses: Set<Int32>? = [0], born: (UInt64) -> Void = { _ in }, ended: (UInt64) -> Void = { _ in }
    ) throws -> Ended {
        let null = try Executables.openNull()
        defer { close(null) }
        // Files without a name, and no pipes: what a client leaves running may hold a pipe open for ever.
        guard let output = tmpfile(), let errors = tmpfile() else { throw SystemError("making a temporary file") }
        defer {
            fclose(output)
            fclose(errors)
        }
        var spawn = SpawnRequest(
            path: path, arguments: [path] + options + arguments, environment: environment,
            descriptors: (null, fileno(output), fileno(errors)))
        spawn.cgroupFiles = cgroupFiles
        if let mountsOf { spawn.steps = [.enterMounts(of: mountsOf)] }
        let child = try ChildProcess.spawn(spawn)
        born(child.bornNanoseconds)
        let words = "'\(path.split(separator: "/").last ?? "") \(arguments.first ?? "")'"
        guard let ending = child.wait(deadlineMilliseconds: Int32(clamping: Int(seconds * 1_000))) else {
            // It leads a session, and so a process group, of its own.
            kill(-child.pid, SIGKILL)
            child.end(graceMilliseconds: 0)
            throw TareError(
                .platform, "\(words) did not end within \(Int(seconds)) s", remedy: "See whether the daemon hangs.",
                cause: HostProgram.lastLine(errors))
        }
        let end = MonotonicClock.now()
        guard case .exited(let status) = ending, statuses?.contains(status) ?? true else {
            throw TareError(.platform, "\(words) failed (\(ending))", cause: HostProgram.lastLine(errors))
        }
        ended(end)
        return Ended(output: HostProgram.text(output), status: status)
    }

    private static func text(_ file: UnsafeMutablePointer<FILE>) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(fileno(file), &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static func lastLine(_ file: UnsafeMutablePointer<FILE>) -> String? {
        text(file).split(whereSeparator: \.isNewline).last { $0.contains { !$0.isWhitespace } }.map(String.init)
    }
}
