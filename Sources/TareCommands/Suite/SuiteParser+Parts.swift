import BenchmarkModel
import Glibc
import LinuxSystem
import Yams

extension SuiteParser {
    func suite(_ root: Node) -> Suite? {
        guard let keys = mapping(root, .suite) else { return nil }
        let defaults = allowances(keys["defaults"].flatMap { mapping($0, .defaults) } ?? [:], "defaults")
        let workloads = items(keys["workloads"], "workloads").compactMap { workload($0, defaults) }
        let platforms = items(keys["platforms"], "platforms").compactMap { platform($0) }
        unique(workloads.map(\.name), items: keys["workloads"], "workloads")
        unique(platforms.map(\.name), items: keys["platforms"], "platforms")
        let known = Known(workloads: workloads.map(\.name), platforms: platforms.map(\.name))
        var startup: StartupExperiment?
        var footprint: FootprintExperiment?
        var density: DensityExperiment?
        if let node = keys["experiments"], let experiments = mapping(node, .experiments) {
            for (key, value) in experiments {
                places["experiments/\(key)"] = location(value)
                for (inner, value) in value.mapping ?? [:] {
                    if let inner = inner.string { places["experiments/\(key)/\(inner)"] = location(value) }
                }
            }
            startup = experiments["startup"].flatMap { self.startup($0, known) }
            footprint = experiments["footprint"].flatMap { self.footprint($0, known) }
            density = experiments["density"].flatMap { self.density($0, known) }
            if experiments.isEmpty { fail(node, "experiments: there is none", "Add 'startup: {}'.") }
        }
        guard let name = name(keys["name"], "name") else { return nil }
        let suite = Suite(
            name: name, description: text(keys["description"], "description", multiline: true),
            seed: integer(keys["seed"], "seed", 0...Int.max).map { UInt64($0) }, workloads: workloads,
            platforms: platforms, startup: startup, footprint: footprint, density: density)
        if let node = keys["experiments"] { refuseTooMuch(suite, node) }
        return suite
    }

    private func unique(_ names: [String], items node: Node?, _ what: String) {
        guard let node, case .sequence(let sequence) = node else { return }
        var seen: Set<String> = []
        for item in sequence {
            let nameNode = item.mapping?["name"] ?? item
            guard let name = nameNode.string else { continue }
            if !seen.insert(name).inserted {
                fail(nameNode, "\(what): the name '\(printable(name))' is given twice", "Give each its own name.")
            }
        }
    }

    private struct Allowances {
        var deadline: Double?
        var memory: UInt64?
        var cpus: Int?
    }

    private func allowances(_ keys: [String: Node], _ what: String) -> Allowances {
        Allowances(
            deadline: seconds(keys["deadline"], "\(what): deadline", 0.001...86_400),
            memory: bytes(keys["memory"], "\(what): memory"), cpus: integer(keys["cpus"], "\(what): cpus", 1...512))
    }

    private func workload(_ node: Node, _ defaults: Allowances) -> Workload? {
        guard let keys = mapping(node, .workload), let name = name(keys["name"], "workload: name") else { return nil }
        places["workloads/\(name)"] = location(node)
        for (key, value) in keys { places["workloads/\(name)/\(key)"] = location(value) }
        let own = allowances(keys, "workload '\(name)'")
        let command = strings(keys["command"], "command")
        if let first = command.first, first.isEmpty, let node = keys["command"] {
            fail(node, "command: the program's name is empty", "Name the program first.")
        }
        for item in keys["command"]?.sequence.map(Array.init) ?? [] {
            refuseTooLong(item, item.string ?? "", "command")
        }
        var environment: [String: String] = [:]
        if let node = keys["environment"] { environment = texts(node, "environment") }
        for key in environment.keys where key.isEmpty || key.contains("=") {
            if let node = keys["environment"] {
                fail(node, "environment: '\(printable(key))' is no variable's name", "Use letters, digits and '_'.")
            }
        }
        if let node = keys["environment"] {
            for (key, value) in environment { refuseTooLong(node, "\(key)=\(value)", "environment: \(printable(key))") }
        }
        let image = keys["image"].flatMap { self.image($0) }
        let readiness = keys["ready"].map { ready($0) } ?? .started
        guard let image, let readiness, !command.isEmpty else { return nil }
        return Workload(
            name: name, image: image, command: command, environment: environment,
            workingDirectory: absolutePath(keys["working-directory"], "working-directory") ?? "/", readiness: readiness,
            readinessDeadlineSeconds: own.deadline ?? defaults.deadline ?? 60,
            memoryBytes: own.memory ?? defaults.memory ?? 128 << 20, cpus: own.cpus ?? defaults.cpus ?? 1)
    }

    /// Linux takes no argument or variable of 128 KiB or more (MAX_ARG_STRLEN of execve(2), its closing NUL included).
    private func refuseTooLong(_ node: Node, _ text: String, _ what: String) {
        guard text.utf8.count >= 131_072 else { return }
        fail(
            node, "\(what): \(text.utf8.count) bytes are more than the 131071 that the kernel takes in one piece",
            "Put them into a file of the image.")
    }

    private func texts(_ node: Node, _ what: String) -> [String: String] {
        guard case .mapping(let mapping) = node else {
            fail(node, "\(what): expected a mapping, found \(describe(node))", "Write one 'key: text' a line.")
            return [:]
        }
        var found: [String: String] = [:]
        for (key, value) in mapping {
            guard let name = text(key, what), let text = text(value, "\(what): \(printable(name))", multiline: true)
            else { continue }
            found[name] = text
        }
        return found
    }

    private func image(_ node: Node) -> ImageSpec? {
        guard let keys = mapping(node, .image) else { return nil }
        guard (keys["packages"] == nil) != (keys["rootfs"] == nil) else {
            fail(node, "image: give either 'packages' or 'rootfs'", "An image comes from one of the two.")
            return nil
        }
        if let rootfs = keys["rootfs"] {
            for key in ["files", "release"] {
                if let extra = keys[key] {
                    fail(extra, "image: '\(key)' goes with 'packages'", "Put it into the root filesystem itself.")
                }
            }
            guard let path = hostPath(rootfs, "rootfs") else { return nil }
            guard access(path, R_OK) == 0 else {
                fail(rootfs, "image: \(path) is not there or not readable", "Name a directory or a tar archive.")
                return nil
            }
            return .rootfs(path: path)
        }
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789+.-"
        let names = items(keys["packages"], "packages").compactMap { node -> String? in
            guard let name = text(node, "packages") else { return nil }
            guard let first = name.first, first != "-", first != "+", first != ".", name.allSatisfy(allowed.contains)
            else {
                fail(
                    node, "packages: '\(printable(name))' is no name of a Debian package",
                    "Names hold lower-case letters, digits, '+', '-', '.'.")
                return nil
            }
            return name
        }
        let release = text(keys["release"], "release") ?? "bookworm"
        if let node = keys["release"],
            release.isEmpty || !release.allSatisfy(allowed.contains) || release.hasPrefix("-")
        {
            fail(node, "release: '\(printable(release))' is no name of a Debian release", "Write one such as bookworm.")
        }
        let files = keys["files"].map { texts($0, "files") } ?? [:]
        for path in files.keys
        where !path.hasPrefix("/") || path.pathParts.contains("..") || path.hasSuffix("/") {
            if let node = keys["files"] {
                fail(
                    node, "files: '\(printable(path))' is no absolute path of a file without '..'",
                    "Write the path in the image, from '/'.")
            }
        }
        return names.isEmpty ? nil : .packages(names, release: release, files: files)
    }

    private func ready(_ node: Node) -> Readiness? {
        if case .scalar(let scalar) = node {
            if scalar.string == "started" { return .started }
            fail(
                node, "ready: '\(printable(scalar.string))' is no condition",
                "Write started, {line: REGEX}, {tcp: PORT}, {http: PORT/PATH} or {file: PATH}.")
            return nil
        }
        guard let keys = mapping(node, .ready) else { return nil }
        if let line = keys["line"], let pattern = text(line, "line") {
            if let problem = RegularExpressions.problem(in: pattern) {
                fail(
                    line, "line: '\(printable(pattern))' is no POSIX extended regular expression: \(problem)",
                    "Mend it; 'grep -E' takes the same.")
                return nil
            }
            return .line(pattern)
        }
        if let port = keys["tcp"] { return integer(port, "tcp", 1...65_535).map { .tcp(port: UInt16($0)) } }
        if let file = keys["file"] { return absolutePath(file, "file").map { .file(path: $0) } }
        if let http = keys["http"], let value = text(http, "http") {
            let halves = value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let path = "/" + (halves.last ?? "")
            let plain = path.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 }
            guard halves.count == 2, halves[0].utf8.allSatisfy({ (48...57).contains($0) }),
                let port = UInt16(halves[0]), port > 0, plain
            else {
                fail(
                    http, "http: '\(printable(value))' is no PORT/PATH",
                    "Write a port from 1 to 65535 and a path, such as 80/index.html.")
                return nil
            }
            return .http(port: port, path: path)
        }
        return nil
    }

    private func platform(_ node: Node) -> PlatformSpec? {
        if case .scalar(let scalar) = node {
            places["platforms/\(scalar.string)"] = location(node)
            guard let kind = PlatformRegistry.all.first(where: { $0.key.name == scalar.string })?.bare else {
                let bare = PlatformRegistry.bareNames.joined(separator: ", ")
                fail(
                    node, "platforms: '\(printable(scalar.string))' is no platform",
                    "Write \(bare), {name: N, oci: {...}} or {name: N, libvirt: {...}}.")
                return nil
            }
            return PlatformSpec(name: scalar.string, kind: kind)
        }
        guard let keys = mapping(node, .platform) else { return nil }
        let kinds = PlatformRegistry.all.filter { keys[$0.key.name] != nil }
        guard kinds.count == 1, let registration = kinds.first, let inner = keys[registration.key.name] else {
            fail(
                node, "platform: expected one kind, found \(kinds.count)",
                "Give one of: \(PlatformRegistry.all.map(\.key.name).joined(separator: ", ")).")
            return nil
        }
        let made = registration.parse(inner, self)
        guard let name = name(keys["name"], "platform: name"), let made else { return nil }
        places["platforms/\(name)"] = location(node)
        for (key, value) in inner.mapping ?? [:] {
            if let key = key.string { places["platforms/\(name)/\(key)"] = location(value) }
        }
        return PlatformSpec(name: name, kind: made)
    }
}
