import BenchmarkModel
internal import CLinuxShims
import Glibc
import LinuxSystem

/// Lets QEMU's user open `/dev/kvm` where only root may (no udev rule set its group, as in many containers).
///
/// libvirt probes an emulator with rights that override the file's mode, and afterwards asks whether QEMU's user may open
/// it. Where the two answers differ it takes its capabilities for outdated and probes again at every start of a domain,
/// 0.8 s each: a cost that no virtual machine has.
enum KVMAccess {
    static let device = "/dev/kvm"

    /// Puts a device file of the user's own over `/dev/kvm` in tare's mount namespace; the host's stays as it is.
    ///
    /// - Parameter directory: of the run, where the file is made.
    static func grant(to user: QEMUUser, in directory: String, device: String = device) throws {
        var status = stat()
        guard stat(device, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return }
        // In the host's own namespace a mount would outlive this process.
        guard !user.mayOpen(status), Mounts.isNamespacePrivate else { return }
        let own = directory + "/kvm"
        let number = status.st_rdev
        guard mknod(own, S_IFCHR | 0o660, number) == 0 || errno == EEXIST else { throw SystemError("making \(own)") }
        guard chmod(own, 0o660) == 0, chown(own, 0, user.gid) == 0 else {
            throw SystemError("giving \(own) to \(user.group)")
        }
        try Mounts.mount(source: own, target: device, type: "none", flags: Mounts.Flag.bind, data: nil)
    }
}
