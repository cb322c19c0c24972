/// Where a workload runs.
public struct PlatformSpec: Sendable, Equatable, Codable {
    /// The name, see ``Names``; also what reports show.
    public var name: String
    /// What sort of platform, with its settings.
    public var kind: PlatformKind

    /// Makes a platform specification.
    public init(name: String, kind: PlatformKind) {
        self.name = name
        self.kind = kind
    }
}

/// The sorts of platform and their settings.
public enum PlatformKind: Sendable, Equatable, Codable {
    /// No isolation: the command runs in the image by chroot alone.
    case process
    /// New mount, PID, network, UTS and IPC namespaces and a cgroup of its own: the kernel's own floor for a container.
    case namespaces
    /// Only some parts of that, to learn what each of them costs.
    case isolation([IsolationPart])
    /// A container under an OCI runtime.
    case oci(OCISettings)
    /// A virtual machine that libvirt runs.
    case libvirt(LibvirtSettings)

    /// The word for it in suite files.
    public var word: String {
        switch self {
        case .process: "process"
        case .namespaces, .isolation: "namespaces"
        case .oci: "oci"
        case .libvirt: "libvirt"
        }
    }

    /// Whether it is one of the two floors that ratios are taken against.
    public var isFloor: Bool {
        switch self {
        case .process, .namespaces: true
        case .isolation, .oci, .libvirt: false
        }
    }

    /// Whether each instance has a network of its own.
    public var hasOwnNetwork: Bool {
        switch self {
        case .process: false
        case .isolation(let parts): parts.contains(.network)
        case .namespaces, .oci, .libvirt: true
        }
    }
}

/// A part of the kernel's isolation that can be switched on by itself.
public enum IsolationPart: String, Sendable, Codable, CaseIterable {
    /// A mount namespace, with the mounts of a container's root in it.
    case mount
    /// A PID namespace.
    case pid
    /// A network namespace with a loopback interface.
    case network = "net"
    /// A UTS namespace.
    case uts
    /// An IPC namespace.
    case ipc
    /// A directory in each control group hierarchy, with the allowances as limits.
    case cgroup
}

/// Settings of an OCI runtime.
public struct OCISettings: Sendable, Equatable, Codable {
    /// The runtime's name, looked up in `PATH`, or its absolute path.
    public var runtime: String
    /// Global options put before the runtime's subcommand.
    public var options: [String]
    /// Whether the runtime leaves once the container runs, as it does under an engine (`run --detach`); else it stays as parent.
    public var detach: Bool

    /// Makes settings.
    public init(runtime: String = "runc", options: [String] = [], detach: Bool = true) {
        self.runtime = runtime
        self.options = options
        self.detach = detach
    }
}

/// Settings of a libvirt domain flavour.
public struct LibvirtSettings: Sendable, Equatable, Codable {
    /// How a guest's instructions are executed.
    public enum Accelerator: String, Sendable, Codable, CaseIterable {
        /// KVM where a small guest boots under it, else software emulation.
        case auto
        /// Hardware virtualisation.
        case kvm
        /// QEMU's software emulation.
        case tcg
    }

    /// The connection: `embed` (the QEMU driver inside tare), or any libvirt URI such as `qemu:///system`.
    public var uri: String
    /// The machine type.
    public var machine: String
    /// The accelerator asked for; what was used is in the run.
    public var accelerator: Accelerator
    /// A guest kernel image (bzImage) on the host, with its modules beside it or built in; nil lets tare choose.
    public var kernel: String?

    /// Whether a suite or a journal may name a connection: the driver inside tare, or a daemon of this host by its own name.
    /// Anything more in a URI (a transport, a host, a query) can make libvirt start a program or reach another machine.
    public static func isAllowed(uri: String) -> Bool { ["embed", "qemu:///system", "qemu:///session"].contains(uri) }

    /// Makes settings.
    public init(uri: String = "embed", machine: String = "q35", accelerator: Accelerator = .auto, kernel: String? = nil)
    {
        self.uri = uri
        self.machine = machine
        self.accelerator = accelerator
        self.kernel = kernel
    }
}
