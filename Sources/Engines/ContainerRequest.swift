import BenchmarkModel
import Foundation
import Images
import LinuxSystem

/// One container as an engine is asked for it, whatever the words are in which it is asked.
struct ContainerRequest {
    /// The network of a container.
    enum Network: Equatable {
        case none
        /// That of whoever starts it.
        case host
        /// One of the engine's, with an address there.
        case named(String, address: String)
        /// A network namespace that is there.
        case namespace(path: String)
    }

    /// What is seen of the host in the container, at another place.
    struct Bind {
        var source: String
        var target: String
        var isReadOnly: Bool
    }

    var name: String
    var run: String
    var image: String
    var arguments: [String]
    var binds: [Bind]
    var temporary: [Furniture.Mount]
    var memoryBytes: UInt64
    var sharedMemoryBytes: UInt64
    var cpus: Int
    /// As the kernel writes lists of CPUs; nil for all.
    var cpuList: String?
    /// The group below which the engine makes the container's; nil where it takes none.
    var parentGroup: String?
    var network = Network.none
    /// Beyond what an engine gives by itself, and less than that, as `NET_ADMIN`.
    var addedCapabilities: [String]
    var droppedCapabilities: [String]

    /// The label by which a run's containers are known.
    static let runLabel = "tare.run"
    static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    static let period = 100_000

    init(_ request: LaunchRequest, _ prepared: PreparedEngineImage, _ settings: EngineSettings, parentGroup: String?) {
        let workload = request.prepared.workload
        name = request.name
        run = request.runName
        image = prepared.reference
        arguments =
            ["--connect"] + (settings.logDriver == EngineSettings.noLog ? [] : ["--engine-log"])
            + request.purpose.witnessArguments
        binds = [
            Bind(source: prepared.witnessLayer + "/.tare", target: "/.tare", isReadOnly: true),
            Bind(source: request.marks.marksSocketPath, target: "/.tare/marks", isReadOnly: false),
            Bind(source: request.directory + "/output", target: "/.tare/output", isReadOnly: false),
        ]
        cpuList = request.cpus.map(CPUList.text)
        if let online = request.onlineFile {
            binds.append(Bind(source: online, target: Furniture.onlineCPUs, isReadOnly: true))
        }
        binds += zip(prepared.furniture.volumes, request.volumeDirectories).map {
            Bind(source: $1, target: $0.target, isReadOnly: false)
        }
        temporary = prepared.furniture.temporary
        memoryBytes = workload.memoryBytes
        sharedMemoryBytes = workload.surroundings.sharedMemoryBytes
        cpus = workload.cpus
        self.parentGroup = parentGroup
        let wanted = Set(
            Capabilities.forRuntime(workload.surroundings, readsFiles: !workload.figureFiles.isEmpty).map {
                String($0.dropFirst("CAP_".count))
            })
        addedCapabilities = wanted.subtracting(Capabilities.engineDefault).sorted()
        droppedCapabilities = Capabilities.engineDefault.subtracting(wanted).sorted()
    }

    /// The body of `POST /containers/create` (Docker Engine API 1.40 and later).
    func json(_ settings: EngineSettings) throws -> [UInt8] {
        var host: [String: Any] = [
            "NetworkMode": networkMode, "Memory": memoryBytes, "MemorySwap": -1, "ShmSize": sharedMemoryBytes,
            "CpuPeriod": ContainerRequest.period,
            "CpuQuota": cpus * ContainerRequest.period, "LogConfig": ["Type": settings.logDriver],
            "Mounts": binds.map {
                ["Type": "bind", "Source": $0.source, "Target": $0.target, "ReadOnly": $0.isReadOnly] as [String: Any]
            },
        ]
        host["CgroupParent"] = parentGroup
        host["CpusetCpus"] = cpuList
        if !addedCapabilities.isEmpty { host["CapAdd"] = addedCapabilities }
        if !droppedCapabilities.isEmpty { host["CapDrop"] = droppedCapabilities }
        if let runtime = settings.runtime { host["Runtime"] = runtime }
        if settings.addsInit { host["Init"] = true }
        if !temporary.isEmpty {
            host["Tmpfs"] = Dictionary(temporary.map { ($0.target, $0.options) }, uniquingKeysWith: { $1 })
        }
        var object: [String: Any] = [
            "Image": image, "Hostname": name, "User": "0:0", "WorkingDir": "/",
            "Entrypoint": [WitnessConfiguration.witnessPath], "Cmd": arguments, "Env": [ContainerRequest.path],
            // Whoever has it removed by force wants it gone: Podman would ask it first, and wait.
            "StopTimeout": 0, "Labels": [ContainerRequest.runLabel: run], "HostConfig": host,
        ]
        if case .named(let name, let address) = network {
            object["NetworkingConfig"] = ["EndpointsConfig": [name: ["IPAMConfig": ["IPv4Address": address]]]]
        }
        return Array(try JSONSerialization.data(withJSONObject: object, options: [.withoutEscapingSlashes]))
    }

    /// As Docker's and Podman's API and clients call it.
    private var networkMode: String {
        switch network {
        case .none: "none"
        case .host: "host"
        case .named(let name, _): name
        case .namespace(let path): "ns:\(path)"
        }
    }

    /// What follows `docker` or `podman` on a command line, without the options that name the daemon.
    func commandLine(_ settings: EngineSettings) -> [String] {
        var words = [
            "run", "--detach", "--name", name, "--hostname", name, "--label", "\(ContainerRequest.runLabel)=\(run)",
            "--network", networkMode, "--memory", "\(memoryBytes)b", "--memory-swap", "-1", "--shm-size",
            "\(sharedMemoryBytes)b", "--cpu-period",
            "\(ContainerRequest.period)",
            "--cpu-quota", "\(cpus * ContainerRequest.period)", "--log-driver", settings.logDriver, "--user", "0:0",
            "--workdir", "/", "--env", ContainerRequest.path, "--entrypoint", WitnessConfiguration.witnessPath,
            "--pull", "never", "--stop-timeout", "0",
        ]
        for bind in binds {
            words += [
                "--mount", "type=bind,source=\(bind.source),target=\(bind.target)\(bind.isReadOnly ? ",readonly" : "")",
            ]
        }
        if case .named(_, let address) = network { words += ["--ip", address] }
        for mount in temporary { words += ["--tmpfs", "\(mount.target):\(mount.options)"] }
        if let parentGroup { words += ["--cgroup-parent", parentGroup] }
        if let cpuList { words += ["--cpuset-cpus", cpuList] }
        for capability in addedCapabilities { words += ["--cap-add", capability] }
        for capability in droppedCapabilities { words += ["--cap-drop", capability] }
        // Podman knows runtimes by a global option alone; one of tare's own has it in its configuration.
        if let runtime = settings.runtime, settings.engine == .docker { words += ["--runtime", runtime] }
        if settings.addsInit { words.append("--init") }
        return words + [image] + arguments
    }

    /// What follows `ctr` and the options that name the daemon.
    func containerdLine(_ settings: EngineSettings, group: String) -> [String] {
        var words = [
            "run", "--detach", "--null-io", "--cgroup", group, "--memory-limit", "\(memoryBytes)", "--cpu-period",
            "\(ContainerRequest.period)", "--cpu-quota", "\(cpus * ContainerRequest.period)", "--env",
            ContainerRequest.path, "--cwd", "/", "--allow-new-privs", "--label", "\(ContainerRequest.runLabel)=\(run)",
        ]
        for bind in binds {
            words += [
                "--mount",
                "type=bind,src=\(bind.source),dst=\(bind.target),options=rbind:\(bind.isReadOnly ? "ro" : "rw")",
            ]
        }
        // As containerd's own interface for Kubernetes mounts it: a workload finds its limits there.
        words += ["--mount", "type=cgroup,src=cgroup,dst=\(Furniture.controlGroup),options=ro:nosuid:noexec:nodev"]
        if sharedMemoryBytes != Surroundings.defaultSharedMemoryBytes {
            let options = "nosuid:noexec:nodev:mode=1777:size=\(sharedMemoryBytes)"
            words += ["--mount", "type=tmpfs,src=shm,dst=/dev/shm,options=\(options)"]
        }
        for mount in temporary {
            let options = mount.options.split(separator: ",").joined(separator: ":")
            words += ["--mount", "type=tmpfs,src=tmpfs,dst=\(mount.target),options=\(options)"]
        }
        if case .namespace(let path) = network { words += ["--with-ns", "network:\(path)"] }
        for capability in addedCapabilities { words += ["--cap-add", "CAP_" + capability] }
        for capability in droppedCapabilities { words += ["--cap-drop", "CAP_" + capability] }
        if let runtime = settings.runtime {
            // A shim of containerd's by its own name; anything else is a command-line runtime under its shim for those.
            words += runtime.hasPrefix("io.containerd.") ? ["--runtime", runtime] : ["--runc-binary", runtime]
        }
        return words + [image, name, WitnessConfiguration.witnessPath] + arguments
    }
}

extension Furniture.Mount {
    /// The options of mount(8) in one text.
    fileprivate var options: String { (flags.map(\.rawValue) + data).joined(separator: ",") }
}
