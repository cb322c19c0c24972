/// A resource of the kernel, or of tare's own processes, of which there is only so much. Counts unless the case says otherwise. The
/// raw value is how it is called where it binds; records and `--host-limits` files use it too.
package enum LimitedResource: String, Sendable, Codable, CaseIterable, Hashable, CodingKeyRepresentable {
    /// Process ids: each process and each thread takes one (`kernel.pid_max`).
    case processIDs = "pid_max"
    /// Threads of the whole system (`kernel.threads-max`).
    case threads = "threads-max"
    /// Processes and threads of the control groups that tare is in (`pids.max`).
    case groupTasks = "pids.max"
    /// Memory control groups: their ids have 16 bits.
    case memoryGroups = "memory cgroups"
    /// Control groups below those that tare is in (`cgroup.max.descendants`, cgroup v2).
    case descendantGroups = "cgroup.max.descendants"
    /// Mounts in the mount namespace that tare makes them in (`fs.mount-max`).
    case mounts = "mount-max"
    /// Namespaces of each kind (`user.max_net_namespaces`, ...).
    case networkNamespaces = "max_net_namespaces"
    case mountNamespaces = "max_mnt_namespaces"
    case processNamespaces = "max_pid_namespaces"
    case ipcNamespaces = "max_ipc_namespaces"
    case hostNameNamespaces = "max_uts_namespaces"
    case groupNamespaces = "max_cgroup_namespaces"
    /// Network interfaces in the network namespace that instances are joined to. No kernel limits them by number.
    case interfaces = "network interfaces"
    /// Ports of the bridge that has the most (1,023 a bridge: of 1,024 numbers 0 is reserved).
    case bridgePorts = "bridge ports"
    /// Open files of the whole host (`fs.file-max`).
    case openFiles = "file-max"
    /// Open files of tare itself (`RLIMIT_NOFILE`, without those that it keeps for its own work).
    case ownOpenFiles = "open files of tare"
    /// Keys of root (`kernel.keys.root_maxkeys`), and their bytes (`root_maxbytes`).
    case keys = "root_maxkeys"
    case keyBytes = "root_maxbytes"
    /// inotify instances of root (`fs.inotify.max_user_instances`).
    case inotifyInstances = "max_user_instances"
    /// Loop devices in use. No kernel limits them by number.
    case loopDevices = "loop devices"
    /// Tap devices. No kernel limits them by number.
    case tapDevices = "tap devices"
    /// Asynchronous requests (`fs.aio-max-nr`).
    case asynchronousRequests = "aio-max-nr"
    /// Pseudoterminals (`kernel.pty.max`).
    case pseudoterminals = "pty.max"
    /// Allocated bytes of the file system that holds what is private to instances.
    case diskBytes = "disk"
    /// Inodes of the same.
    case diskInodes = "inodes"

    /// What one of it is, in the plural: `processes`, `open files`.
    package var noun: String {
        switch self {
        case .processIDs, .threads, .groupTasks: "processes and threads"
        case .memoryGroups, .descendantGroups: "control groups"
        case .mounts: "mounts"
        case .networkNamespaces: "network namespaces"
        case .mountNamespaces: "mount namespaces"
        case .processNamespaces: "process id namespaces"
        case .ipcNamespaces: "IPC namespaces"
        case .hostNameNamespaces: "host name namespaces"
        case .groupNamespaces: "control group namespaces"
        case .interfaces: "network interfaces"
        case .bridgePorts: "bridge ports"
        case .openFiles: "open files"
        case .ownOpenFiles: "open files of tare"
        case .keys: "keys"
        case .keyBytes: "bytes of keys"
        case .inotifyInstances: "inotify instances"
        case .loopDevices: "loop devices"
        case .tapDevices: "tap devices"
        case .asynchronousRequests: "asynchronous requests"
        case .pseudoterminals: "pseudoterminals"
        case .diskBytes: "bytes of disk"
        case .diskInodes: "inodes"
        }
    }

    /// How much of a limit no instance can have: process ids below 300 are given out once, after boot (`RESERVED_PIDS` of
    /// kernel/pid.c); the last 1,024 pseudoterminals are for those that are mounted first (`kernel.pty.reserve`).
    package var reserved: UInt64 {
        switch self {
        case .processIDs: 300
        case .pseudoterminals: 1_024
        default: 0
        }
    }

    /// Whether it is of the file system that instances write to.
    package var isOfDisk: Bool { self == .diskBytes || self == .diskInodes }

    /// Whether it is counted in bytes.
    package var isBytes: Bool { self == .diskBytes || self == .keyBytes }

    /// The setting of sysctl(8) that is its limit; nil where none is.
    package var setting: String? {
        switch self {
        case .processIDs, .threads, .pseudoterminals: "kernel.\(rawValue)"
        case .keys, .keyBytes: "kernel.keys.\(rawValue)"
        case .mounts, .openFiles, .asynchronousRequests: "fs.\(rawValue)"
        case .inotifyInstances: "fs.inotify.\(rawValue)"
        case .networkNamespaces, .mountNamespaces, .processNamespaces, .ipcNamespaces, .hostNameNamespaces,
            .groupNamespaces:
            "user.\(rawValue)"
        case .groupTasks, .memoryGroups, .descendantGroups, .interfaces, .bridgePorts, .ownOpenFiles, .loopDevices,
            .tapDevices, .diskBytes, .diskInodes:
            nil
        }
    }

    /// The most memory control groups of any kernel, which no file shows: `MEM_CGROUP_ID_MAX` of include/linux/memcontrol.h.
    package static let mostMemoryGroups: UInt64 = 65_535
    /// The most ports of a bridge: `BR_MAX_PORTS` of net/bridge/br_private.h is 1,024, and 0 is no port (find_portno() in br_if.c).
    package static let mostBridgePorts: UInt64 = 1_023

    /// Whether it is of tare's own process or control groups, so that it says nothing of another host.
    package var isOfTare: Bool {
        switch self {
        case .groupTasks, .descendantGroups, .ownOpenFiles: true
        default: false
        }
    }
}

/// A limit on a resource, as it was read.
package struct KernelLimit: Sendable, Equatable, Codable {
    package var value: UInt64
    /// Where it is set, such as `kernel.pid_max` or `pids.max of /user.slice`.
    package var source: String

    package init(_ value: UInt64, source: String) {
        self.value = value
        self.source = source
    }
}

/// What is in use of limited resources at a moment, all users of the host together; what could not be read is absent.
package struct LimitsReading: Sendable, Equatable, Codable {
    package var used: [LimitedResource: Int64]

    package init(_ used: [LimitedResource: Int64] = [:]) {
        self.used = used
    }

    package subscript(resource: LimitedResource) -> Int64? {
        get { used[resource] }
        set { used[resource] = newValue }
    }
}

extension Ramp.StopCause {
    /// What stands before the platform's own words in the words of ``limit(_:_:)``.
    package static let platformSaid = "the platform said:"
}
