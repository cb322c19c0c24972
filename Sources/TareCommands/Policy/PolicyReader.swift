import BenchmarkModel
import Glibc
import LinuxSystem
import Yams

/// Reads policies.
enum PolicyReader {
    /// Reads the policy that applies to a suite of a stranger: a given file, else the host's own; where there is neither, one
    /// that allows nothing of the host.
    ///
    /// - Throws: ``TareError`` where the file is not root's alone, ``SuiteErrors`` for what is wrong in it.
    static func read(_ path: String?) throws -> Policy {
        var status = stat()
        if path == nil, lstat(Policy.place, &status) != 0, errno == ENOENT { return Policy() }
        let file = path ?? Policy.place
        guard stat(file, &status) == 0 else {
            throw TareError(
                .usage, "the policy \(file) cannot be read", remedy: "Name another with --policy.",
                cause: String(cString: strerror(errno)))
        }
        // Whoever may write it decides what root does. A repository's file belongs to whoever checked it out.
        guard status.st_uid == 0, status.st_mode & 0o022 == 0 else {
            throw TareError(
                .usage, "the policy \(file) is not root's alone, so it is not believed",
                remedy: "Give it to root (chown root) and let nobody else write it (chmod go-w).")
        }
        let parser = SuiteParser(file: file, baseDirectory: "/")
        guard let root = try SuiteReader.compose(try SuiteReader.text(of: file), parser) else {
            throw SuiteErrors(errors: SuiteReader.sorted(parser.errors))
        }
        let policy = parser.policy(root)
        guard parser.errors.isEmpty, var policy else { throw SuiteErrors(errors: SuiteReader.sorted(parser.errors)) }
        policy.file = file
        return policy
    }
}

extension SuiteParser {
    func policy(_ root: Node) -> Policy? {
        guard let keys = mapping(root, .policy) else { return nil }
        var policy = Policy()
        if let node = keys["platforms"] {
            policy.platforms = strings(node, "platforms")
            let known = PlatformRegistry.all.map(\.key.name)
            for kind in policy.platforms where !known.contains(kind) {
                fail(
                    node, "platforms: '\(printable(kind))' is no kind of platform",
                    "Kinds: \(known.joined(separator: ", ")).")
            }
        }
        if let node = keys["runtimes"] { policy.runtimes = items(node, "runtimes").compactMap { runtime($0) } }
        if let node = keys["sockets"] { policy.sockets = strings(node, "sockets") }
        if let node = keys["uris"] {
            policy.uris = strings(node, "uris")
            for uri in policy.uris where !LibvirtSettings.isAllowed(uri: uri) {
                fail(
                    node, "uris: '\(printable(uri))' is none that a suite can name",
                    "Write embed, qemu:///system or qemu:///session.")
            }
        }
        policy.kernels = strings(keys["kernels"], "kernels")
        policy.rootfs = items(keys["rootfs"], "rootfs").compactMap { absolutePath($0, "rootfs") }
        policy.volumes = items(keys["volumes"], "volumes").compactMap { absolutePath($0, "volumes") }
        policy.registries = strings(keys["registries"], "registries")
        policy.packages = keys["packages"].map { strings($0, "packages") }
        policy.releases = keys["releases"].map { strings($0, "releases") }
        policy.capabilities = strings(keys["capabilities"], "capabilities")
        if let node = keys["budgets"], let budgets = mapping(node, .budgets) {
            policy.memoryBytes = bytes(budgets["memory"], "budgets: memory")
            policy.instances = integer(budgets["instances"], "budgets: instances", 1...100_000)
            policy.seconds = seconds(budgets["time"], "budgets: time", 1...604_800)
        }
        return policy
    }

    private func runtime(_ node: Node) -> Policy.Runtime? {
        guard let keys = mapping(node, .policyRuntime), let path = absolutePath(keys["path"], "path") else {
            return nil
        }
        return Policy.Runtime(path: path, options: strings(keys["options"], "options"))
    }
}

extension SuiteKeys {
    static let policy = SuiteKeys(
        name: "policy",
        keys: [
            SuiteKey(name: "platforms", shape: .strings, description: "Kinds of platform that may be used."),
            SuiteKey(
                name: "runtimes", shape: .list(.object(policyRuntime)), description: "OCI runtimes that may be used."),
            SuiteKey(name: "uris", shape: .strings, description: "Connections of libvirt that may be used."),
            SuiteKey(name: "sockets", shape: .strings, description: "Sockets of engines beside their default ones."),
            SuiteKey(name: "kernels", shape: .strings, description: "Patterns of guest kernels that may be used."),
            SuiteKey(
                name: "rootfs", shape: .strings, description: "Folders below which root filesystems and images may lie."
            ),
            SuiteKey(
                name: "volumes", shape: .strings,
                description: "Folders in which volumes may lie: a suite fills the file systems there."),
            SuiteKey(
                name: "registries", shape: .strings,
                description: "Patterns of images of registries that may be fetched."),
            SuiteKey(name: "packages", shape: .strings, description: "Patterns of Debian packages that may be used."),
            SuiteKey(name: "releases", shape: .strings, description: "Patterns of Debian releases that may be used."),
            SuiteKey(name: "capabilities", shape: .strings, description: "Capabilities that a suite may add."),
            SuiteKey(name: "budgets", shape: .object(budgets), description: "What a run may use."),
        ])

    static let policyRuntime = SuiteKeys(
        name: "runtime",
        keys: [
            SuiteKey(name: "path", shape: .string, required: true, description: "The runtime's absolute path."),
            SuiteKey(name: "options", shape: .strings, description: "Patterns of options that it may be given."),
        ])

    static let budgets = SuiteKeys(
        name: "budgets",
        keys: [
            SuiteKey(name: "memory", shape: memory, description: "Memory of all instances together."),
            SuiteKey(name: "instances", shape: .integer(1...100_000), description: "Instances at the same time."),
            SuiteKey(name: "time", shape: duration, description: "How long a run may take."),
        ])
}
