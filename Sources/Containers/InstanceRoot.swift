import BenchmarkModel
import Glibc
import LinuxSystem

/// Furnishes the root of an instance without a runtime, from the one list (``Furniture``).
struct InstanceRoot: Sendable {
    /// How an instance sees its control group.
    enum GroupView: Sendable {
        /// It sees none, because it has none of its own.
        case none
        /// As the root of a control group namespace of its own: mounted anew inside of it.
        case namespace
        /// By another view of the group's own directories, where no namespace can be entered before it is furnished.
        case bound(group: String)
    }

    private let groups: CgroupTree
    /// What of the lists of masked and read-only paths the host's kernel has. A kernel that all share has the same for all.
    private let masked: [(path: String, isDirectory: Bool)]
    private let readOnly: [String]
    private let links: [Furniture.Link]

    /// Looks what the host's kernel has.
    init(groups: CgroupTree) {
        self.groups = groups
        masked = Furniture.maskedPaths.compactMap { path in
            var status = stat()
            return lstat(path, &status) == 0 ? (path, status.st_mode & S_IFMT == S_IFDIR) : nil
        }
        readOnly = Furniture.readOnlyPaths.filter { HostFiles.exists($0) }
        links = Furniture.links(kernelShowsMemory: HostFiles.exists("/proc/kcore"))
    }

    /// What the devices control group allows: the files of the list, and the terminals of the instance's own /dev/pts.
    static let allowedDevices: [CgroupTree.Device] =
        Furniture.nodes.map { CgroupTree.Device(major: $0.major, minor: $0.minor) } + [
            CgroupTree.Device(major: 5, minor: 2), CgroupTree.Device(major: 136, minor: nil),
        ]

    /// What is said of them in the report.
    static func deviceFact(_ groups: CgroupTree) -> Fact {
        let names = Furniture.nodes.map(\.name).joined(separator: ", ")
        return Fact(
            "devices",
            groups.deviceLimitProblem.map { "\(names), pts; others can be made: \($0)" }
                ?? "\(names), pts; no others can be made or opened")
    }

    /// Mounts /proc, /dev and /sys with all that is in them at a root.
    ///
    /// - Parameters:
    ///   - online: a file of the host that says which CPUs are online; nil where the instance sees the host's.
    func steps(_ furniture: Furniture, at root: String, view: GroupView, online: String?) -> [SpawnStep] {
        var steps: [SpawnStep] = []
        for mount in furniture.mounts {
            steps.append(.makeDirectory(root + mount.target, mode: 0o755))
            steps.append(InstanceRoot.step(mount, at: root))
            if mount.target == "/dev" { steps += devices(at: root + "/dev") }
        }
        steps += controlGroup(at: root + Furniture.controlGroup, view)
        if let online {
            let target = root + Furniture.onlineCPUs
            steps += InstanceRoot.bind(online, to: target, flags: InstanceRoot.safe | Mounts.Flag.readOnly)
        }
        var empty: String?
        for (path, isDirectory) in masked {
            if isDirectory, empty == nil {
                empty = root + path
                steps.append(
                    .mount(source: "tmpfs", target: root + path, type: "tmpfs", flags: Mounts.Flag.readOnly, data: nil))
            } else {
                // Another view of the first empty directory is read-only as that is, and takes half the time.
                let source = isDirectory ? empty ?? root : root + "/dev/null"
                steps.append(
                    .mount(source: source, target: root + path, type: "none", flags: Mounts.Flag.bind, data: nil))
            }
        }
        for path in readOnly {
            steps += InstanceRoot.bind(root + path, to: root + path, flags: InstanceRoot.safe | Mounts.Flag.readOnly)
        }
        return steps
    }

    /// What the workload itself asks for: file systems in memory, and its volumes. Their paths hold no links, so that each is mounted
    /// below the root and nowhere else.
    ///
    /// - Parameter volumes: directories of the host.
    func workloadSteps(_ furniture: Furniture, volumes: [String], at root: String) -> [SpawnStep] {
        furniture.temporary.flatMap { mount in
            InstanceRoot.directories(mount.target, at: root) + [InstanceRoot.step(mount, at: root)]
        }
            + zip(furniture.volumes, volumes).flatMap { volume, directory in
                // With the flags that the host's file system is mounted with, as under a runtime.
                InstanceRoot.directories(volume.target, at: root) + [
                    .mount(
                        source: directory, target: root + volume.target, type: "none", flags: Mounts.Flag.bind,
                        data: nil)
                ]
            }
    }

    /// A directory to mount on, and what it lies in.
    private static func directories(_ target: String, at root: String) -> [SpawnStep] {
        var path = root
        return target.pathParts.map { part in
            path += "/" + part
            return .makeDirectory(path, mode: 0o755)
        }
    }

    private static let safe = Furniture.safeFlags.reduce(0) { $0 | $1.bits }

    private static func step(_ mount: Furniture.Mount, at root: String) -> SpawnStep {
        .mount(
            source: mount.source, target: root + mount.target, type: mount.type, flags: mount.bits,
            data: mount.dataText)
    }

    /// Another view, with flags of its own: the kernel takes those only in a second step.
    private static func bind(_ source: String, to target: String, flags: UInt64) -> [SpawnStep] {
        [
            .mount(
                source: source, target: target, type: "none", flags: Mounts.Flag.bind | Mounts.Flag.recursive, data: nil
            ),
            .mount(
                source: "none", target: target, type: "none", flags: Mounts.Flag.bind | Mounts.Flag.remount | flags,
                data: nil),
        ]
    }

    private func devices(at dev: String) -> [SpawnStep] {
        Furniture.nodes.map {
            .makeDevice("\(dev)/\($0.name)", mode: 0o666, major: $0.major, minor: $0.minor)
        } + links.map { .symlink(to: $0.target, at: "\(dev)/\($0.name)") }
    }

    /// Read-only, as engines mount it: one directory on a unified hierarchy; on others one for each hierarchy, in a directory of
    /// nothing but those.
    private func controlGroup(at target: String, _ view: GroupView) -> [SpawnStep] {
        let flags = InstanceRoot.safe | Mounts.Flag.readOnly
        if groups.mode == .v2, let root = groups.mounts["unified"] {
            switch view {
            case .none: return []
            case .namespace: return [.mount(source: "cgroup", target: target, type: "cgroup2", flags: flags, data: nil)]
            case .bound(let group): return InstanceRoot.bind(root + group, to: target, flags: flags)
            }
        }
        if case .none = view { return [] }
        var steps: [SpawnStep] = [
            .mount(source: "tmpfs", target: target, type: "tmpfs", flags: InstanceRoot.safe, data: "mode=755")
        ]
        for (point, controllers) in groups.hierarchies {
            let name = point.split(separator: "/").last.map(String.init) ?? controllers[0]
            let directory = "\(target)/\(name)"
            steps.append(.makeDirectory(directory, mode: 0o755))
            if case .bound(let group) = view {
                steps += InstanceRoot.bind(point + group, to: directory, flags: flags)
            } else {
                let isNamed = controllers[0].hasPrefix("name=")
                steps.append(
                    .mount(
                        source: isNamed ? name : "cgroup", target: directory, type: "cgroup", flags: flags,
                        data: controllers.joined(separator: ",")))
            }
            // Where several controllers share a hierarchy each is found by its own name too.
            for controller in controllers where controller != name && !controller.hasPrefix("name=") {
                steps.append(.symlink(to: name, at: "\(target)/\(controller)"))
            }
        }
        return steps
    }
}
