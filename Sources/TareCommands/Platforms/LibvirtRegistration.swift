import BenchmarkModel
import Glibc
import Harness
import VirtualMachines
import Yams

struct LibvirtRegistration: PlatformRegistration {
    private static let settings = SuiteKeys(
        name: "libvirt",
        keys: [
            SuiteKey(
                name: "uri", shape: .string,
                description:
                    "'embed' (the QEMU driver inside tare, the default) or a libvirt URI such as qemu:///system."),
            SuiteKey(name: "machine", shape: .string, description: "The machine type. Default q35."),
            SuiteKey(
                name: "accelerator", shape: .choice(["auto", "kvm", "tcg"]),
                description: "'auto' (the default) boots a small guest under KVM and falls back to software emulation."),
            SuiteKey(
                name: "kernel", shape: .string, description: "A guest kernel (bzImage), relative to the suite file."),
        ])

    let key = SuiteKey(name: "libvirt", shape: .object(settings), description: "A virtual machine under libvirt.")

    func parse(_ node: Node, _ parser: SuiteParser) -> PlatformKind? {
        guard let keys = parser.mapping(node, LibvirtRegistration.settings) else { return nil }
        var settings = LibvirtSettings()
        if let uri = keys["uri"], let value = parser.text(uri, "uri") {
            settings.uri = value
            if !LibvirtSettings.isAllowed(uri: value) {
                parser.fail(
                    uri, "uri: '\(parser.printable(value))' is no connection that a suite can name",
                    "Write embed, qemu:///system or qemu:///session. Other transports, hosts and queries could start "
                        + "programs.")
            }
        }
        if let machine = keys["machine"], let value = parser.text(machine, "machine") {
            settings.machine = value
            if value.isEmpty || !value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
            {
                parser.fail(
                    machine, "machine: '\(parser.printable(value))' is no machine type",
                    "Write one such as q35; 'qemu-system-x86_64 -machine help' lists them.")
            }
        }
        if let accelerator = keys["accelerator"], let value = parser.text(accelerator, "accelerator") {
            if let known = LibvirtSettings.Accelerator(rawValue: value) {
                settings.accelerator = known
            } else {
                parser.fail(
                    accelerator, "accelerator: '\(parser.printable(value))' is unknown", "Write auto, kvm or tcg.")
            }
        }
        if let kernel = keys["kernel"], let path = parser.hostPath(kernel, "kernel") {
            settings.kernel = path
            if access(path, R_OK) != 0 {
                parser.fail(kernel, "kernel: \(path) is not there or not readable", "Name a bzImage.")
            }
        }
        return .libvirt(settings)
    }

    func holds(_ kind: PlatformKind) -> Bool { if case .libvirt = kind { true } else { false } }

    func reach(_ spec: PlatformSpec) -> String {
        guard case .libvirt(let settings) = spec.kind else { return "" }
        let kernel = settings.kernel.map { "the guest kernel \($0)" } ?? "this host's kernel or Debian's for guests"
        let uri = settings.isEmbedded ? "libvirt's driver inside tare" : "the daemon at \(settings.uri)"
        return "uses \(uri) and \(kernel)"
    }

    func check(_ spec: PlatformSpec, against policy: Policy, _ refuse: Policy.Refuse) {
        guard case .libvirt(let settings) = spec.kind else { return }
        if !policy.uris.contains(settings.uri) {
            refuse("uri", "the connection \(settings.uri)", "uris: \(policy.uris)")
        }
        if let kernel = settings.kernel, !policy.kernels.contains(where: { Policy.fits(Policy.real(kernel), $0) }) {
            refuse("kernel", "the kernel \(kernel)", "kernels: \(policy.kernels)")
        }
    }

    func make(_ spec: PlatformSpec, with parts: PlatformParts) throws -> any Platform {
        guard case .libvirt(let settings) = spec.kind else {
            throw TareError(.failed, "\(spec.name) has no connection")
        }
        return try LibvirtPlatform(
            spec: spec, settings: settings, cache: parts.cache, witness: parts.witness,
            runDirectory: parts.environment.directory, cacheDirectory: Directories.cache,
            cgroup: parts.environment.group, journal: parts.journal,
            triesKVMAgain: parts.triesKVMAgain)
    }
}
