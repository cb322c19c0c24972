import BenchmarkModel
import LinuxSystem

/// What a run says where it may meet the kernel's limit of hardware addresses that it found out by itself, before it measures.
enum NeighbourLimit {
    private static let setting = "net.ipv4.neigh.default.gc_thresh3"
    /// The host's of the instance, and the instance's of its bridge; tare says both itself where it made them.
    private static let entriesEach = 2

    /// One for each workload and engine whose ramp asks so many over the engine's bridges at the end of its hold.
    ///
    /// - Parameter most: the host's limit, of all network namespaces together; nil where it does not say.
    static func threats(
        _ suite: Suite,
        most: Int? = HostFiles.value("/proc/sys/" + setting.replacing(".", with: "/")).flatMap { Int($0) }
    ) -> [Threat] {
        guard let most, let density = suite.density, density.ceiling * entriesEach > most else { return [] }
        return suite.workloads.filter { density.workloads?.contains($0.name) ?? true }.flatMap { workload in
            suite.platforms.filter { density.platforms?.contains($0.name) ?? true }.compactMap { spec in
                guard workload.network == .bridge, workload.readiness.isServer, spec.bridging == .engine else {
                    return nil
                }
                return Threat(
                    detector: "neighbours", severity: .note,
                    text:
                        "a ramp of up to \(density.ceiling) \(workload.name) on \(spec.name) asks all of them over bridges of the "
                        + "engine's, and this kernel finds out \(most) hardware addresses at most, \(entriesEach) for each: over "
                        + "\(most / entriesEach) may seem not to answer; raise it (sysctl \(setting)=\(density.ceiling * 4))"
                )
            }
        }
    }
}
