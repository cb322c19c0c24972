import BenchmarkModel

/// What a suite reaches outside its own folder: what a reviewer wants to see before it runs as root.
enum SuiteReach {
    /// One line for each thing.
    ///
    /// - Parameter folder: the suite's, absolute.
    static func lines(_ suite: Suite, folder: String) -> [String] {
        var lines: [String] = []
        for spec in suite.platforms {
            guard let registration = try? PlatformRegistry.registration(of: spec) else { continue }
            lines.append("platform '\(spec.name)': \(registration.reach(spec))")
        }
        for workload in suite.workloads {
            switch workload.image {
            case .packages(_, let release, _):
                lines.append(
                    "workload '\(workload.name)': fetches packages of Debian \(release) from this host's mirrors")
            case .rootfs(let path) where !path.hasPrefix(folder + "/"):
                lines.append("workload '\(workload.name)': reads the root filesystem \(path)")
            case .rootfs: break
            }
        }
        return lines
    }
}
