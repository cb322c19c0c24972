import BenchmarkModel
import Foundation

/// The `config.json` of an OCI bundle, as the OCI Runtime Specification 1.0.2 defines it. The defaults (capabilities,
/// devices) follow what container engines give an ordinary container; mounts, masked and read-only paths are those of all
/// platforms (``Furniture``). Programs that set the user id work, as under an engine by default. There is no seccomp filter: the
/// other platforms have none either.
enum OCIConfiguration {
    /// What differs from container to container.
    struct Parameters {
        var workload: Workload
        var furniture: Furniture
        var arguments: [String]
        var rootPath: String
        var hostname: String
        var cgroupsPath: String
        /// The CPUs that the container gets and sees, as the kernel writes them, and the file that says so; nil for all.
        var cpus: String?
        var onlineFile: String?
        /// Directories of the host, one for each volume.
        var volumes: [String] = []
        /// The path of a network namespace that is there; nil where the runtime makes one, or none.
        var networkPath: String?
    }

    /// The JSON text, with sorted keys so that equal parameters give equal bytes.
    static func json(_ parameters: Parameters) throws -> [UInt8] {
        let data = try JSONSerialization.data(
            withJSONObject: object(parameters), options: [.sortedKeys, .withoutEscapingSlashes])
        return Array(data)
    }

    private static func object(_ parameters: Parameters) -> [String: Any] {
        let capabilities = Capabilities.forRuntime(
            parameters.workload.surroundings, readsFiles: !parameters.workload.figureFiles.isEmpty)
        return [
            "ociVersion": "1.0.2",
            "hostname": parameters.hostname,
            "root": ["path": parameters.rootPath, "readonly": false],
            "process": [
                "terminal": false,
                "user": ["uid": 0, "gid": 0],
                "args": parameters.arguments,
                "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "cwd": "/",
                "noNewPrivileges": false,
                "capabilities": [
                    "bounding": capabilities, "effective": capabilities, "permitted": capabilities,
                ],
            ],
            "mounts": mounts(parameters),
            "linux": linux(parameters),
        ]
    }

    private static func mounts(_ parameters: Parameters) -> [[String: Any]] {
        let safe = Furniture.safeFlags.map(\.rawValue) + ["ro"]
        var mounts = parameters.furniture.mounts.map(mount)
        mounts.append(
            [
                "destination": Furniture.controlGroup, "type": "cgroup", "source": "cgroup",
                "options": safe + ["relatime"],
            ])
        if let file = parameters.onlineFile {
            mounts.append(
                [
                    "destination": Furniture.onlineCPUs, "type": "bind", "source": file, "options": ["bind"] + safe,
                ])
        }
        return mounts + parameters.furniture.temporary.map(mount)
            + zip(parameters.furniture.volumes, parameters.volumes).map { volume, directory in
                // Nothing beside `bind`: a runtime would mount it once more with other flags than those of the host's file system.
                ["destination": volume.target, "type": "bind", "source": directory, "options": ["bind"]]
            }
    }

    private static func mount(_ mount: Furniture.Mount) -> [String: Any] {
        [
            "destination": mount.target, "type": mount.type, "source": mount.source,
            "options": mount.flags.map(\.rawValue) + mount.data,
        ]
    }

    private static func network(_ parameters: Parameters) -> [[String: String]] {
        switch parameters.workload.network {
        case .none: return [["type": "network"]]
        case .bridge: return [["type": "network"].merging(parameters.networkPath.map { ["path": $0] } ?? [:]) { $1 }]
        // The runtime's, which is the run's.
        case .host: return []
        }
    }

    private static func linux(_ parameters: Parameters) -> [String: Any] {
        let period = 100_000
        var cpu: [String: Any] = ["quota": parameters.workload.cpus * period, "period": period]
        cpu["cpus"] = parameters.cpus
        return [
            "cgroupsPath": parameters.cgroupsPath,
            "namespaces": ["mount", "pid", "uts", "ipc", "cgroup"].map { ["type": $0] } + network(parameters),
            "resources": [
                "devices": [["allow": false, "access": "rwm"]],
                "memory": ["limit": parameters.workload.memoryBytes],
                "cpu": cpu,
            ],
            "maskedPaths": Furniture.maskedPaths,
            "readonlyPaths": Furniture.readOnlyPaths,
        ]
    }
}
