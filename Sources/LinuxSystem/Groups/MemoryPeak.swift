internal import CLinuxShims
import Glibc

/// The kernel's high-water mark of the memory that is charged to a group and all below it, file cache and the kernel's own memory
/// included, from one moment on.
///
/// Source: `memory.max_usage_in_bytes` (v1), which any write sets back to what is charged now; `memory.peak` (v2), of which each
/// descriptor has a mark of its own since Linux 6.12. The files stay open: to set the mark back is one write, to read it one read.
package final class MemoryPeak: Sendable {
    /// Why a group's mark cannot be set back, in words.
    package struct Problem: Error, Equatable {
        package var text: String
    }

    private let peak: Int32
    private let usage: Int32

    /// Opens the mark of a group, and tries whether it can be set back.
    ///
    /// - Throws: ``Problem``.
    package init(of group: String, in groups: CgroupTree) throws {
        guard let directory = groups.directory(of: group, controller: "memory") else {
            throw Problem(text: "there is no memory control group")
        }
        let names =
            groups.mode == .v2
            ? (peak: "memory.peak", usage: "memory.current")
            : (peak: "memory.max_usage_in_bytes", usage: "memory.usage_in_bytes")
        peak = tare_open("\(directory)/\(names.peak)", O_RDWR | O_CLOEXEC, 0)
        usage = tare_open("\(directory)/\(names.usage)", O_RDONLY | O_CLOEXEC, 0)
        guard usage >= 0 else { throw Problem(text: "the kernel shows no \(names.usage) of the run's control group") }
        guard peak >= 0, begin() != nil else {
            throw Problem(
                text: groups.mode == .v2
                    ? "this kernel cannot set \(names.peak) back; Linux 6.12 and later can"
                    : "this kernel cannot set \(names.peak) back")
        }
    }

    deinit {
        if peak >= 0 { close(peak) }
        if usage >= 0 { close(usage) }
    }

    /// Sets the mark back to what is charged now.
    ///
    /// - Returns: that, in bytes; nil where the kernel refuses.
    package func begin() -> UInt64? {
        guard Glibc.write(peak, "0\n", 2) > 0 else { return nil }
        return MemoryPeak.number(usage)
    }

    /// The most that was charged at once since the mark was set back, in bytes.
    package func read() -> UInt64? { MemoryPeak.number(peak) }

    private static func number(_ descriptor: Int32) -> UInt64? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return UInt64(HostFiles.trimmed(String(decoding: buffer.prefix(count), as: UTF8.self)))
    }
}

extension CgroupTree {
    /// The most memory that was charged to a group at once since it was made, in bytes; nil where the kernel does not keep that.
    package func peakMemory(of group: String) -> UInt64? {
        guard let directory = directory(of: group, controller: "memory") else { return nil }
        let file = mode == .v2 ? "memory.peak" : "memory.max_usage_in_bytes"
        return HostFiles.value("\(directory)/\(file)").flatMap { UInt64($0) }
    }
}
