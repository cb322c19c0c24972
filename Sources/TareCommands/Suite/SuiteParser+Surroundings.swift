import BenchmarkModel
import Images
import LinuxSystem
import Yams

/// What a suite says of that with which a workload's command runs.
extension SuiteParser {
    func surroundings(_ keys: [String: Node]) -> Surroundings {
        var surroundings = Surroundings()
        surroundings.user = user(keys["user"])
        surroundings.standardInput = standardInput(keys["stdin"])
        surroundings.sharedMemoryBytes = size(keys["shm"], "shm") ?? surroundings.sharedMemoryBytes
        if let node = keys["tmpfs"] { surroundings.temporary = temporary(node) }
        if let node = keys["ulimits"], let limits = mapping(node, .ulimits) {
            surroundings.limits = ResourceLimits.kinds.compactMap { kind in
                limits[kind.name].flatMap { limit($0, kind) }
            }
        }
        if let node = keys["capabilities"], let sets = mapping(node, .capabilities) {
            surroundings.addedCapabilities = capabilities(sets["add"], "add")
            surroundings.droppedCapabilities = capabilities(sets["drop"], "drop")
            for (index, name) in surroundings.addedCapabilities.enumerated()
            where surroundings.droppedCapabilities.contains(name) {
                let items = sets["add"]?.sequence.map(Array.init) ?? []
                fail(
                    items.indices.contains(index) ? items[index] : node,
                    "capabilities: \(name) is both added and dropped", "Remove it from one of the two.")
            }
        }
        if let node = keys["stop-signal"], let signal = text(node, "stop-signal") {
            surroundings.stopSignal = StopSignal.canonical(signal)
            if surroundings.stopSignal == nil {
                fail(
                    node, "stop-signal: '\(printable(signal))' is no signal",
                    "Write one such as SIGTERM, QUIT, SIGRTMIN+3 or 15; 'kill -l' lists them.")
            }
        }
        return surroundings
    }

    private func user(_ node: Node?) -> String? {
        guard let node, let user = text(node, "user") else { return nil }
        let parts = user.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy(SuiteParser.isAccount) else {
            fail(
                node, "user: '\(printable(user))' is no user",
                "Write NAME, NAME:GROUP, UID or UID:GID, as they are in the image; numbers go up to \(Int32.max).")
            return nil
        }
        return user
    }

    /// Whether it can be a name or a number of a user or a group.
    private static func isAccount(_ text: Substring) -> Bool {
        guard let first = text.first, text.utf8.count <= 64 else { return false }
        if text.utf8.allSatisfy({ (48...57).contains($0) }) { return UInt64(text).map { $0 <= Int32.max } ?? false }
        return first != "-" && !first.isNumber
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-$".contains($0)) }
    }

    private func standardInput(_ node: Node?) -> String? {
        guard let node, let path = hostPath(node, "stdin") else { return nil }
        do {
            _ = try StandardInput.size(of: path)
            return path
        } catch {
            fail(node, "stdin: \(error.message)", error.remedy ?? "")
            return nil
        }
    }

    private func temporary(_ node: Node) -> [TemporaryFileSystem] {
        guard case .mapping(let mapping) = node else {
            fail(node, "tmpfs: expected a mapping, found \(describe(node))", "Write one 'PATH: SIZE' a line.")
            return []
        }
        if mapping.isEmpty { fail(node, "tmpfs: there is none", "Give a path and a size, or remove the key.") }
        var found: [String: UInt64] = [:]
        for (key, value) in mapping {
            guard let given = absolutePath(key, "tmpfs") else { continue }
            let path = "/" + given.pathParts.filter { $0 != "." }.joined(separator: "/")
            // What tare mounts itself, on every platform alike.
            for taken in Furniture.ownPaths where SuiteParser.lies(path, in: taken) {
                fail(key, "tmpfs: \(printable(given)) is tare's own", "The size of /dev/shm is set with 'shm:'.")
            }
            if path == "/" { fail(key, "tmpfs: the root cannot be replaced", "Name a folder in it.") }
            if found[path] != nil {
                fail(key, "tmpfs: \(printable(path)) is given twice", "Remove one of them.")
            }
            found[path] = size(value, "tmpfs: \(printable(given))") ?? 0
        }
        // One that lies in another comes after it.
        return found.sorted { $0.key < $1.key }.map { TemporaryFileSystem(path: $0.key, bytes: $0.value) }
    }

    /// The size of a file system in memory.
    private func size(_ node: Node?, _ what: String) -> UInt64? {
        bytes(node, what, 4_096...SuiteParser.mostBytes, "Write 4KiB or more, 16384GiB at the most.")
    }

    private func limit(_ node: Node, _ kind: ResourceLimits.Kind) -> ResourceLimit? {
        guard case .mapping = node else {
            return amount(node, kind).map { ResourceLimit(name: kind.name, soft: $0, hard: $0) }
        }
        guard let keys = mapping(node, SuiteKeys.limit(kind)),
            let soft = keys["soft"].flatMap({ amount($0, kind) }), let hard = keys["hard"].flatMap({ amount($0, kind) })
        else { return nil }
        guard soft ?? .max <= hard ?? .max else {
            fail(
                node, "ulimits: \(kind.name): the soft limit is greater than the hard one",
                "Write a soft limit up to the hard one.")
            return nil
        }
        return ResourceLimit(name: kind.name, soft: soft, hard: hard)
    }

    /// - Returns: `.some(nil)` for no limit; nil where it cannot be read.
    private func amount(_ node: Node, _ kind: ResourceLimits.Kind) -> UInt64?? {
        let what = "ulimits: \(kind.name)"
        guard node.string == "unlimited" else {
            return integer(node, what, 0...Int(kind.most)).map { .some(UInt64($0)) }
        }
        guard kind.most == ResourceLimits.most else {
            fail(node, "\(what): no kernel gives it without a limit", "Write a number from 0 to \(kind.most).")
            return nil
        }
        return .some(nil)
    }

    private func capabilities(_ node: Node?, _ list: String) -> [String] {
        var found: [String] = []
        for item in items(node, "capabilities: \(list)") {
            guard let text = text(item, "capabilities: \(list)") else { continue }
            let isAll = text.uppercased() == Capabilities.all
            if isAll, list == "add" {
                fail(
                    item, "capabilities: ALL cannot be added: what all are depends on the platform",
                    "Name those that the command needs.")
                continue
            }
            guard let name = isAll ? Capabilities.all : Capabilities.canonical(text) else {
                fail(
                    item, "capabilities: '\(printable(text))' is no capability",
                    "Write one such as NET_ADMIN or CAP_NET_ADMIN; capabilities(7) lists them.")
                continue
            }
            if found.contains(name) { fail(item, "capabilities: \(name) is given twice", "Remove one of them.") }
            found.append(name)
        }
        return found
    }
}
