import BenchmarkModel
import LinuxSystem
import Yams

/// Directories of the host that a workload sees.
extension SuiteParser {
    /// - Parameters:
    ///   - temporary: the workload's file systems in memory.
    ///   - workload: its name, for the places of errors that are found later.
    func volumes(_ node: Node?, besides temporary: [TemporaryFileSystem], of workload: String) -> [VolumeSpec] {
        guard let node else { return [] }
        guard case .mapping(let mapping) = node else {
            fail(
                node, "volumes: expected a mapping, found \(describe(node))",
                "Write one 'PATH: {in: DIRECTORY}' a line."
            )
            return []
        }
        if mapping.isEmpty { fail(node, "volumes: there is none", "Give a path and a directory, or remove the key.") }
        if mapping.count > VolumeSpec.most {
            fail(
                node, "volumes: \(mapping.count) are more than the \(VolumeSpec.most) that a workload may have",
                "Take some out.")
        }
        var volumes: [VolumeSpec] = []
        for (key, value) in mapping {
            guard let path = volumePath(key) else { continue }
            if let other = (volumes.map(\.path) + temporary.map(\.path)).first(where: { SuiteParser.meet($0, path) }) {
                fail(
                    key, "volumes: \(printable(path)) and \(printable(other)) lie within one another",
                    "Give each a path of its own.")
                continue
            }
            guard let keys = self.mapping(value, .volume) else { continue }
            places["workloads/\(workload)/volumes/\(path)"] = location(key)
            for (inner, value) in keys { places["workloads/\(workload)/volumes/\(path)/\(inner)"] = location(value) }
            let size = bytes(
                keys["size"], "volumes: \(printable(path)): size", VolumeSpec.leastBytes...SuiteParser.mostBytes,
                "Write 16MiB or more, 16384GiB at the most.")
            guard let directory = hostPath(keys["in"], "volumes: \(printable(path)): in") else { continue }
            volumes.append(VolumeSpec(path: path, directory: directory, bytes: size ?? VolumeSpec.defaultBytes))
        }
        return volumes
    }

    /// A path at which something can be mounted, written in the one way that compares.
    private func volumePath(_ node: Node) -> String? {
        guard let path = absolutePath(node, "volumes") else { return nil }
        let normal = "/" + path.pathParts.filter { $0 != "." }.joined(separator: "/")
        if normal == "/" {
            fail(node, "volumes: the root cannot be replaced", "Name a folder in it.")
            return nil
        }
        if path != normal {
            fail(
                node, "volumes: '\(printable(path))' is not written plainly", "Write \(printable(normal)).")
            return nil
        }
        for taken in Furniture.ownPaths where SuiteParser.lies(path, in: taken) {
            fail(node, "volumes: \(printable(path)) is tare's own", "Name another folder, such as /data.")
            return nil
        }
        return path
    }

    /// Whether two paths are the same or one lies in the other.
    private static func meet(_ one: String, _ other: String) -> Bool { lies(one, in: other) || lies(other, in: one) }

    /// Whether a path is a folder's or leads into it. Bytes are compared: a slash with an accent after it is one character, and
    /// parts a path all the same.
    static func lies(_ path: String, in folder: String) -> Bool {
        path == folder || path.utf8.starts(with: (folder + "/").utf8)
    }
}
