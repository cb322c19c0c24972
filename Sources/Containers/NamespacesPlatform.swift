package import BenchmarkModel
import Glibc
package import Images
package import LinuxSystem

/// The kernel's own floor for a container: one clone with new mount, PID, network, UTS and IPC namespaces, a cgroup, an
/// overlay, a fresh /proc and /dev, pivot_root, exec. No runtime.
package struct NamespacesPlatform: Platform {
    package let spec: PlatformSpec
    package let channelKind = ChannelKind.inherited
    package let livenessCheck = BareInstance.livenessCheck
    private let parts: Set<IsolationPart>
    private let cache: ImageCache
    private let witness: String
    private let groups: CgroupTree
    private let limitsDevices: Bool

    /// - Parameters:
    ///   - parts: what isolates an instance; all of it makes a container.
    ///   - witness: the path of the witness binary on the host.
    package init(
        spec: PlatformSpec, parts: Set<IsolationPart> = Set(IsolationPart.allCases), cache: ImageCache, witness: String,
        groups: CgroupTree
    ) {
        self.spec = spec
        self.parts = parts
        self.cache = cache
        self.witness = witness
        self.groups = groups
        limitsDevices = groups.deviceLimitProblem == nil
    }

    /// Says which namespaces and control groups an instance gets.
    package func probe() async throws -> PlatformRecord {
        let names = IsolationPart.allCases.filter { $0 != .cgroup && parts.contains($0) }.map(\.rawValue)
        return PlatformRecord(
            platform: spec.name,
            details: [
                Fact("namespaces", names.isEmpty ? "none" : "\(names.joined(separator: ", ")), by one clone()"),
                Fact(
                    "cgroups",
                    parts.contains(.cgroup)
                        ? "\(groups.mode.rawValue), a directory in \(groups.roots.count) hierarchies"
                        : "none of its own, so the allowances are not enforced"),
                parts.contains(.cgroup) ? InstanceDevices.fact(groups) : Fact("devices", "any can be made"),
            ], emulated: false)
    }

    /// Builds or finds the root filesystem and the witness layer.
    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let root = try await PreparedRoot.make(workload, platform: spec.name, cache: cache, witness: witness)
        return PreparedWorkload(workload: workload, steps: root.steps, payload: root)
    }

    /// Without mounts of its own an instance gets its /dev as under `process`.
    package func stage(_ request: LaunchRequest) throws {
        if !parts.contains(.mount) { try InstanceDevices.stage(in: request.directory) }
    }

    /// Makes the cgroup, then clones, mounts, pivots and execs; all of it is inside the measured time.
    package func launch(_ request: LaunchRequest) throws -> any Instance {
        // Unlike for `process`, the cgroup is part of what every container costs, so it is made inside the measured time.
        let group = parts.contains(.cgroup) ? request.instanceGroup : nil
        var instance = BareInstance(name: request.name, groups: groups, group: group)
        do {
            if let group {
                try groups.create(group)
                try groups.limitMemory(of: group, bytes: request.prepared.workload.memoryBytes)
                try groups.limitCPUs(of: group, count: request.prepared.workload.cpus)
                if limitsDevices { try groups.limitDevices(of: group, to: InstanceDevices.allowed) }
            }
            let overlay = try OverlayRoot(directory: request.directory, layers: try request.root().layers)
            var spawn = SpawnRequest(
                path: WitnessConfiguration.witnessPath, arguments: request.witnessArguments, environment: [],
                descriptors: (
                    request.marks.instanceDescriptor, request.marks.outputDescriptor, request.marks.outputDescriptor
                ))
            spawn.namespaces = namespaces
            spawn.cgroupFiles = group.map { groups.processFiles(of: $0) } ?? request.childCgroupFiles
            if parts.contains(.mount) {
                spawn.steps = NamespacesPlatform.steps(overlay: overlay)
                spawn.root = .pivot(overlay.merged)
            } else {
                instance.mounts = try overlay.mountFurnished(dev: InstanceDevices.staged(in: request.directory))
                spawn.root = .chroot(overlay.merged)
            }
            if parts.contains(.uts) { spawn.hostname = request.name }
            let child = try ChildProcess.spawn(spawn)
            request.marks.record(.spawned, at: child.bornNanoseconds)
            instance.child = child
            return instance
        } catch {
            try? instance.stop(deadline: .seconds(5))
            throw error
        }
    }

    private var namespaces: SpawnRequest.Namespaces {
        var namespaces: SpawnRequest.Namespaces = []
        if parts.contains(.mount) { namespaces.insert(.mount) }
        if parts.contains(.pid) { namespaces.insert(.pid) }
        if parts.contains(.network) { namespaces.insert(.network) }
        if parts.contains(.uts) { namespaces.insert(.uts) }
        if parts.contains(.ipc) { namespaces.insert(.ipc) }
        return namespaces
    }

    /// What a container's root needs: private mounts, /proc of the new PID namespace, a /dev with the usual devices.
    static func steps(overlay: OverlayRoot) -> [SpawnStep] {
        let root = overlay.merged
        let safe = Mounts.Flag.noSUID | Mounts.Flag.noExec
        var steps: [SpawnStep] = [
            .mount(
                source: "none", target: "/", type: "none", flags: Mounts.Flag.recursive | Mounts.Flag.isPrivate,
                data: nil),
            overlay.step,
            .makeDirectory(root + "/proc", mode: 0o755),
            .mount(
                source: "proc", target: root + "/proc", type: "proc", flags: safe | Mounts.Flag.noDevices, data: nil),
            .makeDirectory(root + "/sys", mode: 0o755),
            .mount(
                source: "sysfs", target: root + "/sys", type: "sysfs",
                flags: safe | Mounts.Flag.noDevices | Mounts.Flag.readOnly, data: nil),
            .makeDirectory(root + "/dev", mode: 0o755),
        ]
        steps += InstanceDevices.steps(at: root + "/dev")
        return steps
    }
}
