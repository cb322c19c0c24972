import BenchmarkModel
import Glibc

/// As whom QEMU runs.
struct QEMUUser: Sendable, Equatable {
    let name: String
    let group: String
    let uid: UInt32
    let gid: UInt32

    /// Whether the mode of a file lets this user read and write it.
    func mayOpen(_ status: stat) -> Bool { isGranted(0o6, by: status) }

    /// Whether the mode of a directory lets this user reach what is in it.
    func mayPass(_ status: stat) -> Bool { isGranted(0o1, by: status) }

    private func isGranted(_ rights: mode_t, by status: stat) -> Bool {
        let mode = status.st_mode
        if status.st_uid == uid { return mode & rights << 6 == rights << 6 }
        var groups = [gid_t](repeating: 0, count: 256)
        var count = Int32(groups.count)
        let isMember =
            status.st_gid == gid
            || (getgrouplist(name, gid, &groups, &count) >= 0 && groups.prefix(Int(count)).contains(status.st_gid))
        return isMember ? mode & rights << 3 == rights << 3 : mode & rights == rights
    }

    /// The user that the distribution made for it.
    ///
    /// - Throws: ``TareError`` when there is none.
    static func find() throws -> QEMUUser {
        for (name, group) in [("libvirt-qemu", "libvirt-qemu"), ("qemu", "qemu"), ("libvirt-qemu", "kvm")] {
            if let user = getpwnam(name), let found = getgrnam(group) {
                return QEMUUser(name: name, group: group, uid: user.pointee.pw_uid, gid: found.pointee.gr_gid)
            }
        }
        throw TareError(
            .hostLacks, "there is no user 'libvirt-qemu' or 'qemu' as whom QEMU could run",
            remedy: "Install libvirt's system part (on Debian: apt-get install libvirt-daemon-system).")
    }
}
