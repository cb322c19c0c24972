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
    static func file(_ path: String, in directory: String) throws -> String {
        let target = "\(directory)/\(name(of: path))"
        if HostFiles.exists(target) { return target }
        chmod(path, 0o644)
        if link(path, target) == 0 { return target }
        do {
            try FileManager.default.copyItem(atPath: path, toPath: target)
        } catch {
            throw SystemError("copying \(path) to \(target): \((error as NSError).localizedDescription)", number: EIO)
        }
        chmod(target, 0o644)
        return target
    }
}
