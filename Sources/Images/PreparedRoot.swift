package import BenchmarkModel
package import LinuxSystem

/// Image work that all platforms share which run on the host's kernel: the root filesystem and the witness above it.
package struct PreparedRoot: Sendable {
    /// The root filesystem of its image.
    package let tree: CachedItem
    /// The workload with what its image says.
    package let workload: Workload
    /// Lower directories of the overlay, the uppermost first.
    package let layers: [String]
    /// What stands in an instance's root beside the image.
    package let furniture: Furniture
    /// Whose its volumes are.
    package let volumeOwner: VolumeOwner
    /// What was done.
    package let steps: [Preparation]

    /// Builds or finds both.
    package static func make(_ workload: Workload, platform: String, cache: ImageCache, witness: String) async throws
        -> PreparedRoot
    {
        let root = try await cache.rootFilesystem(workload.image)
        let workload = try root.completing(workload)
        let layer = try await cache.witnessLayer(witness: witness, workload: workload)
        return PreparedRoot(
            tree: root, workload: workload, layers: [layer.path, root.path],
            furniture: try MountPoints.furniture(of: workload, in: root.path),
            volumeOwner: VolumeOwner(of: workload, in: root.path),
            steps: [
                root.preparation("root filesystem", workload: workload.name, platform: platform),
                layer.preparation("witness layer", workload: workload.name, platform: platform),
            ])
    }
}

extension LaunchRequest {
    /// The arguments with which the witness starts.
    package var witnessArguments: [String] {
        [WitnessConfiguration.witnessPath] + purpose.witnessArguments
    }

    /// Its place on a bridge; nil where it has none.
    package var place: NetworkPlace? { slot.map { NetworkPlace(bridge: $0.bridge, slot: $0.slot) } }

    /// The name of the instance's own cgroup, below the run's.
    package var instanceGroup: String { "\(cgroup)/i\(number)" }

    /// The root filesystem that the platform prepared.
    package func root() throws -> PreparedRoot { try payload() }

    /// What the platform prepared.
    package func payload<Payload>() throws -> Payload {
        guard let payload = prepared.payload as? Payload else {
            throw TareError(.failed, "\(prepared.workload.name) was prepared by another platform")
        }
        return payload
    }
}
