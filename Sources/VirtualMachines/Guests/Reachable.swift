internal import CLinuxShims
import Foundation
import Glibc
import LinuxSystem

/// Files of the cache, put where QEMU's user can reach them: by a hard link, which costs nothing, else by a copy.
enum Reachable {
    /// The name that a file gets: unique by its entry of the cache.
    static func name(of path: String) -> String {
        path.split(separator: "/").suffix(3).joined(separator: "-")
    }

    /// Puts a file into a directory, once.
    ///
    /// - Throws: ``SystemError``.
    static func file(_ path: String, in directory: String, for user: QEMUUser) throws -> String {
        let target = "\(directory)/\(name(of: path))"
        if HostFiles.exists(target) { return target }
        try give(path, to: user)
        if link(path, target) == 0 { return target }
        do {
            try FileManager.default.copyItem(atPath: path, toPath: target)
        } catch {
            throw SystemError("copying \(path) to \(target): \((error as NSError).localizedDescription)", number: EIO)
        }
        try give(target, to: user)
        return target
    }

    /// Lets QEMU's group read a file, and nobody else.
    private static func give(_ path: String, to user: QEMUUser) throws {
        guard chown(path, geteuid(), user.gid) == 0, chmod(path, 0o640) == 0 else {
            throw SystemError("giving \(path) to \(user.group)")
        }
    }

    /// The first directory on a path through which QEMU's user may not pass, by its mode; nil where there is none. One with an access
    /// control list is believed to let it.
    static func barrier(on path: String, for user: QEMUUser) -> String? {
        var place = ""
        for part in [""] + path.pathParts.map({ "/" + $0 }) {
            place += part
            let directory = place.isEmpty ? "/" : place
            var status = stat()
            guard stat(directory, &status) == 0, !user.mayPass(status) else { continue }
            if tare_getxattr(directory, "system.posix_acl_access", nil, 0) <= 0 { return directory }
        }
        return nil
    }

    /// Makes a directory through which QEMU's group may pass, and nobody else. One that exists is opened to that group.
    ///
    /// - Throws: ``SystemError``.
    static func directory(_ path: String, for user: QEMUUser) throws {
        try HostFiles.makeDirectory(path, mode: 0o700)
        guard chown(path, geteuid(), user.gid) == 0, chmod(path, 0o710) == 0 else {
            throw SystemError("giving \(path) to \(user.group)")
        }
    }
}
