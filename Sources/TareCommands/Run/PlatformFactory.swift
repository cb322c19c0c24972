import BenchmarkModel
import Containers
import Glibc
import Harness
import Images
import LinuxSystem
import VirtualMachines

/// The only place that knows concrete platforms: one line registers one.
enum PlatformFactory {
    /// Makes a platform of a suite.
    ///
    /// - Throws: ``TareError`` when the host lacks what it needs.
    static func make(
        _ spec: PlatformSpec, cache: ImageCache, environment: RunEnvironment, journal: any Journal,
        notice: @escaping @Sendable (String) -> Void
    ) throws -> any Platform {
        let witness = try witnessPath()
        let groups = environment.groups
        switch spec.kind {
        case .process:
            return ProcessPlatform(spec: spec, cache: cache, witness: witness, groups: groups)
        case .namespaces:
            return NamespacesPlatform(spec: spec, cache: cache, witness: witness, groups: groups)
        case .isolation(let parts):
            return NamespacesPlatform(spec: spec, parts: Set(parts), cache: cache, witness: witness, groups: groups)
        case .oci(let settings):
            return try OCIPlatform(
                spec: spec, settings: settings, cache: cache, witness: witness, groups: groups,
                runDirectory: environment.directory)
        case .libvirt(let settings):
            return try LibvirtPlatform(
                spec: spec, settings: settings, cache: cache, witness: witness, runDirectory: environment.directory,
                cacheDirectory: Directories.cache, cgroup: environment.group, journal: journal)
        }
    }

    /// The witness is built beside tare. `TARE_WITNESS` names another.
    static func witnessPath() throws -> String {
        if let named = Directories.environment("TARE_WITNESS") {
            guard access(named, X_OK) == 0 else {
                throw TareError(
                    .hostLacks, "TARE_WITNESS names \(named), which is not an executable file",
                    remedy: "Unset it, or name the witness that was built with this tare.")
            }
            return named
        }
        let executable = HostFiles.target(ofLink: "/proc/self/exe") ?? ""
        let directory = executable.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(directory)/witness"
        guard access(path, X_OK) == 0 else {
            throw TareError(
                .hostLacks, "the witness is not beside tare (\(path))",
                remedy: "Build it with 'swift build', or name it with TARE_WITNESS.")
        }
        return path
    }
}
