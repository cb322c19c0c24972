import BenchmarkModel
import Foundation

/// The `config.json` of an OCI bundle, as the OCI Runtime Specification 1.0.2 defines it. The defaults (capabilities,
/// mounts, masked paths, devices) follow what container engines give an ordinary container.
enum OCIConfiguration {
    /// What differs from container to container.
    struct Parameters {
        var workload: Workload
        var arguments: [String]
        var rootPath: String
        var hostname: String
        var cgroupsPath: String
    }

    /// The JSON text, with sorted keys so that equal parameters give equal bytes.
    static func json(_ parameters: Parameters) throws -> [UInt8] {
        let data = try JSONSerialization.data(
            withJSONObject: object(parameters), options: [.sortedKeys, .withoutEscapingSlashes])
        return Array(data)
    }

    private static let capabilities = [
        "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
        "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
        "CAP_SYS_CHROOT",
    ]

    private static func object(_ parameters: Parameters) -> [String: Any] {
        [
            "ociVersion": "1.0.2",
            "hostname": parameters.hostname,
            "root": ["path": parameters.rootPath, "readonly": false],
            "process": [
                "terminal": false,
                "user": ["uid": 0, "gid": 0],
                "args": parameters.arguments,
                "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "cwd": "/",
                "noNewPrivileges": true,
                "capabilities": [
                    "bounding": capabilities, "effective": capabilities, "permitted": capabilities,
                ],
            ],
            "mounts": mounts,
            "linux": linux(parameters),
        ]
    }

    private static var mounts: [[String: Any]] {
        [
            mount("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            mount(
                "/dev/pts", "devpts", "devpts",
                ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            mount("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            mount("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            mount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        ]
    }

    private static func mount(_ target: String, _ type: String, _ source: String, _ options: [String]) -> [String: Any]
    {
        ["destination": target, "type": type, "source": source, "options": options]
    }

    private static func linux(_ parameters: Parameters) -> [String: Any] {
        let period = 100_000
        return [
            "cgroupsPath": parameters.cgroupsPath,
            "namespaces": ["mount", "pid", "network", "uts", "ipc"].map { ["type": $0] },
            "resources": [
                "devices": [["allow": false, "access": "rwm"]],
                "memory": ["limit": parameters.workload.memoryBytes],
                "cpu": ["quota": parameters.workload.cpus * period, "period": period],
            ],
            "maskedPaths": [
                "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
            ],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        ]
    }
}
