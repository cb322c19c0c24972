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
            case .registry(let reference):
                lines.append("workload '\(workload.name)': fetches the image \(reference) from its registry")
            case .rootfs(let path) where !path.hasPrefix(folder + "/"):
                lines.append("workload '\(workload.name)': reads the root filesystem \(path)")
            case .oci(let path) where !path.hasPrefix(folder + "/"):
                lines.append("workload '\(workload.name)': reads the image \(path)")
            case .rootfs, .oci: break
            }
            if let path = workload.surroundings.standardInput, !Policy.real(path).hasPrefix(Policy.real(folder) + "/") {
                lines.append("workload '\(workload.name)': reads the standard input \(path)")
            }
            for volume in workload.volumes {
                lines.append(
                    "workload '\(workload.name)': writes into directories of its own in \(volume.directory), and fills them"
                )
            }
            if !workload.surroundings.addedCapabilities.isEmpty {
                let names = workload.surroundings.addedCapabilities.joined(separator: ", ")
                lines.append("workload '\(workload.name)': has the capabilities \(names) besides an engine's")
            }
        }
        return lines
    }
}
