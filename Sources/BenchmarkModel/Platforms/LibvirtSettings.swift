/// Settings of a libvirt domain flavour.
package struct LibvirtSettings: Sendable, Equatable, Codable {
    /// How a guest's instructions are executed.
    package enum Accelerator: String, Sendable, Codable, CaseIterable {
        /// KVM where a small guest boots under it, else software emulation.
        case auto
        /// Hardware virtualisation.
        case kvm
        /// QEMU's software emulation.
        case tcg
    }

    /// The connection: `embed` (the QEMU driver inside tare), or any libvirt URI such as `qemu:///system`.
    package var uri: String
    /// The machine type.
    package var machine: String
    /// The accelerator asked for; what was used is in the run.
    package var accelerator: Accelerator
    /// A guest kernel image (bzImage) on the host, with its modules beside it or built in; nil lets tare choose.
    package var kernel: String?

    /// Whether the driver inside tare runs the guests, and no daemon.
    package var isEmbedded: Bool { uri == "embed" }

    /// Whether a suite or a journal may name a connection: the driver inside tare, or a daemon of this host by its own name.
    /// Anything more in a URI (a transport, a host, a query) can make libvirt start a program or reach another machine.
    package static func isAllowed(uri: String) -> Bool { ["embed", "qemu:///system", "qemu:///session"].contains(uri) }

    package init(
        uri: String = "embed", machine: String = "q35", accelerator: Accelerator = .auto, kernel: String? = nil
    ) {
        self.uri = uri
        self.machine = machine
        self.accelerator = accelerator
        self.kernel = kernel
    }
}
