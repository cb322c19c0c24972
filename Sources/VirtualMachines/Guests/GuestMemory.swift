import BenchmarkModel
import Foundation

/// The least memory with which a guest reaches its command.
enum GuestMemory {
    /// What the kernel keeps for itself and its boot besides its image and the initramfs, in bytes: found by trying smaller and
    /// smaller guests with Debian's cloud kernel.
    static let reserveBytes: UInt64 = 16 << 20

    /// Looks whether a workload's memory lets its kernel boot.
    ///
    /// - Parameter initramfs: its size; it is in memory twice while it is unpacked.
    /// - Throws: ``TareError`` with the figures.
    static func check(_ workload: Workload, kernel path: String, initramfs: UInt64) throws {
        guard let image = imageBytes(of: path) else { return }
        let needed = image + 2 * initramfs + reserveBytes
        guard workload.memoryBytes < needed else { return }
        throw TareError(
            .usage,
            "a guest of \(workload.memoryBytes >> 20) MiB does not reach the command of '\(workload.name)': its kernel and "
                + "initramfs alone need about \((needed + (1 << 20) - 1) >> 20) MiB",
            remedy: "Give the workload more memory, or leave it out of platforms with guests.",
            concerns: "memory")
    }

    /// How much memory a kernel's image takes while it unpacks and starts: `init_size` of the x86 boot protocol (the kernel's
    /// Documentation/arch/x86/boot.rst), from version 2.10; nil where the file is no such image.
    static func imageBytes(of path: String) -> UInt64? {
        guard let file = FileHandle(forReadingAtPath: path), let header = try? file.read(upToCount: 0x268),
            header.count == 0x268, header[0x202..<0x206] == Data("HdrS".utf8)
        else { return nil }
        let version = UInt16(header[0x206]) | UInt16(header[0x207]) << 8
        guard version >= 0x020A else { return nil }
        return (0..<4).reduce(UInt64(0)) { $0 | UInt64(header[0x260 + $1]) << UInt64(8 * $1) }
    }
}
