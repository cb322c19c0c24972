import BenchmarkModel
import Glibc
import LinuxSystem

/// What is counted by looking at every process.
extension LimitsReader {
    /// The kinds of namespaces, as the links in `/proc/PID/ns` are called.
    private static let kinds: [(name: String, resource: LimitedResource)] = [
        ("net", .networkNamespaces), ("mnt", .mountNamespaces), ("pid", .processNamespaces), ("ipc", .ipcNamespaces),
        ("uts", .hostNameNamespaces), ("cgroup", .groupNamespaces),
    ]

    static let ofProcesses = Set(kinds.map(\.resource) + [.inotifyInstances])

    /// Namespaces that a process or a thread of tare is in, or that a mount holds (`ip netns add`): one that nothing but an open file
    /// holds is not seen. Open inotify instances of root's processes: one that two processes share counts twice. A process with more
    /// rights than this one does not let itself be seen; where most do not, as for others than root, nothing is told.
    func countOverProcesses(_ resources: Set<LimitedResource>) -> [LimitedResource: Int64] {
        var namespaces: [Set<String>] = LimitsReader.kinds.map { _ in [] }
        var (seen, refused) = (0, 0)
        var inotify: Int64 = 0
        let wantsFiles = resources.contains(.inotifyInstances)
        let wanted = LimitsReader.kinds.indices.filter { resources.contains(LimitsReader.kinds[$0].resource) }
        var link = Link()
        func look(in place: String) {
            for index in wanted {
                let kind = LimitsReader.kinds[index]
                // One that ended meanwhile, or has ended and was not waited for, is in none.
                if let target = link.target("\(place)/ns/\(kind.name)") { namespaces[index].insert(target) }
            }
        }
        for name in HostFiles.names(in: proc) where Int32(name) != nil {
            if link.target("\(proc)/\(name)/ns/mnt") != nil { seen += 1 } else if errno == EACCES { refused += 1 }
            look(in: "\(proc)/\(name)")
            guard wantsFiles, isOfUser("\(proc)/\(name)") else { continue }
            let files = "\(proc)/\(name)/fd"
            for file in HostFiles.names(in: files) {
                guard let target = link.target("\(files)/\(file)") else { continue }
                if target == "anon_inode:inotify" { inotify += 1 }
            }
        }
        guard seen > refused else { return [:] }
        // A launcher's thread is in the run's network, the process is not.
        for thread in HostFiles.names(in: proc + "/self/task") { look(in: "\(proc)/self/task/\(thread)") }
        let mounted = wanted.isEmpty ? [] : mountedNamespaces()
        for index in wanted {
            namespaces[index].formUnion(mounted.filter { $0.hasPrefix(LimitsReader.kinds[index].name + ":[") })
        }
        var found: [LimitedResource: Int64] = [:]
        for index in wanted where !namespaces[index].isEmpty {
            found[LimitsReader.kinds[index].resource] = Int64(namespaces[index].count)
        }
        if wantsFiles { found[.inotifyInstances] = inotify }
        return found
    }

    /// Those that are mounted somewhere: the root of such a mount is `net:[4026532256]`.
    private func mountedNamespaces() -> [String] {
        let text = (try? HostFiles.read(proc + "/self/mountinfo", limit: 256 << 20)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            guard line.utf8.contains(UInt8(ascii: "[")) else { return nil }
            let fields = line.split(separator: " ", maxSplits: 4)
            return fields.count > 3 && fields[3].contains(":[") ? String(fields[3]) : nil
        }
    }

    private func isOfUser(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_uid == user
    }

    /// Reads links that are short, tens of thousands of them, without memory for each.
    private struct Link {
        private var buffer = [CChar](repeating: 0, count: 64)

        /// nil where it cannot be read; `errno` says why. What is longer is cut.
        mutating func target(_ path: String) -> String? {
            let count = readlink(path, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            return String(decoding: buffer[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
