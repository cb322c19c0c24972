import BenchmarkModel
internal import CLibvirt
import Glibc

/// What libvirt said: its error code, the part it came from, and its text.
struct LibvirtFailure: Error, Equatable, CustomStringConvertible {
    /// The number of a `virErrorNumber`.
    var code: Int
    /// The number of a `virErrorDomain`.
    var domain: Int
    /// libvirt's own words.
    var text: String

    /// Takes the calling thread's last error. libvirt keeps one a thread, so call it right after the failing call.
    static func last() -> LibvirtFailure {
        guard let error = virGetLastError() else {
            return LibvirtFailure(code: 0, domain: 0, text: "libvirt gave no reason")
        }
        let text = error.pointee.message.map { String(cString: $0) } ?? "libvirt gave no reason"
        return LibvirtFailure(code: Int(error.pointee.code), domain: Int(error.pointee.domain), text: text)
    }

    var description: String { text }

    /// Whether it says that the domain is not there, or no longer runs.
    var meansAlreadyGone: Bool {
        code == Int(VIR_ERR_NO_DOMAIN.rawValue) || code == Int(VIR_ERR_OPERATION_INVALID.rawValue)
    }

    /// Whether it says that there is no such hypervisor here for such a domain.
    var meansUnsupported: Bool { code == Int(VIR_ERR_CONFIG_UNSUPPORTED.rawValue) }

    /// Whether it says that the host could not, at this moment.
    var meansBusy: Bool {
        let codes = [VIR_ERR_NO_MEMORY, VIR_ERR_OPERATION_TIMEOUT, VIR_ERR_AGENT_UNRESPONSIVE].map { Int($0.rawValue) }
        return codes.contains(code)
            || [EBUSY, EAGAIN, ENOMEM, ENOSPC, EMFILE, ENFILE].contains { text.contains(String(cString: strerror($0))) }
    }

    /// The error of a connection that could not be opened, with what to do about it.
    func asConnectionError(uri: String) -> TareError {
        let embedded = uri.hasPrefix("qemu:///embed")
        let remedy =
            embedded
            ? "Install libvirt with its QEMU driver (Debian: libvirt-daemon-driver-qemu, libvirt-daemon-system and "
                + "qemu-system-x86), and run tare as root."
            : "Start the daemon behind '\(uri)' (for qemu:///system: libvirtd), or use 'uri: embed', which needs none."
        return TareError(.hostLacks, "libvirt cannot open '\(uri)'", remedy: remedy, cause: text)
    }
}
