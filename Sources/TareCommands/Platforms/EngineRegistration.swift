import BenchmarkModel
import Engines
import Harness
import Images
import LinuxSystem
import Yams

/// A container engine.
struct EngineRegistration: PlatformRegistration {
    private let engine: EngineSettings.Engine
    private let settings: SuiteKeys
    let key: SuiteKey

    init(_ engine: EngineSettings.Engine) {
        self.engine = engine
        let isContainerd = engine == .containerd
        let runtime =
            isContainerd
            ? "A shim of containerd's (io.containerd.kata.v2) or the absolute path of an OCI runtime. Default: the daemon's."
            : "The OCI runtime, by the name under which the engine knows it. Default: the engine's."
        var keys = [
            SuiteKey(
                name: "start", shape: .boolean,
                description:
                    "Whether tare starts a daemon of its own in the run's directory, and ends it. Default false."),
            SuiteKey(
                name: "socket", shape: .string,
                description:
                    "The socket of a daemon that runs, an absolute path. Default: \(EngineRegistration.place(of: engine))."
            ),
            SuiteKey(name: "runtime", shape: .string, description: runtime),
        ]
        if !isContainerd {
            keys += [
                SuiteKey(
                    name: "client", shape: .choice(EngineSettings.Client.allCases.map(\.rawValue)),
                    description:
                        "'api' (requests over the socket, the default) or 'cli' (the command-line client, what a script pays)."
                ),
                SuiteKey(
                    name: "init", shape: .boolean,
                    description:
                        "Whether the engine puts an init of its own before the command (--init). Default false."),
                SuiteKey(
                    name: "log-driver", shape: .string,
                    description:
                        "Where the engine lets output go. Default none: tare reads it by itself, as everywhere."),
            ]
        }
        if engine == .docker {
            keys.append(
                SuiteKey(
                    name: "options", shape: .strings,
                    description: "With 'start' and 'runtime': global options of that runtime."))
        }
        settings = SuiteKeys(name: engine.rawValue, keys: keys)
        key = SuiteKey(
            name: engine.rawValue, shape: .object(settings),
            description: "A container that \(engine.title) runs\(isContainerd ? ", by ctr" : "").")
    }

    private static func place(of engine: EngineSettings.Engine) -> String {
        switch engine {
        case .docker: "that of DOCKER_HOST, or /var/run/docker.sock"
        case .podman: "/run/podman/podman.sock"
        case .containerd: "/run/containerd/containerd.sock"
        }
    }

    func parse(_ node: Node, _ parser: SuiteParser) -> PlatformKind? {
        guard let keys = parser.mapping(node, settings) else { return nil }
        var read = EngineSettings(engine)
        read.starts = parser.boolean(keys["start"], "start") ?? false
        read.addsInit = parser.boolean(keys["init"], "init") ?? false
        if let node = keys["client"], let word = parser.text(node, "client") {
            if let client = EngineSettings.Client(rawValue: word) {
                read.client = client
            } else {
                parser.fail(node, "client: '\(parser.printable(word))' is unknown", "Write api or cli.")
            }
        }
        if let node = keys["socket"], let path = parser.text(node, "socket") {
            read.socket = path
            if !path.hasPrefix("/") || path.pathParts.contains("..") || path.utf8.count > 107 {
                parser.fail(
                    node, "socket: '\(parser.printable(path))' is no absolute path of at most 107 bytes",
                    "Write one such as \(EngineSockets.standard(of: engine)), without unix:// before it.")
            } else if read.starts {
                parser.fail(node, "socket: with 'start: true' tare makes one of its own", "Leave one of the two out.")
            }
        }
        if let node = keys["runtime"], let name = parser.text(node, "runtime") {
            read.runtime = name
            checkRuntime(name, node, parser)
        }
        if engine == .podman, !read.starts {
            if let node = keys["runtime"] {
                parser.fail(
                    node, "runtime: a Podman that runs takes its runtime from its own configuration",
                    "Leave it out, or write 'start: true'.")
            }
            if let node = keys["socket"], read.client == .cli {
                parser.fail(
                    node, "socket: Podman's client makes containers by itself, beside whatever listens there",
                    "Leave it out, or write 'client: api'.")
            }
        }
        if let node = keys["log-driver"], let name = parser.text(node, "log-driver") {
            read.logDriver = name
            if !EngineRegistration.isWord(name) {
                parser.fail(
                    node, "log-driver: '\(parser.printable(name))' is no name of a driver", "Write none or json-file.")
            }
        }
        for item in parser.items(keys["options"], "options") {
            guard let option = parser.text(item, "options") else { continue }
            read.options.append(option)
            OCIRegistration.refuseOwnOptions(option, item, parser)
            if !read.starts || read.runtime == nil {
                parser.fail(
                    item, "options: a daemon that runs has its runtimes' options from its own configuration",
                    "Leave it out, or write 'start: true' and 'runtime'.")
            } else if read.runtime == "runc" {
                parser.fail(
                    item, "options: runc is the engine's own, which gives it its options", "Leave them out for runc.")
            }
        }
        return .engine(read)
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.first?.isLetter == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
    }

    private func checkRuntime(_ name: String, _ node: Node, _ parser: SuiteParser) {
        if engine == .containerd {
            let isPath = name.hasPrefix("/") && !name.pathParts.contains("..")
            guard !isPath, !(name.hasPrefix("io.containerd.") && EngineRegistration.isWord(name)) else { return }
            let hint = name.lowercased().hasPrefix("kata") ? "io.containerd.kata.v2" : "io.containerd.runc.v2"
            parser.fail(
                node, "runtime: '\(parser.printable(name))' is neither a shim of containerd's nor an absolute path",
                "Write \(hint), or /usr/bin/crun.")
        } else if !EngineRegistration.isWord(name) {
            parser.fail(
                node, "runtime: '\(parser.printable(name))' is no name of a runtime",
                "Write the name under which the engine knows it, such as runc.")
        }
    }

    func holds(_ kind: PlatformKind) -> Bool {
        if case .engine(let settings) = kind { settings.engine == engine } else { false }
    }

    func reach(_ spec: PlatformSpec) -> String {
        guard case .engine(let settings) = spec.kind else { return "" }
        let daemon =
            settings.starts
            ? "starts a \(engine.title) of its own as root"
            : "asks the \(engine.title) at \(settings.socket ?? EngineSockets.standard(of: engine)), which is root on this host"
        return daemon + (settings.runtime.map { ", with its runtime \($0)" } ?? "")
    }

    func check(_ spec: PlatformSpec, against policy: Policy, _ refuse: Policy.Refuse) {
        guard case .engine(let settings) = spec.kind else { return }
        if let socket = settings.socket, !policy.sockets.contains(socket) {
            refuse("socket", "the socket \(socket)", "sockets: \(policy.sockets)")
        }
        if let option = settings.options.first {
            refuse("options", "the runtime's option \(option)", "an engine's runtime gets none")
        }
        if engine != .containerd, let runtime = settings.runtime, settings.starts, runtime != OCISettings().runtime,
            policy.runtimes?.contains(where: { $0.path == Executables.find(runtime) }) != true
        {
            refuse("runtime", "the runtime \(runtime)", "runtimes: \((policy.runtimes ?? []).map(\.path))")
        }
        if engine == .containerd, let runtime = settings.runtime, runtime.hasPrefix("/"),
            policy.runtimes?.contains(where: { $0.path == runtime }) != true
        {
            refuse("runtime", "the runtime \(runtime)", "runtimes: \((policy.runtimes ?? []).map(\.path))")
        }
    }

    func make(_ spec: PlatformSpec, with parts: PlatformParts) throws -> any Platform {
        guard case .engine(let settings) = spec.kind else { throw TareError(.failed, "\(spec.name) has no engine") }
        return EnginePlatform(
            spec: spec, settings: settings, cache: parts.cache, witness: parts.witness,
            groups: parts.environment.groups, runDirectory: parts.environment.directory,
            runGroup: parts.environment.group, hostGroups: Confinement.hostPaths(of: parts.environment.group),
            journal: parts.journal, network: parts.environment.network)
    }
}
