import BenchmarkModel

extension HostLimits {
    /// The names of systems whose limits are known.
    package static let systems = ["kernel", "debian-12"]

    /// The limits that a system sets on a host; nil where its name is none of ``systems``.
    package static func system(_ name: String, memoryBytes: UInt64, cpus: Int) -> HostLimits? {
        switch name {
        case "kernel": kernel(memoryBytes: memoryBytes, cpus: cpus)
        case "debian-12": debian12(memoryBytes: memoryBytes, cpus: cpus)
        default: nil
        }
    }

    /// What the kernel sets by itself on x86-64, with pages of 4 KiB and stacks of 16 KiB.
    ///
    /// Of memory the kernel takes what is left once it has itself been loaded, so that the real limits are lower by some
    /// thousandths.
    package static func kernel(memoryBytes: UInt64, cpus: Int) -> HostLimits {
        // Linux 5.0 to 6.18: pid_idr_init() in kernel/pid.c, PID_MAX_LIMIT in include/linux/threads.h.
        let processIDs = min(4_194_304, max(32_768, 1_024 * UInt64(max(0, cpus))))
        // set_max_threads() in kernel/fork.c: an eighth of memory for stacks, from 20 to FUTEX_TID_MASK.
        let threads = min(0x3FFF_FFFF, max(20, memoryBytes / (8 * 16_384)))
        // fork_init(): each kind of namespace, for each user.
        let namespaces = threads / 2
        // files_maxfiles_init() in fs/file_table.c: a tenth of memory, at 1 KiB a file; at least NR_FILE.
        let openFiles = max(8_192, memoryBytes / 1_024 / 10)
        let namespaceKinds: [LimitedResource] = [
            .networkNamespaces, .mountNamespaces, .processNamespaces, .ipcNamespaces, .hostNameNamespaces,
            .groupNamespaces,
        ]
        var limits: [LimitedResource: UInt64] = [
            .processIDs: processIDs,
            .threads: threads,
            .memoryGroups: LimitedResource.mostMemoryGroups,
            // sysctl_mount_max in fs/namespace.c.
            .mounts: 100_000,
            .bridgePorts: LimitedResource.mostBridgePorts,
            .openFiles: openFiles,
            // security/keys/key.c.
            .keys: 1_000_000,
            .keyBytes: 25_000_000,
            // inotify_user_setup() in fs/notify/inotify/inotify_user.c.
            .inotifyInstances: 128,
            // fs/aio.c.
            .asynchronousRequests: 65_536,
            // NR_UNIX98_PTY_DEFAULT in include/linux/tty.h.
            .pseudoterminals: 4_096,
        ]
        for kind in namespaceKinds { limits[kind] = namespaces }
        let constants: [LimitedResource: String] = [.memoryGroups: "MEM_CGROUP_ID_MAX", .bridgePorts: "BR_MAX_PORTS"]
        var host = HostLimits("kernel", limits: [:])
        for (resource, value) in limits {
            let name = resource.setting ?? constants[resource] ?? resource.rawValue
            host.limits[resource] = KernelLimit(value, source: "default of \(name)")
        }
        return host
    }

    /// What Debian 12 with systemd 252 sets besides. Its default of 15 % of all process ids (`DefaultTasksMax`) holds for each
    /// unit, and so for each container that has a scope of its own, not for all together.
    package static func debian12(memoryBytes: UInt64, cpus: Int) -> HostLimits {
        var limits = kernel(memoryBytes: memoryBytes, cpus: cpus)
        limits.name = "debian-12"
        limits.limits[.processIDs] = KernelLimit(4_194_304, source: "/usr/lib/sysctl.d/50-pid-max.conf")
        // bump_file_max_and_nr_open() in src/core/main.c: as much as the kernel takes.
        limits.limits[.openFiles] = KernelLimit(UInt64(Int64.max), source: "fs.file-max, set by systemd")
        return limits
    }
}
