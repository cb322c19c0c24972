import BenchmarkModel

extension ImageCache {
    /// The file system of guests' disks.
    static let guestFileSystem = "ext4"

    /// A raw ext4 disk with the very same tree as a root filesystem.
    ///
    /// - Throws: ``TareError`` with code `image`.
    package func guestDisk(of root: CachedItem) async throws -> CachedItem {
        try await entry("disk", recipe: "\(ImageCache.guestFileSystem) disk 4\n\(root.identity)") { partial in
            let (entries, data) = try SparseData.measure(root.path)
            // Room for a tree's blocks (a file of one byte takes a whole one), inodes and a journal, and for what an
            // instance writes.
            let mebibytes = ((data * 5 / 4 + entries * 4_096) >> 20) + 96
            let inodes = entries * 5 / 4 + 16_384
            let disk = partial + "/disk.raw"
            try await Tool.run(
                "mke2fs",
                [
                    "-q", "-t", ImageCache.guestFileSystem, "-d", root.path, "-m", "0", "-L", "tare", "-N", "\(inodes)",
                    // Identity and hash seed are fixed, so that nothing in a disk is drawn by lot. (Times of change and
                    // access are those of the tree's files in the cache.)
                    "-U", "7461726e-0000-4000-8000-000000000001",
                    "-E",
                    "hash_seed=7461726e-0000-4000-8000-000000000002,lazy_itable_init=0,lazy_journal_init=0,nodiscard",
                    disk, "\(mebibytes)M",
                ], doing: "making a guest disk", environment: ["E2FSPROGS_FAKE_TIME": "\(ImageCache.epoch)"])
            return Product(payload: "disk.raw", identity: try await Digest.file(disk))
        }.item
    }
}
