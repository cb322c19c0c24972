import BenchmarkModel
import Foundation
import Glibc
import Images
import LinuxSystem

/// A daemon of tare's own, in the run's directory and below the run's control group: so all of it goes with these, whatever happens to
/// tare. It takes no configuration of the host's, and its network is the run's: no bridge, no firewall and no setting of the
/// host's network is touched, whatever the engine does.
final class EngineDaemon: Sendable {
    /// The socket on which it answers.
    let socket: String
    let process: ChildProcess
    /// Its control group, in which what it starts for containers stays as well.
    let group: String
    /// What its command-line client must be told, `KEY=VALUE`, to have what it has.
    let environment: [String]
    private let groups: CgroupTree
    private let directory: String

    /// Directories outside of the run's that were not there before.
    private let foreignPlaces: [String]
    /// What engines make wherever they are told to keep their things, innermost first; those that are empty go again.
    private static let madeOutside = [
        "/opt/containerd/bin", "/opt/containerd/lib", "/opt/containerd",
        "/var/lib/containers/cache/blob-info-cache-v1.boltdb",
        "/var/lib/containers/cache", "/var/lib/containers/storage", "/var/lib/containers", "/var/cache/containers",
    ]
    private static let longestSocket = "/x/containerd/containerd.sock.ttrpc"

    private static let startSeconds = 30.0

    /// Starts it, and returns once its socket is there; whether it answers is for the caller to see.
    ///
    /// - Throws: ``TareError``; nothing is left then.
    init(
        _ settings: EngineSettings, platform: String, directory: String, group: String, groups: CgroupTree,
        network: RunNetwork
    ) throws {
        self.directory = directory
        self.group = group
        self.groups = groups
        socket = directory + "/s"
        foreignPlaces = EngineDaemon.madeOutside.filter { !HostFiles.exists($0) }
        // containerd's below Docker's is the longest of its sockets.
        guard (directory + EngineDaemon.longestSocket).utf8.count <= 107, !directory.hasPrefix("/run/") else {
            throw TareError(
                .usage,
                "no engine can be started in \(directory): its sockets would have paths of over 107 bytes, or lie in /run",
                remedy:
                    "Name another, shorter run directory with TARE_RUN_DIRECTORY, or give the platform a shorter name.")
        }
        for path in [directory, directory + "/run", directory + "/home"] {
            try HostFiles.makeDirectory(path, mode: 0o700)
        }
        // Whoever asks a daemon for something that is no runtime gets the daemon's riddles at each start.
        if let runtime = settings.runtime, !runtime.hasPrefix("io.containerd."), let path = Executables.find(runtime) {
            _ = try OCIRuntime.version(of: path, platform: platform)
        }
        let plan = try EngineDaemon.plan(settings, directory: directory, socket: socket)
        environment = plan.environment
        try groups.create(group)
        let null = try Executables.openNull()
        defer { close(null) }
        let log = open(directory + "/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw SystemError("creating \(directory)/log") }
        defer { close(log) }
        var spawn = SpawnRequest(
            path: plan.program, arguments: [plan.program] + plan.arguments,
            environment: Executables.environment + ["HOME=\(directory)/home"] + plan.environment,
            descriptors: (null, log, log))
        spawn.cgroupFiles = groups.processFiles(of: group)
        // Sockets of shims lie in /run whatever a daemon is told, and would stay there.
        spawn.namespaces = [.mount]
        spawn.steps = [
            .mount(source: directory + "/run", target: "/run", type: "none", flags: Mounts.Flag.bind, data: nil)
        ]
        do {
            process = try network.inside { try ChildProcess.spawn(spawn) }
        } catch {
            try? groups.remove(group)
            throw TareError(.hostLacks, "\(plan.program) could not be started", cause: "\(error)")
        }
        let deadline = MonotonicClock.now() + UInt64(EngineDaemon.startSeconds * 1e9)
        while !UnixSocket.answers(socket) {
            if let ending = process.wait(deadlineMilliseconds: 10) {
                let last = lastWords
                try? end()
                throw TareError(
                    .hostLacks, "\(plan.program) ended right after its start (\(ending))",
                    remedy: "See what it says.", cause: last)
            }
            if Task.isCancelled {
                try? end()
                throw TareError(.interrupted, "interrupted")
            }
            guard MonotonicClock.now() < deadline else {
                let last = lastWords
                try? end()
                throw TareError(
                    .hostLacks, "\(plan.program) made no socket within \(Int(EngineDaemon.startSeconds)) s", cause: last
                )
            }
        }
    }

    /// The last lines of its log.
    var lastWords: String? {
        let lines = HostFiles.tail(directory + "/log").split(whereSeparator: \.isNewline).suffix(2)
        return lines.isEmpty ? nil : lines.joined(separator: " | ")
    }

    /// The daemon's own processes: it and what it started but for what containers are run by.
    func processes() -> [Int32] { [process.pid] + ProcessTable.children(of: process.pid) }

    /// Ends it with all that is left of its containers, and removes what it mounted.
    ///
    /// - Throws: ``TareError`` naming what stays.
    func end() throws {
        process.end(graceMilliseconds: 10_000)
        let left = groups.killAll(in: group)
        Orphans.reapEnded(in: group)
        EngineDaemon.reapKeepers()
        for path in foreignPlaces { if rmdir(path) != 0, errno == ENOTDIR { unlink(path) } }
        for point in Mounts.points(below: directory).reversed() { try Mounts.unmount(point) }
        guard left.isEmpty else {
            throw TareError(
                .failed,
                "processes of an engine survive SIGKILL: \(left.sorted().map(String.init).joined(separator: ", "))")
        }
        try groups.remove(group)
    }

    /// tare adopts shims and monitors that have left their daemon. Those whose containers ended by themselves nobody else reaps.
    static func reapKeepers() {
        let ended = ProcessTable.children(of: getpid()).filter { pid in
            guard ProcessEntry(pid: pid)?.state == "Z", let name = HostFiles.value("/proc/\(pid)/comm") else {
                return false
            }
            return name == "conmon" || name.hasPrefix("containerd-shim")
        }
        Orphans.reap(Set(ended), deadline: MonotonicClock.now())
    }

    private struct Start {
        var program: String
        var arguments: [String]
        var environment: [String] = []
    }

    private static func plan(_ settings: EngineSettings, directory: String, socket: String) throws -> Start {
        func program(_ name: String, package: String) throws -> String {
            guard let path = Executables.find(name) else {
                throw TareError(
                    .hostLacks, "'\(name)' was not found, so that tare cannot start \(settings.engine.title)",
                    remedy: "Install it (on Debian: apt-get install \(package)).")
            }
            return path
        }
        func write(_ name: String, _ text: String) throws -> String {
            let path = "\(directory)/\(name)"
            try HostFiles.create(path, bytes: Array(text.utf8), mode: 0o600)
            return path
        }
        switch settings.engine {
        case .docker:
            var configuration: [String: Any] = ["deprecated-key-path": directory + "/key.json"]
            if let runtime = settings.runtime, runtime != "runc" {
                let path = try program(runtime, package: runtime)
                configuration["runtimes"] = [runtime: ["path": path, "runtimeArgs": settings.options]]
            }
            let json = try JSONSerialization.data(withJSONObject: configuration, options: [.sortedKeys])
            return Start(
                program: try program("dockerd", package: "docker.io"),
                arguments: [
                    "--config-file", try write("daemon.json", String(decoding: json, as: UTF8.self)), "--data-root",
                    directory + "/data", "--exec-root", directory + "/x", "--pidfile", directory + "/pid", "--host",
                    "unix://\(socket)", "--iptables=false", "--ip6tables=false", "--ip-forward=false",
                    "--bridge=none", "--userland-proxy=false", "--exec-opt", "native.cgroupdriver=cgroupfs",
                    "--log-level", "warn",
                ])
        case .podman:
            let environment = try podmanEnvironment(settings, directory: directory)
            return Start(
                program: try program("podman", package: "podman"),
                arguments: ["system", "service", "--time=0", "unix://\(socket)"], environment: environment)
        case .containerd:
            let configuration = try write(
                "config.toml",
                """
                version = 2
                root = "\(directory)/root"
                state = "\(directory)/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", \
                "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
                [grpc]
                  address = "\(socket)"
                """)
            return Start(
                program: try program("containerd", package: "containerd"),
                arguments: ["--config", configuration, "--log-level", "warn"])
        }
    }

    /// What makes networks for Podman; nil where it is not installed.
    static var netavark: String? {
        ["/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman", "/usr/lib/podman"]
            .map { $0 + "/netavark" }.first { access($0, X_OK) == 0 }
    }

    /// What lets Podman keep all that it has in a directory.
    private static func podmanEnvironment(_ settings: EngineSettings, directory: String) throws -> [String] {
        let (containers, storage) = (directory + "/containers.conf", directory + "/storage.conf")
        // It asks for more open files than a process without CAP_SYS_RESOURCE may have.
        let files = OwnLimits.hard(7) ?? 1_048_576
        let processes = min(OwnLimits.hard(6) ?? 4_096, 4_096)
        let runtime = settings.runtime ?? "runc"
        let text = """
            [containers]
            default_ulimits = ["nofile=\(files):\(files)", "nproc=\(processes):\(processes)"]
            [engine]
            runtime = "\(runtime)"
            cgroup_manager = "cgroupfs"
            lock_type = "file"
            events_logger = "file"
            tmp_dir = "\(directory)/tmp"
            static_dir = "\(directory)/libpod"
            volume_path = "\(directory)/volumes"
            [network]
            network_config_dir = "\(directory)/networks"

            """ + (netavark == nil ? "" : "network_backend = \"netavark\"\n")
        try HostFiles.create(containers, bytes: Array(text.utf8), mode: 0o600)
        try HostFiles.create(
            storage,
            bytes: Array(
                """
                [storage]
                driver = "overlay"
                graphroot = "\(directory)/data"
                runroot = "\(directory)/x"
                """.utf8), mode: 0o600)
        return ["CONTAINERS_CONF=\(containers)", "CONTAINERS_STORAGE_CONF=\(storage)"]
    }
}
