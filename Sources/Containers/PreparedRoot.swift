internal import Images
import BenchmarkModel

/// Image work that process, namespaces and OCI platforms share: the root filesystem and the witness above it.
struct PreparedRoot: Sendable {
    /// Lower directories of the overlay, the uppermost first.
    let layers: [String]
    /// What was done.
    let steps: [Preparation]

    /// Builds or finds both.
    static func make(_ workload: Workload, platform: String, cache: ImageCache, witness: String) async throws
        -> PreparedRoot
    {
        let root = try await cache.rootFilesystem(workload.image)
        let layer = try await cache.witnessLayer(witness: witness, workload: workload)
        return PreparedRoot(
            layers: [layer.path, root.path],
            steps: [
                Preparation(
                    workload: workload.name, platform: platform, step: "root filesystem", seconds: root.seconds,
                    cached: root.cached, identity: root.identity),
                Preparation(
                    workload: workload.name, platform: platform, step: "witness layer", seconds: layer.seconds,
                    cached: layer.cached, identity: layer.identity),
            ])
    }
}

extension LaunchRequest {
    /// The arguments with which the witness starts.
    var witnessArguments: [String] {
        [WitnessConfiguration.witnessPath] + (purpose == .echo ? ["--echo"] : [])
    }

    /// The name of the instance's own cgroup, below the run's.
    var instanceGroup: String { "\(cgroup)/i\(number)" }

    /// The root filesystem that the platform prepared.
    func root() throws -> PreparedRoot { try payload() }

    /// What the platform prepared.
    func payload<Payload>() throws -> Payload {
        guard let payload = prepared.payload as? Payload else {
            throw TareError(.failed, "\(prepared.workload.name) was prepared by another platform")
        }
        return payload
    }
}
