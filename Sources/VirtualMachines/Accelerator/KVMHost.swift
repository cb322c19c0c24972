import Glibc
import LinuxSystem

/// What the host shows of its KVM without a guest.
struct KVMHost: Sendable {
    var device = KVMAccess.device
    var cpuInfo = "/proc/cpuinfo"
    var moduleDirectory = "/sys/module"

    /// Why no guest need be tried; nil where one must be.
    var problem: String? {
        guard HostFiles.exists(device) else { return "\(device) is absent" }
        guard access(device, R_OK | W_OK) == 0 else {
            return "\(device) may not be opened: \(String(cString: strerror(errno)))"
        }
        return nil
    }

    /// In one sentence, that KVM is there without hardware virtualisation: it then runs only guest kernels made for it, and an
    /// ordinary one hangs or makes QEMU fail on the way. Nil where the CPU has it, or does not say.
    var lack: String? {
        guard let text = try? HostFiles.read(cpuInfo),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
        else { return nil }
        let flags = Set(line.split(whereSeparator: { $0 == " " || $0 == "\t" }))
        guard !flags.contains("vmx"), !flags.contains("svm") else { return nil }
        let module = HostFiles.exists(moduleDirectory + "/kvm_pvm") ? " by the module kvm_pvm" : ""
        return
            "KVM is offered\(module) without hardware virtualisation (no vmx or svm in \(cpuInfo)), and the guest's kernel "
            + "does not boot under that"
    }
}
