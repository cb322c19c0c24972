import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import TestSupport

extension FigureSpec {
    /// One in a file, which matters to the witness by nothing else.
    static func inFile(_ path: String) -> FigureSpec {
        FigureSpec(name: path, source: .file(path), place: .match("(.*)"), unit: "x", polarity: .lowerIsBetter)
    }
}

/// The real witness in a root of its own, which holds a static busybox.
///
/// It is PID 1 of a new PID namespace, in a new network namespace whose loopback interface is down, as in a container.
final class Instance {
    struct Options {
        var arguments: [String] = []
        var readiness = Readiness.started
        var environment: [String: String] = [:]
        var workingDirectory = "/"
        var deadlineSeconds = 30.0
        /// Replaces the configuration.
        var configuration: [UInt8]?
        /// Run by a shell that then becomes the witness.
        var prelude: String?
        var ownPIDs = true
        var hasNullDevice = true
        var surroundings = Surroundings()
        /// Those that figures are read from.
        var figureFiles: [String] = []
        /// Text files put into the root.
        var files: [String: String] = [:]
    }

    let root: TemporaryDirectory
    let channel: Channel
    let process: ChildProcess

    private init(root: TemporaryDirectory, channel: Channel, process: ChildProcess) {
        self.root = root
        self.channel = channel
        self.process = process
    }

    deinit {
        process.end(graceMilliseconds: 0)
    }

    /// Starts a command, or with an empty one the witness with `options.arguments`.
    static func start(_ command: [String], _ options: Options = Options()) throws -> Instance {
        let root = try makeRoot()
        let workload = Workload(
            name: "test", image: .rootfs(path: root.path), command: command, environment: options.environment,
            workingDirectory: options.workingDirectory, readiness: options.readiness,
            readinessDeadlineSeconds: options.deadlineSeconds, surroundings: options.surroundings,
            figures: options.figureFiles.map(FigureSpec.inFile))
        for (path, text) in options.files {
            try HostFiles.makeDirectory(root.path + (path as NSString).deletingLastPathComponent)
            try HostFiles.create(root.path + path, bytes: Array(text.utf8))
        }
        let configuration = options.configuration ?? WitnessConfiguration.encode(workload, own: OwnLimits.hard)
        try HostFiles.create(root.path + "/.tare/config", bytes: configuration)
        let channel = try Channel()
        let output = open(root.path + "/output", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(output) }
        var request = SpawnRequest(
            path: WitnessConfiguration.witnessPath,
            arguments: [WitnessConfiguration.witnessPath] + options.arguments, environment: ["INHERITED=1"],
            descriptors: (channel.instanceEnd, output, output))
        if let prelude = options.prelude {
            request.path = "/bin/busybox"
            request.arguments = ["sh", "-c", prelude]
        }
        request.namespaces = options.ownPIDs ? [.mount, .network, .pid] : [.mount, .network]
        let isPrivate = Mounts.Flag.recursive | Mounts.Flag.isPrivate
        request.steps = [
            .mount(source: "none", target: "/", type: "none", flags: isPrivate, data: nil),
            .mount(source: "proc", target: root.path + "/proc", type: "proc", flags: 0, data: nil),
        ]
        if options.hasNullDevice {
            request.steps.append(.makeDevice(root.path + "/dev/null", mode: 0o666, major: 1, minor: 3))
        }
        request.root = .chroot(root.path)
        let process = try ChildProcess.spawn(request)
        channel.closeInstanceEnd()
        return Instance(root: root, channel: channel, process: process)
    }

    /// Debian's busybox-static.
    static var busybox: String { access("/bin/busybox", X_OK) == 0 ? "/bin/busybox" : "/usr/bin/busybox" }

    private static func makeRoot() throws -> TemporaryDirectory {
        let root = try TemporaryDirectory()
        for name in [".tare", "bin", "dev", "proc", "tmp", "srv"] {
            try HostFiles.makeDirectory("\(root.path)/\(name)")
        }
        try copyProgram(BuiltProgram.path("witness"), to: root.path + "/.tare/witness")
        try copyProgram(busybox, to: root.path + "/bin/busybox")
        for name in ["sh", "cat", "sleep", "nc", "httpd", "env", "printf", "touch", "true"] {
            symlink("busybox", "\(root.path)/bin/\(name)")
        }
        return root
    }

    /// What a file of the instance's root holds.
    func file(_ path: String) throws -> String {
        try HostFiles.read(root.path + path)
    }

    /// The states (`S`, `Z`, ...) of the processes in the instance's PID namespace beside its first.
    func others() -> [String] {
        let space = link("/proc/\(process.pid)/ns/pid")
        return HostFiles.names(in: "/proc").compactMap { name in
            guard let pid = Int32(name), pid != process.pid, link("/proc/\(pid)/ns/pid") == space,
                let status = try? HostFiles.read("/proc/\(pid)/stat"), let end = status.lastIndex(of: ")")
            else { return nil }
            return String(status[end...].dropFirst(2).prefix(1))
        }
    }

    /// Where a symbolic link points.
    func link(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink(path, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
