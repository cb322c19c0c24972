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
    private let network: RunNetwork
    private let limitsDevices: Bool
    private let root: InstanceRoot

    /// - Parameters:
    ///   - parts: what isolates an instance; all of it makes a container.
    ///   - witness: the path of the witness binary on the host.
    ///   - network: the run's, on whose bridges instances are.
    package init(
        spec: PlatformSpec, parts: Set<IsolationPart> = Set(IsolationPart.allCases), cache: ImageCache, witness: String,
        groups: CgroupTree, network: RunNetwork
    ) {
        self.network = network
        self.spec = spec
        self.parts = parts
        self.cache = cache
        self.witness = witness
        self.groups = groups
        limitsDevices = groups.deviceLimitProblem == nil
        root = InstanceRoot(groups: groups)
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
                parts.contains(.cgroup) ? InstanceRoot.deviceFact(groups) : Fact("devices", "any can be made"),
            ], emulated: false)
    }

    /// Builds or finds the root filesystem and the witness layer.
    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let root = try await PreparedRoot.make(workload, platform: spec.name, cache: cache, witness: witness)
        return PreparedWorkload(workload: root.workload, steps: root.steps, payload: root)
    }

    /// Without mounts of its own an instance gets what is mounted in its root as under `process`.
    package func stage(_ request: LaunchRequest) throws {
        try request.stageOnlineFile()
        try InstanceVolumes(of: request).make(for: request.root().volumeOwner)
        guard !parts.contains(.mount) else { return }
        // Its control group is made later, inside the measured time, and cannot be shown to it.
        try StagedRoot(in: request.directory).make(
            root, try request.root().furniture, view: .none, online: request.onlineFile)
    }

    /// Makes the cgroup, then clones, mounts, pivots and execs; all of it is inside the measured time.
    package func launch(_ request: LaunchRequest) throws -> any Instance {
        // Unlike for `process`, the cgroup is part of what every container costs, so it is made inside the measured time.
        let group = parts.contains(.cgroup) ? request.instanceGroup : nil
        var instance = BareInstance(
            name: request.name, groups: groups, group: group, volumes: InstanceVolumes(of: request))
        do {
            if group != nil { try groups.makeInstanceGroup(request, limitingDevices: limitsDevices) }
            let prepared = try request.root()
            let overlay = try OverlayRoot(directory: request.directory, layers: prepared.layers)
            var spawn = SpawnRequest(
                path: WitnessConfiguration.witnessPath, arguments: request.witnessArguments, environment: [],
                descriptors: (
                    request.marks.instanceDescriptor, request.marks.outputDescriptor, request.marks.outputDescriptor
                ))
            spawn.namespaces = namespaces(request)
            if let place = request.place { instance.network = try BridgedNamespace(place, in: network) }
            spawn.seesOwnGroupsAsRoot = group != nil
            spawn.cgroupFiles = group.map { groups.processFiles(of: $0) } ?? request.childCgroupFiles
            if parts.contains(.mount) {
                spawn.steps = steps(request, overlay: overlay, prepared.furniture, isGrouped: group != nil)
                spawn.root = .pivot(overlay.merged)
            } else {
                try overlay.mountFurnished(
                    StagedRoot(in: request.directory),
                    then: root.workloadSteps(
                        prepared.furniture, volumes: request.volumeDirectories, at: overlay.merged))
                instance.mounts = [overlay.merged]
                spawn.root = .chroot(overlay.merged)
            }
            if parts.contains(.uts) { spawn.hostname = request.name }
            let child = try instance.network?.inside { try ChildProcess.spawn(spawn) } ?? ChildProcess.spawn(spawn)
            request.marks.record(.spawned, at: child.bornNanoseconds)
            instance.child = child
            instance.stopSignal = request.stopSignal
            return instance
        } catch {
            try? instance.stop(deadline: .seconds(5))
            throw error
        }
    }

    /// One on a bridge is there when the child is born in it, and the run's is where the launcher is.
    private func namespaces(_ request: LaunchRequest) -> SpawnRequest.Namespaces {
        var namespaces: SpawnRequest.Namespaces = []
        if parts.contains(.mount) { namespaces.insert(.mount) }
        if parts.contains(.pid) { namespaces.insert(.pid) }
        if parts.contains(.network), request.prepared.workload.network == .none { namespaces.insert(.network) }
        if parts.contains(.uts) { namespaces.insert(.uts) }
        if parts.contains(.ipc) { namespaces.insert(.ipc) }
        return namespaces
    }

    /// What a container's root needs: private mounts, the overlay, and all that the one list has.
    private func steps(
        _ request: LaunchRequest, overlay: OverlayRoot, _ furniture: Furniture, isGrouped: Bool
    ) -> [SpawnStep] {
        let isPrivate = Mounts.Flag.recursive | Mounts.Flag.isPrivate
        // From within, because every path from the host's root costs the kernel a walk through the run's directories.
        return [
            .mount(source: "none", target: "/", type: "none", flags: isPrivate, data: nil), overlay.step,
            .changeDirectory(overlay.merged),
        ] + root.steps(furniture, at: ".", view: isGrouped ? .namespace : .none, online: request.onlineFile)
            + root.workloadSteps(furniture, volumes: request.volumeDirectories, at: ".")
    }
}
