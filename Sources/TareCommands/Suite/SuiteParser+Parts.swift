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
        let known = Known(
            workloads: workloads.map(\.name), platforms: platforms.map(\.name),
            completed: Set(workloads.filter { $0.readiness == .completed }.map(\.name)))
        var startup: StartupExperiment?
        var task: TaskExperiment?
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
            task = experiments["task"].flatMap { self.task($0, known) }
            footprint = experiments["footprint"].flatMap { self.footprint($0, known) }
            density = experiments["density"].flatMap { self.density($0, known) }
            if experiments.isEmpty { fail(node, "experiments: there is none", "Add 'startup: {}'.") }
        }
        guard let name = name(keys["name"], "name") else { return nil }
        let suite = Suite(
            name: name, description: text(keys["description"], "description", multiline: true),
            seed: integer(keys["seed"], "seed", 0...Int.max).map { UInt64($0) }, workloads: workloads,
            platforms: platforms, startup: startup, footprint: footprint, density: density, task: task)
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
        var network: WorkloadNetwork?
    }

    private func allowances(_ keys: [String: Node], _ what: String) -> Allowances {
        Allowances(
            deadline: seconds(keys["deadline"], "\(what): deadline", 0.001...86_400),
            memory: bytes(keys["memory"], "\(what): memory"), cpus: integer(keys["cpus"], "\(what): cpus", 1...512),
            network: network(keys["network"]))
    }

    private func network(_ node: Node?) -> WorkloadNetwork? {
        guard let node, let word = text(node, "network") else { return nil }
        let network = WorkloadNetwork(rawValue: word)
        if network == nil { fail(node, "network: '\(printable(word))' is unknown", "Write none, bridge or host.") }
        return network
    }

    private func workload(_ node: Node, _ defaults: Allowances) -> Workload? {
        guard let keys = mapping(node, .workload), let name = name(keys["name"], "workload: name") else { return nil }
        places["workloads/\(name)"] = location(node)
        for (key, value) in keys {
            places["workloads/\(name)/\(key)"] = location(value)
            for (inner, value) in ["ulimits", "capabilities", "figures"].contains(key) ? value.mapping ?? [:] : [:] {
                if let inner = inner.string { places["workloads/\(name)/\(key)/\(inner)"] = location(value) }
            }
        }
        let own = allowances(keys, "workload '\(name)'")
        let command = strings(keys["command"], "command")
        let items = keys["command"]?.sequence.map(Array.init) ?? []
        if command.first?.isEmpty ?? false, let node = items.first {
            fail(node, "command: the program's name is empty", "Name the program first.")
        }
        for item in items { refuseTooLong(item, item.string ?? "", "command") }
        let environment = keys["environment"].map { self.environment($0) } ?? [:]
        let image = keys["image"].flatMap { self.image($0) }
        let readiness = keys["ready"].map { ready($0) } ?? .started
        let surroundings = surroundings(keys)
        let figures = figures(keys["figures"], isCompleted: readiness.map { $0 == .completed } ?? true)
        let volumes = volumes(keys["volumes"], besides: surroundings.temporary, of: name)
        guard let image, let readiness, hasCommand(command, keys, image, node) else { return nil }
        let workload = Workload(
            name: name, image: image, command: command, environment: environment,
            workingDirectory: absolutePath(keys["working-directory"], "working-directory")
                ?? (image.namesCommand ? nil : "/"),
            readiness: readiness,
            readinessDeadlineSeconds: own.deadline ?? defaults.deadline ?? 60,
            memoryBytes: own.memory ?? defaults.memory ?? 128 << 20, cpus: own.cpus ?? defaults.cpus ?? 1,
            surroundings: surroundings, figures: figures, volumes: volumes,
            network: own.network ?? defaults.network ?? .none)
        refuseTooMuch(workload, keys)
        return workload
    }

    private func environment(_ node: Node) -> [String: String] {
        let found = texts(node, "environment")
        for (key, value) in node.mapping ?? [:] {
            guard let name = key.string, let text = found[name] else { continue }
            if name.isEmpty || name.contains("=") {
                fail(key, "environment: '\(printable(name))' is no variable's name", "Use letters, digits and '_'.")
            }
            refuseTooLong(value, "\(name)=\(text)", "environment: \(printable(name))")
        }
        return found
    }

    private func refuseTooLong(_ node: Node, _ text: String, _ what: String) {
        guard text.utf8.count > CommandSize.mostOfOne else { return }
        fail(
            node,
            "\(what): \(text.utf8.count) bytes are more than the \(CommandSize.mostOfOne) that the kernel takes in one piece",
            "Put them into a file of the image.")
    }

    /// All texts together: told at the longest, which is the one to be shortened.
    private func refuseTooMuch(_ workload: Workload, _ keys: [String: Node]) {
        // Whatever YAML holds may have been refused already, and the configuration takes no such texts.
        guard errors.isEmpty, let problem = CommandSize.problem(of: workload) else { return }
        let arguments = keys["command"]?.sequence.map(Array.init) ?? []
        let variables = keys["environment"]?.mapping.map { $0.map(\.value) } ?? []
        guard
            let longest = (arguments + variables).max(by: {
                ($0.string?.utf8.count ?? 0) < ($1.string?.utf8.count ?? 0)
            })
        else { return }
        fail(longest, problem, "Put the longest, which is this one, into a file of the image.")
    }

    func texts(_ node: Node, _ what: String) -> [String: String] {
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

    private func ready(_ node: Node) -> Readiness? {
        if case .scalar(let scalar) = node {
            if scalar.string == "started" { return .started }
            if scalar.string == "completed" { return .completed }
            fail(
                node, "ready: '\(printable(scalar.string))' is no condition",
                "Write started, completed, {line: REGEX}, {tcp: PORT}, {http: PORT/PATH} or {file: PATH}.")
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
        return PlatformSpec(name: name, kind: made, cpuView: cpuView(keys["cpu-view"], name, made) ?? .engine)
    }

    /// How many CPUs an instance sees.
    private func cpuView(_ node: Node?, _ name: String, _ kind: PlatformKind) -> CPUView? {
        guard let node, let word = text(node, "cpu-view") else { return nil }
        places["platforms/\(name)/cpu-view"] = location(node)
        guard let view = CPUView(rawValue: word) else {
            fail(
                node, "cpu-view: '\(printable(word))' is unknown",
                "Write engine (as the platform does it by itself) or allowance (as many as 'cpus' gives).")
            return nil
        }
        if view == .allowance, case .isolation(let parts) = kind {
            for part in [IsolationPart.mount, .cgroup] where !parts.contains(part) {
                fail(
                    node, "cpu-view: allowance needs the part '\(part.rawValue)', which 'parts' leaves out",
                    "Add it to 'parts', or leave 'cpu-view' out.")
            }
        }
        return view
    }
}
