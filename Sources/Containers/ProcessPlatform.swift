package import BenchmarkModel
package import Images
package import LinuxSystem

/// No isolation: the command runs in the image by chroot alone, on the run's network. The first floor.
///
/// The memory and CPU allowances are kept by a cgroup in which the launcher thread is put beforehand: that is tare's own
/// instrumentation for parity, and not part of the start; so is what is mounted in the instance's root. A control group namespace,
/// which isolates nothing but only names the instance's own group `/`, lets it find its limits as under the other platforms.
package struct ProcessPlatform: Platform {
    package let spec: PlatformSpec
    package let channelKind = ChannelKind.inherited
    package let livenessCheck = BareInstance.livenessCheck
    private let cache: ImageCache
    private let witness: String
    private let groups: CgroupTree
    private let limitsDevices: Bool
    private let root: InstanceRoot

    /// - Parameter witness: the path of the witness binary on the host.
    package init(spec: PlatformSpec, cache: ImageCache, witness: String, groups: CgroupTree) {
        self.spec = spec
        self.cache = cache
        self.witness = witness
        self.groups = groups
        limitsDevices = groups.deviceLimitProblem == nil
        root = InstanceRoot(groups: groups)
    }

    /// Says that there is no isolation.
    package func probe() async throws -> PlatformRecord {
        PlatformRecord(
            platform: spec.name,
            details: [
                Fact(
                    "isolation", "none: chroot into an overlay of the image; limits by a cgroup made before the start"),
                InstanceRoot.deviceFact(groups),
            ], emulated: false)
    }

    /// Builds or finds the root filesystem and the witness layer.
    package func prepare(_ workload: Workload) async throws -> PreparedWorkload {
        let root = try await PreparedRoot.make(workload, platform: spec.name, cache: cache, witness: witness)
        return PreparedWorkload(workload: root.workload, steps: root.steps, payload: root)
    }

    /// Makes the cgroup that keeps the allowances and puts the launcher thread into it, before t0.
    package func stage(_ request: LaunchRequest) throws {
        try InstanceVolumes(of: request).make(for: request.root().volumeOwner)
        try groups.makeInstanceGroup(request, limitingDevices: limitsDevices)
        try request.stageOnlineFile()
        try StagedRoot(in: request.directory).make(
            root, try request.root().furniture, view: .bound(group: request.instanceGroup), online: request.onlineFile)
        try groups.moveCallingThread(to: request.instanceGroup)
    }

    /// Mounts the overlay and execs by chroot; both are inside the measured time.
    package func launch(_ request: LaunchRequest) throws -> any Instance {
        var instance = BareInstance(
            name: request.name, groups: groups, group: request.instanceGroup, volumes: InstanceVolumes(of: request))
        do {
            let prepared = try request.root()
            let overlay = try OverlayRoot(directory: request.directory, layers: prepared.layers)
            try overlay.mountFurnished(
                StagedRoot(in: request.directory),
                then: root.workloadSteps(
                    prepared.furniture, volumes: request.volumeDirectories, at: overlay.merged))
            instance.mounts = [overlay.merged]
            var spawn = SpawnRequest(
                path: WitnessConfiguration.witnessPath, arguments: request.witnessArguments, environment: [],
                descriptors: (
                    request.marks.instanceDescriptor, request.marks.outputDescriptor, request.marks.outputDescriptor
                ))
            spawn.root = .chroot(overlay.merged)
            spawn.seesOwnGroupsAsRoot = true
            if groups.mode == .v2 { spawn.cgroupFiles = groups.processFiles(of: request.instanceGroup) }
            let child = try ChildProcess.spawn(spawn)
            request.marks.record(.spawned, at: child.bornNanoseconds)
            instance.child = child
            instance.stopSignal = request.stopSignal
            return instance
        } catch {
            try? instance.stop(deadline: .seconds(5))
            throw error
        }
    }
}
