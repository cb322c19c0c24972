/// Where a workload runs.
package struct PlatformSpec: Sendable, Equatable, Codable {
    /// The name, see ``Names``; also what reports show.
    package var name: String
    /// What sort of platform, with its settings.
    package var kind: PlatformKind
    /// How many of the host's CPUs an instance sees.
    package var cpuView: CPUView

    package init(name: String, kind: PlatformKind, cpuView: CPUView = .engine) {
        self.name = name
        self.kind = kind
        self.cpuView = cpuView
    }
}

/// How many CPUs an instance sees, beside how much of their time it may use.
package enum CPUView: String, Sendable, Codable, CaseIterable {
    /// As the platform does it by itself: a container sees all of the host's, a guest its own.
    case engine
    /// As many as its allowance, everywhere.
    case allowance
}

/// The sorts of platform and their settings.
package enum PlatformKind: Sendable, Equatable, Codable {
    /// No isolation: the command runs in the image by chroot alone.
    case process
    /// New mount, PID, network, UTS and IPC namespaces and a cgroup of its own: the kernel's own floor for a container.
    case namespaces
    /// Only some parts of that, to learn what each of them costs.
    case isolation([IsolationPart])
    /// A container under an OCI runtime.
    case oci(OCISettings)
    /// A container that an engine runs.
    case engine(EngineSettings)
    /// A virtual machine that libvirt runs.
    case libvirt(LibvirtSettings)

    /// The word for it in suite files.
    package var word: String {
        switch self {
        case .process: "process"
        case .namespaces, .isolation: "namespaces"
        case .oci: "oci"
        case .engine(let settings): settings.engine.rawValue
        case .libvirt: "libvirt"
        }
    }
}
