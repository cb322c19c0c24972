package import BenchmarkModel

/// What a host has of limited resources.
package struct HostLimits: Sendable, Equatable {
    /// Whose they are: `kernel`, `debian-12`, `this`, or the file that names them.
    package var name: String
    /// A resource that is not in it limits nothing.
    package var limits: [LimitedResource: KernelLimit]
    /// What is in use there before the first instance; of what is not in it, as much as on the measured host.
    package var inUse: [LimitedResource: Double]
    /// Whether they were read off the host on which tare runs.
    package var isThisHost: Bool
    /// The whole disk from which those of the disk are derived, in bytes; nil where they were read or told.
    package var diskBytes: UInt64?

    package init(
        _ name: String, limits: [LimitedResource: KernelLimit], inUse: [LimitedResource: Double] = [:],
        isThisHost: Bool = false
    ) {
        self.name = name
        self.limits = limits
        self.inUse = inUse
        self.isThisHost = isThisHost
    }

    /// What is in use before the first instance.
    ///
    /// - Parameter take: as it was measured. What is in use of the measured host's disk says nothing of another disk.
    func inUse(_ take: Take) -> Double {
        let told = inUse[take.resource]
        if isThisHost, take.resource.isOfTare, let told {
            // What tare itself needs while it measures is more than what it needs now; of a group it says nothing for another one.
            let isSame = take.resource == .ownOpenFiles || limits[take.resource]?.source == take.limit?.source
            return isSame ? max(told, take.inUse) : told
        }
        return told ?? (take.resource.isOfDisk ? 0 : take.inUse)
    }

    /// The same with a disk of so many bytes for the instances, made as ext4: without ext4's own tables and its journal.
    package func with(diskBytes: UInt64, source: String) -> HostLimits {
        var limits = self
        let inodes = diskBytes / HostLimits.bytesPerInode(diskBytes)
        let own = inodes * HostLimits.bytesOfInode + min(HostLimits.mostJournalBytes, diskBytes / 64)
        limits.limits[.diskBytes] = KernelLimit(diskBytes - min(diskBytes, own), source: "\(source), made as ext4")
        limits.inUse[.diskBytes] = 0
        // Inodes that were told are those of the file system that is meant.
        if isThisHost || self.diskBytes != nil || limits.limits[.diskInodes] == nil {
            limits.limits[.diskInodes] = KernelLimit(inodes, source: "mke2fs for \(source)")
            limits.inUse[.diskInodes] = 0
        }
        limits.diskBytes = diskBytes
        return limits
    }

    /// `inode_size` of mke2fs.conf.
    private static let bytesOfInode: UInt64 = 256
    /// mke2fs makes a journal of 1 GiB from 128 GiB on, and smaller ones in steps of which, from 8 GiB on, none is more than a 64th
    /// (ext2fs_default_journal_size() in lib/ext2fs/mkjournal.c).
    private static let mostJournalBytes: UInt64 = 1 << 30

    /// For how many bytes mke2fs makes an inode: `inode_ratio` of its types `ext4`, `big` (from 4 TiB) and `huge` (from 16 TiB).
    private static func bytesPerInode(_ diskBytes: UInt64) -> UInt64 {
        switch diskBytes >> 40 {
        case ..<4: 16_384
        case ..<16: 32_768
        default: 65_536
        }
    }
}
