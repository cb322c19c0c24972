/// What stands in the root of every instance beside its image: the one list of device nodes, links, mounts, masked and read-only
/// paths. Every platform furnishes its instances from it, so that a workload finds the same in all of them. It is what an
/// ordinary container of an engine has.
package struct Furniture: Sendable, Equatable {
    /// A character device file below /dev, which everybody may read and write.
    package struct Node: Sendable, Equatable {
        package var name: String
        package var major: UInt64
        package var minor: UInt64
    }

    /// A symbolic link below /dev.
    package struct Link: Sendable, Equatable {
        package var name: String
        package var target: String
    }

    /// A flag of mount(2), by its name in the options of an OCI mount.
    package enum Flag: String, Sendable {
        case readOnly = "ro"
        case noSUID = "nosuid"
        case noDevices = "nodev"
        case noExec = "noexec"
        case strictAccessTimes = "strictatime"

        /// The kernel's number (linux/mount.h), which is the same on every architecture.
        package var bits: UInt64 {
            switch self {
            case .readOnly: 1
            case .noSUID: 2
            case .noDevices: 4
            case .noExec: 8
            case .strictAccessTimes: 1 << 24
            }
        }
    }

    /// A file system that is mounted.
    package struct Mount: Sendable, Equatable {
        package var type: String
        package var source: String
        package var target: String
        package var flags: [Flag]
        /// What the file system itself is told, as `size=65536k`.
        package var data: [String] = []

        /// All flags as mount(2) takes them.
        package var bits: UInt64 { flags.reduce(0) { $0 | $1.bits } }
        /// ``data`` as mount(2) takes it; nil where there is none.
        package var dataText: String? { data.isEmpty ? nil : data.joined(separator: ",") }
    }

    /// A directory of the host, or a disk on it, that the workload sees.
    package struct Volume: Sendable, Equatable {
        /// Where, as an absolute path in the instance, without links.
        package var target: String
        /// The serial number of a guest's disk of it, by which the witness finds that: which of several disks is called `vdb` is the
        /// machine's affair. virtio takes 20 bytes.
        package var serial: String
    }

    /// The serial number of a guest's root disk, where there are others beside it.
    package static let rootSerial = "tare-root"

    /// Device files. An instance can open and make these and no others, where the host can limit that.
    package static let nodes = [
        Node(name: "null", major: 1, minor: 3), Node(name: "zero", major: 1, minor: 5),
        Node(name: "full", major: 1, minor: 7), Node(name: "random", major: 1, minor: 8),
        Node(name: "urandom", major: 1, minor: 9), Node(name: "tty", major: 5, minor: 0),
    ]

    /// Links below /dev. Runtimes add `core` where the host's kernel has the file to which it leads.
    package static func links(kernelShowsMemory: Bool) -> [Link] {
        [
            Link(name: "fd", target: "/proc/self/fd"), Link(name: "stdin", target: "/proc/self/fd/0"),
            Link(name: "stdout", target: "/proc/self/fd/1"), Link(name: "stderr", target: "/proc/self/fd/2"),
            Link(name: "ptmx", target: "pts/ptmx"),
        ] + (kernelShowsMemory ? [Link(name: "core", target: "/proc/kcore")] : [])
    }

    /// Where tare itself mounts something or puts it, in every instance: nothing that a workload asks for lies there.
    package static let ownPaths = ["/proc", "/sys", "/dev", "/.tare"]

    /// What of the kernel no workload shall read. Those that a kernel does not have are passed over.
    package static let maskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    ]

    /// What of the kernel no workload shall write. Those that a kernel does not have are passed over.
    package static let readOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

    /// The flags of what shows the kernel: no programs, no devices.
    package static let safeFlags: [Flag] = [.noSUID, .noExec, .noDevices]

    /// Where an instance finds its control group.
    package static let controlGroup = "/sys/fs/cgroup"
    /// Where glibc and others read how many CPUs there are.
    package static let onlineCPUs = "/sys/devices/system/cpu/online"

    /// In the order of mounting. The control group is not among them: how it is mounted depends on the hierarchy.
    package let mounts: [Mount]
    /// File systems in memory that the workload asks for, mounted after all others but volumes.
    package let temporary: [Mount]
    /// Volumes in the order of the workload's, mounted last. None lies within another or within a file system in memory.
    package let volumes: [Volume]

    /// - Parameters:
    ///   - sharedMemoryBytes: the size of /dev/shm.
    ///   - temporary: file systems in memory, at paths without links; one within another comes after it.
    ///   - volumes: where volumes are seen, at paths without links.
    package init(sharedMemoryBytes: UInt64, temporary: [TemporaryFileSystem] = [], volumes: [String] = []) {
        mounts = [
            Mount(type: "proc", source: "proc", target: "/proc", flags: Furniture.safeFlags),
            Mount(
                type: "tmpfs", source: "tmpfs", target: "/dev", flags: [.noSUID, .strictAccessTimes],
                data: ["mode=755", "size=65536k"]),
            Mount(
                type: "devpts", source: "devpts", target: "/dev/pts", flags: [.noSUID, .noExec],
                data: ["newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            Mount(
                type: "tmpfs", source: "shm", target: "/dev/shm", flags: Furniture.safeFlags,
                data: ["mode=1777", Furniture.size(sharedMemoryBytes)]),
            Mount(type: "mqueue", source: "mqueue", target: "/dev/mqueue", flags: Furniture.safeFlags),
            Mount(type: "sysfs", source: "sysfs", target: "/sys", flags: Furniture.safeFlags + [.readOnly]),
        ]
        self.temporary = temporary.sorted { $0.path < $1.path }.map {
            Mount(
                type: "tmpfs", source: "tmpfs", target: $0.path, flags: Furniture.safeFlags,
                data: ["mode=1777", Furniture.size($0.bytes)])
        }
        self.volumes = volumes.enumerated().map { Volume(target: $1, serial: "tare-volume-\($0)") }
    }

    /// The furniture of a workload.
    ///
    /// - Parameters:
    ///   - temporary: its file systems in memory, at paths without links.
    ///   - volumes: where its volumes are seen, at paths without links.
    package init(of workload: Workload, temporary: [TemporaryFileSystem], volumes: [String] = []) {
        self.init(
            sharedMemoryBytes: workload.surroundings.sharedMemoryBytes, temporary: temporary, volumes: volumes)
    }

    /// In bytes, which tmpfs rounds up to whole pages.
    private static func size(_ bytes: UInt64) -> String {
        bytes % 1_024 == 0 ? "size=\(bytes / 1_024)k" : "size=\(bytes)"
    }
}

extension Furniture {
    /// The records by which a guest's witness furnishes its root. Their format stands at the head of
    /// `Sources/witness/Guest/GuestConfiguration.swift`.
    ///
    /// The control group of a guest is that of its own kernel, of the unified hierarchy whatever the host has.
    package func guestRecords(kernelShowsMemory: Bool) -> [String] {
        var records: [String] = []
        for mount in mounts {
            records.append(Furniture.record(mount))
            guard mount.target == "/dev" else { continue }
            records += Furniture.nodes.map { "node=\($0.major) \($0.minor) /dev/\($0.name)" }
            records += Furniture.links(kernelShowsMemory: kernelShowsMemory).map { "link=\($0.target) /dev/\($0.name)" }
        }
        records.append(
            Furniture.record(
                Mount(
                    type: "cgroup2", source: "cgroup", target: Furniture.controlGroup,
                    flags: Furniture.safeFlags + [.readOnly])))
        records += Furniture.maskedPaths.map { "mask=" + $0 } + Furniture.readOnlyPaths.map { "read-only=" + $0 }
        return records + temporary.map(Furniture.record) + volumes.map { "volume=\($0.serial) \($0.target)" }
    }

    private static func record(_ mount: Mount) -> String {
        "mount=\(mount.type) \(mount.source) \(mount.bits) \(mount.dataText ?? "-") \(mount.target)"
    }
}
