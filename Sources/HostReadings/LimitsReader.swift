package import BenchmarkModel
import Glibc
package import LinuxSystem

/// Reads how much of each limited resource of the host is in use, and the limits themselves. Where `/proc` and `/sys` are can be
/// changed, so that tests can read recorded trees. What cannot be read is absent.
///
/// Sources: `Documentation/filesystems/proc.rst`, `admin-guide/sysctl/{kernel,fs,user}.rst`, `admin-guide/cgroup-v2.rst`,
/// `security/keys/core.rst` of the Linux kernel, namespaces(7), mount_namespaces(7).
///
/// What it costs: a look at the namespaces and the open files of every process. With 1,000 idle processes of eight files each, each in
/// namespaces of its own, that took 0.16 s of one CPU, all else together 1 ms. It is no part of what reading the memory takes.
package struct LimitsReader: Sendable {
    /// Where `/proc` is.
    package var proc: String
    /// Where `/sys` is.
    package var sys: String
    /// What instances write is on the file system that holds this directory.
    package var directory: String
    /// The thread whose network instances are joined to, as its directory below ``proc``.
    package var networkThread = "thread-self"
    /// Ports of the largest bridge and taps of that network, which the host's /sys does not show; nil where there are none.
    package var networkCounts: (@Sendable () -> (bridgePorts: Int, taps: Int)?)?
    /// As whom tare and what it starts is limited.
    var user: UInt32 = 0
    /// The control groups above those of a run.
    package let ancestry: GroupAncestry
    /// The group above the runs that has the least room for processes. It is chosen once: a figure is of one group.
    private let tasksGroup: GroupAncestry.Place?
    /// The group that has the least room for groups below it.
    private let descendantsGroup: GroupAncestry.Place?
    private let fileSystem: @Sendable (String) -> FileSystemUse?

    /// Open files that tare keeps for its own work (the store, what is read, what ends instances): they are none of those that
    /// instances may take.
    package static let reservedFiles: UInt64 = 64

    /// - Parameters:
    ///   - directory: where instances write.
    ///   - ancestry: the control groups above those of a run.
    ///   - fileSystem: says how full the file system of a path is.
    package init(
        proc: String = "/proc", sys: String = "/sys", directory: String, ancestry: GroupAncestry,
        fileSystem: @escaping @Sendable (String) -> FileSystemUse? = FileSystemUse.at
    ) {
        self.proc = proc
        self.sys = sys
        self.directory = directory
        self.ancestry = ancestry
        self.fileSystem = fileSystem
        tasksGroup = LimitsReader.tightest(ancestry.tasks, limit: "pids.max") { LimitsReader.tasks(in: $0) }
        descendantsGroup = LimitsReader.tightest(ancestry.unified, limit: "cgroup.max.descendants") {
            LimitsReader.descendants(in: $0)
        }
    }

    /// What is in use now.
    ///
    /// - Parameter resources: those that are asked for; others are absent.
    package func used(_ resources: Set<LimitedResource> = Set(LimitedResource.allCases)) -> LimitsReading {
        var reading = LimitsReading()
        for resource in resources.subtracting(LimitsReader.ofProcesses) { reading[resource] = used(resource) }
        if !resources.isDisjoint(with: LimitsReader.ofProcesses) {
            for (resource, count) in countOverProcesses(resources) where resources.contains(resource) {
                reading[resource] = count
            }
        }
        return reading
    }

    private func used(_ resource: LimitedResource) -> Int64? {
        switch resource {
        case .processIDs, .threads: threads()
        case .groupTasks: tasksGroup.flatMap { LimitsReader.tasks(in: $0.directory) }
        case .memoryGroups: memoryGroups()
        case .descendantGroups: descendantsGroup.flatMap { LimitsReader.descendants(in: $0.directory) }
        case .mounts: lines(proc + "/self/mountinfo")
        case .interfaces: lines("\(proc)/\(networkThread)/net/dev").map { $0 - 2 }
        case .bridgePorts: bridgePorts()
        case .openFiles: number(proc + "/sys/fs/file-nr")
        case .ownOpenFiles: ownOpenFiles()
        case .keys: keyUse()?.keys
        case .keyBytes: keyUse()?.bytes
        case .loopDevices: loopDevices()
        case .tapDevices: tapDevices()
        case .asynchronousRequests: number(proc + "/sys/fs/aio-nr")
        case .pseudoterminals: number(proc + "/sys/kernel/pty/nr")
        case .diskBytes: fileSystem(directory).map { Int64(clamping: $0.usedBytes) }
        case .diskInodes: fileSystem(directory)?.usedInodes.map { Int64(clamping: $0) }
        case .networkNamespaces, .mountNamespaces, .processNamespaces, .ipcNamespaces, .hostNameNamespaces,
            .groupNamespaces, .inotifyInstances:
            nil
        }
    }
}

extension LimitsReader {
    /// The first number of a file.
    func number(_ path: String) -> Int64? {
        (HostFiles.value(path) ?? "").split(whereSeparator: \.isWhitespace).first.flatMap { Int64($0) }
    }

    private func lines(_ path: String) -> Int64? {
        // A table of as many mounts as the kernel allows is larger than other files of /proc.
        guard let text = try? HostFiles.read(path, limit: 256 << 20) else { return nil }
        return Int64(text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) })
    }

    /// All that have an id: the fourth field of `/proc/loadavg` is `runnable/all`, all threads of the host, ended ones that nobody
    /// has waited for among them.
    private func threads() -> Int64? {
        let fields = (HostFiles.value(proc + "/loadavg") ?? "").split(separator: " ")
        return fields.count > 3 ? fields[3].split(separator: "/").last.flatMap { Int64($0) } : nil
    }

    /// The group with the least between its limit and what it has; nil where none has a limit.
    private static func tightest(
        _ places: [GroupAncestry.Place], limit: String, used: (String) -> Int64?
    ) -> GroupAncestry.Place? {
        places.compactMap { place -> (place: GroupAncestry.Place, room: Int64)? in
            guard let most = HostFiles.value("\(place.directory)/\(limit)").flatMap({ UInt64($0) }),
                let used = used(place.directory)
            else { return nil }
            return (place, Int64(clamping: most) - used)
        }.min { $0.room < $1.room }?.place
    }

    private static func tasks(in directory: String) -> Int64? {
        HostFiles.value(directory + "/pids.current").flatMap { Int64($0) }
    }

    /// Without those that were removed: the kernel compares no others with the limit.
    private static func descendants(in directory: String) -> Int64? {
        KeyedNumbers.read(directory + "/cgroup.stat")?["nr_descendants"].map { Int64(clamping: $0) }
    }

    /// Those that were removed and are not gone have their ids still. v1: the kernel's own count (`/proc/cgroups`). v2: of those
    /// that have a memory controller where the kernel counts these (Linux 6.13; the root among them), else of all, and the root.
    private func memoryGroups() -> Int64? {
        if ancestry.groups.mode == .v2 {
            guard let root = ancestry.groups.mounts["unified"], let counts = KeyedNumbers.read(root + "/cgroup.stat")
            else { return nil }
            if let living = counts["nr_subsys_memory"], let dying = counts["nr_dying_subsys_memory"] {
                return Int64(clamping: living + dying)
            }
            guard let living = counts["nr_descendants"], let dying = counts["nr_dying_descendants"] else { return nil }
            return Int64(clamping: living + dying + 1)
        }
        // #subsys_name hierarchy num_cgroups enabled
        let text = (try? HostFiles.read(proc + "/cgroups")) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("memory\t") }
        return line.flatMap { $0.split(separator: "\t").dropFirst(2).first }.flatMap { Int64($0) }
    }

    private func bridgePorts() -> Int64? {
        let base = sys + "/class/net"
        guard HostFiles.exists(base) else { return nil }
        let hosts = HostFiles.names(in: base).map { HostFiles.names(in: "\(base)/\($0)/brif").count }
        return Int64(max(hosts.max() ?? 0, networkCounts?()?.bridgePorts ?? 0))
    }

    private func ownOpenFiles() -> Int64? {
        let directory = proc + "/self/fd"
        guard HostFiles.exists(directory) else { return nil }
        // The one through which they are listed is among them, unless the directory is a recorded one.
        return Int64(HostFiles.names(in: directory).count) - (proc == "/proc" ? 1 : 0)
    }

    /// `uid: usage nkeys/nikeys qnkeys/maxkeys qnbytes/maxbytes` of `/proc/key-users`: what counts against the quota.
    private func keyUse() -> (keys: Int64, bytes: Int64)? {
        for line in ((try? HostFiles.read(proc + "/key-users")) ?? "").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 5, fields[0] == "0:", let keys = fields[3].split(separator: "/").first,
                let bytes = fields[4].split(separator: "/").first, let count = Int64(keys), let size = Int64(bytes)
            else { continue }
            return (count, size)
        }
        return nil
    }

    private func loopDevices() -> Int64? {
        let base = sys + "/block"
        guard HostFiles.exists(base) else { return nil }
        let used = HostFiles.names(in: base).filter {
            $0.hasPrefix("loop") && HostFiles.exists("\(base)/\($0)/loop/backing_file")
        }
        return Int64(used.count)
    }

    /// `IFF_TAP` of linux/if_tun.h in `tun_flags`.
    private func tapDevices() -> Int64? {
        let base = sys + "/class/net"
        guard HostFiles.exists(base) else { return nil }
        let taps = HostFiles.names(in: base).filter { name in
            guard let text = HostFiles.value("\(base)/\(name)/tun_flags"), text.hasPrefix("0x"),
                let flags = UInt32(text.dropFirst(2), radix: 16)
            else { return false }
            return flags & 2 != 0
        }
        return Int64(taps.count + (networkCounts?()?.taps ?? 0))
    }
}

extension LimitsReader {
    /// The limits of this host as they are now; a resource that nothing limits is absent.
    package func limits() -> [LimitedResource: KernelLimit] {
        var found: [LimitedResource: KernelLimit] = [:]
        for resource in LimitedResource.allCases {
            guard let name = resource.setting else { continue }
            let path = "\(proc)/sys/\(name.replacing(".", with: "/"))"
            if let value = HostFiles.value(path).flatMap({ UInt64($0) }) {
                found[resource] = KernelLimit(value, source: name)
            }
        }
        for (resource, place, file) in [
            (LimitedResource.groupTasks, tasksGroup, "pids.max"),
            (.descendantGroups, descendantsGroup, "cgroup.max.descendants"),
        ] {
            guard let place, let value = HostFiles.value("\(place.directory)/\(file)").flatMap({ UInt64($0) }) else {
                continue
            }
            found[resource] = KernelLimit(value, source: "\(file) of \(place.group)")
        }
        if used(.memoryGroups) != nil {
            found[.memoryGroups] = KernelLimit(
                LimitedResource.mostMemoryGroups, source: "the kernel's own: 16 bits of an id")
        }
        if used(.bridgePorts) != nil {
            found[.bridgePorts] = KernelLimit(
                LimitedResource.mostBridgePorts, source: "the kernel's own: 10 bits of a number")
        }
        if let files = mostOwnFiles() {
            found[.ownOpenFiles] = KernelLimit(
                files - min(files, LimitsReader.reservedFiles),
                source: "RLIMIT_NOFILE of \(files), of which tare keeps \(LimitsReader.reservedFiles)")
        }
        if let use = fileSystem(directory) {
            let source = "the file system at \(mountPoint() ?? directory)"
            found[.diskBytes] = KernelLimit(use.capacityBytes, source: source)
            found[.diskInodes] = use.capacityInodes.map { KernelLimit($0, source: source) }
        }
        return found
    }

    /// The hard limit: a run raises the soft one to it.
    private func mostOwnFiles() -> UInt64? {
        for line in ((try? HostFiles.read(proc + "/self/limits")) ?? "").split(separator: "\n")
        where line.hasPrefix("Max open files") {
            return line.split(separator: " ").dropFirst(4).first.flatMap { UInt64($0) }
        }
        return nil
    }

    /// Where the file system of ``directory`` is mounted: the longest mount point that holds it.
    private func mountPoint() -> String? {
        let text = (try? HostFiles.read(proc + "/self/mountinfo", limit: 256 << 20)) ?? ""
        var best: Substring?
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count > 4 else { continue }
            let point = fields[4]
            let holds = point == "/" || point == directory[...] || directory.hasPrefix(point + "/")
            if holds, point.utf8.count >= (best?.utf8.count ?? 0) { best = point }
        }
        return best.map(String.init)
    }
}
