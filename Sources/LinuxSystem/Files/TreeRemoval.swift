internal import CLinuxShims
import Glibc

/// Removes a directory tree, whatever is in it: by descriptors and raw names, so that no name, depth, link or flag of a file
/// stops it or leads it elsewhere.
///
/// A directory that is not empty is not descended into: its own directories are moved up beside it first. So two directories
/// are open at any time, however deep the tree is.
struct TreeRemoval {
    private let top: Directory
    private let device: dev_t
    private var moved = 0

    /// - Throws: ``SystemError`` naming the first thing that stays. All that can go is gone then.
    static func remove(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw SystemError("removing \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard Glibc.unlink(path) == 0 || errno == ENOENT else { throw SystemError("removing \(path)") }
            return
        }
        let top = try Directory(path)
        var removal = TreeRemoval(top: top, device: try top.status().st_dev)
        try removal.empty()
        guard rmdir(path) == 0 || errno == ENOENT else { throw SystemError("removing \(path)") }
    }

    private init(top: Directory, device: dev_t) {
        self.top = top
        self.device = device
    }

    private mutating func empty() throws {
        tare_clear_flags(top.descriptor)
        while true {
            let names = try top.names()
            if names.isEmpty { return }
            var trouble: SystemError?
            var gone = 0
            for name in names {
                do {
                    try remove(name)
                    gone += 1
                } catch let error as SystemError {
                    trouble = trouble ?? error
                }
            }
            // What was moved up comes in the next round; without any progress there will be none.
            if gone == 0, let trouble { throw trouble }
        }
    }

    /// Removes an entry of the top directory.
    private mutating func remove(_ name: Directory.Name) throws {
        if isUnlinked(name, in: top) { return }
        guard let status = top.status(of: name) else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SystemError("removing \(top.path)/\(name.shown)")
        }
        // A file system that is mounted here is not ours to empty.
        guard status.st_dev == device else {
            throw SystemError("removing \(top.path)/\(name.shown), on which a file system is mounted", number: EBUSY)
        }
        if unlinkat(top.descriptor, name.bytes, AT_REMOVEDIR) == 0 { return }
        try flatten(try top.directory(name))
        guard unlinkat(top.descriptor, name.bytes, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw SystemError("removing \(top.path)/\(name.shown)")
        }
    }

    /// Empties a directory: files go, directories that hold something are moved up.
    private mutating func flatten(_ directory: Directory) throws {
        tare_clear_flags(directory.descriptor)
        for name in try directory.names() {
            if isUnlinked(name, in: directory) || unlinkat(directory.descriptor, name.bytes, AT_REMOVEDIR) == 0 {
                continue
            }
            let number = errno
            guard number == ENOTEMPTY || number == EEXIST || number == EPERM else {
                throw SystemError("removing \(directory.path)/\(name.shown)", number: number)
            }
            // Its flags would keep it from being moved.
            if let inner = try? directory.directory(name) { tare_clear_flags(inner.descriptor) }
            try moveUp(name, from: directory)
        }
    }

    private mutating func moveUp(_ name: Directory.Name, from directory: Directory) throws {
        while true {
            moved += 1
            if renameat(directory.descriptor, name.bytes, top.descriptor, "tare-removal-\(moved)") == 0 { return }
            // Somebody has a thing of that name there, and may have many.
            guard errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR || errno == EISDIR else {
                throw SystemError("removing \(directory.path)/\(name.shown)")
            }
        }
    }

    /// Removes what is no directory; true where it is gone. A flag that forbids it (`chattr +i`, `+a`) is taken away.
    private func isUnlinked(_ name: Directory.Name, in directory: Directory) -> Bool {
        if unlinkat(directory.descriptor, name.bytes, 0) == 0 || errno == ENOENT { return true }
        guard errno == EPERM || errno == EACCES else { return false }
        let file = tare_openat(
            directory.descriptor, name.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        if file >= 0 {
            tare_clear_flags(file)
            close(file)
        }
        return unlinkat(directory.descriptor, name.bytes, 0) == 0 || errno == ENOENT
    }
}
