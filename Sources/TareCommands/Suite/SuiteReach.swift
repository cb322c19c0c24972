import BenchmarkModel
import Containers

/// What a suite reaches outside its own folder: what a reviewer wants to see before it runs as root.
enum SuiteReach {
    /// One line for each thing.
    ///
    /// - Parameter folder: the suite's, absolute.
    static func lines(_ suite: Suite, folder: String) -> [String] {
        var lines: [String] = []
        for spec in suite.platforms {
            switch spec.kind {
            case .process: lines.append("platform '\(spec.name)': commands run as root of this host, without isolation")
            case .namespaces, .isolation:
                lines.append("platform '\(spec.name)': commands run as root of this host, with all its capabilities")
            case .oci(let settings):
                let path = Executables.find(settings.runtime) ?? "not found"
                let options =
                    settings.options.isEmpty ? "" : ", with the options \(settings.options.joined(separator: " "))"
                lines.append(
                    "platform '\(spec.name)': runs the runtime \(settings.runtime) (\(path)) as root\(options)")
            case .libvirt(let settings):
                let kernel =
                    settings.kernel.map { "the guest kernel \($0)" } ?? "this host's kernel or Debian's for guests"
                let uri = settings.uri == "embed" ? "libvirt's driver inside tare" : "the daemon at \(settings.uri)"
                lines.append("platform '\(spec.name)': uses \(uri) and \(kernel)")
            }
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
