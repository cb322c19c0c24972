import BenchmarkModel
internal import CLinuxShims
import Glibc
import LinuxSystem

/// A guest's disk of a volume: a raw file that is as sparse as an empty ext4 in it lets it be, so that the guest's writes take space of
/// the host's file system as those of a container take it.
package enum VolumeDisk {
    /// Its name in an instance's directory of the volume.
    package static let name = "disk.raw"

    /// Makes an empty file system, of which instances get copies.
    ///
    /// It holds nothing, not even `lost+found`: programs such as initdb want an empty directory, which a container has. Nothing of
    /// it is left to be written by the guest's kernel later (`lazy_itable_init`), beside what is measured.
    ///
    /// - Parameter path: where; nothing may be there.
    /// - Throws: ``TareError``, ``SystemError``; no file is left then.
    package static func makeTemplate(bytes: UInt64, for owner: VolumeOwner, at path: String) async throws {
        try HostFiles.create(path, bytes: [], mode: 0o600)
        do {
            let doing = "making a guest's disk of a volume in \(path)"
            try await Tool.run(
                "mke2fs",
                [
                    "-q", "-F", "-t", ImageCache.guestFileSystem, "-m", "0", "-L", "tare-volume",
                    // The same blocks whatever the size is, and nothing drawn by lot.
                    "-b", "\(block)", "-U", "7461726e-0000-4000-8000-000000000003", "-E",
                    "root_owner=\(owner.user):\(owner.group),hash_seed=7461726e-0000-4000-8000-000000000002,"
                        + "lazy_itable_init=0,lazy_journal_init=0,nodiscard",
                    path, "\(bytes >> 10)k",
                ], doing: doing)
            try await Tool.run("debugfs", ["-w", "-R", "rmdir lost+found", path], doing: doing)
            // debugfs is content with what it could not do.
            let left = try await Tool.run("debugfs", ["-R", "ls -p /", path], doing: doing)
            guard !left.contains("lost+found") else {
                throw TareError(
                    .hostLacks, "\(doing): debugfs did not remove lost+found",
                    remedy: "See what 'debugfs -w -R \"rmdir lost+found\"' says (package e2fsprogs).")
            }
            // mke2fs rounds a size down to whole blocks.
            guard truncate(path, off_t(bytes / UInt64(block) * UInt64(block))) == 0 else {
                throw SystemError("sizing \(path)")
            }
        } catch var error as TareError {
            unlink(path)
            error.concerns = "volumes"
            // It is not the cache that lacks it.
            if error.remedy?.contains("XDG_CACHE_HOME") == true {
                error.remedy = "Free some space there, or name another directory with 'in:' or a smaller 'size:'."
            }
            throw error
        } catch {
            unlink(path)
            throw error
        }
    }

    private static let block = 4_096

    /// Copies what a template holds, and has it on the disk before anything is measured: what the kernel would write of it later
    /// would be written beside the workload's own.
    ///
    /// - Throws: ``SystemError``.
    package static func copy(_ template: String, to path: String) throws {
        let source = tare_open(template, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard source >= 0 else { throw SystemError("reading \(template)") }
        defer { close(source) }
        let target = tare_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw SystemError("creating \(path)") }
        defer { close(target) }
        var status = stat()
        guard fstat(source, &status) == 0, ftruncate(target, status.st_size) == 0 else {
            throw SystemError("sizing \(path)")
        }
        try SparseData.read(source, size: UInt64(status.st_size)) { bytes, place in
            try SparseData.write(bytes, to: target, at: place)
        }
        guard fdatasync(target) == 0 else { throw SystemError("writing \(path) to the disk") }
    }

    /// Whether the file system of a file lets it be read and written past the page cache (O_DIRECT).
    package static func takesDirectAccess(_ path: String) -> Bool {
        // The kernel's number, which Swift's Glibc module does not have: of x86 and most others, and of ARM.
        #if arch(arm64) || arch(arm)
            let direct: Int32 = 0o200000
        #else
            let direct: Int32 = 0o40000
        #endif
        let file = tare_open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | direct, 0)
        guard file >= 0 else { return false }
        close(file)
        return true
    }
}
