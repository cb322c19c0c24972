import Glibc

/// How full a file system is.
package struct FileSystemUse: Sendable, Equatable {
    /// In bytes, the blocks that are kept for root among what is free.
    package var usedBytes: UInt64
    package var capacityBytes: UInt64
    /// nil where it does not count inodes, as btrfs does not.
    package var usedInodes: UInt64?
    package var capacityInodes: UInt64?

    package init(usedBytes: UInt64, capacityBytes: UInt64, usedInodes: UInt64? = nil, capacityInodes: UInt64? = nil) {
        self.usedBytes = usedBytes
        self.capacityBytes = capacityBytes
        self.usedInodes = usedInodes
        self.capacityInodes = capacityInodes
    }

    /// Of the file system that holds a path (statvfs(3)); nil where nothing can be said of it.
    package static func at(_ path: String) -> FileSystemUse? {
        var found = statvfs()
        guard statvfs(path, &found) == 0, found.f_blocks > 0 else { return nil }
        let (size, blocks, free) = (UInt64(found.f_frsize), UInt64(found.f_blocks), UInt64(found.f_bfree))
        var use = FileSystemUse(
            usedBytes: size &* (blocks - min(free, blocks)), capacityBytes: size &* blocks)
        if found.f_files > 0 {
            use.usedInodes = UInt64(found.f_files - min(found.f_ffree, found.f_files))
            use.capacityInodes = UInt64(found.f_files)
        }
        return use
    }

    /// What others than root may still write where a path is, in bytes; nil where nobody knows.
    package static func freeBytes(at path: String) -> UInt64? {
        var found = statvfs()
        return statvfs(path, &found) == 0 ? UInt64(found.f_bavail) * UInt64(found.f_frsize) : nil
    }
}
