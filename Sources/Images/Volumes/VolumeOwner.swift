package import BenchmarkModel
internal import CLinuxShims
import Glibc
import LinuxSystem

/// Who owns the root of a volume: the user as whom the command runs, so that it can write there whoever it is, as the same ids on
/// every platform. Its mode is 0755.
package struct VolumeOwner: Sendable, Equatable {
    package var user: UInt32 = 0
    package var group: UInt32 = 0

    /// The mode of a volume's root.
    static let mode: mode_t = 0o755

    /// Looks a workload's user up as the witness will (`Sources/witness/Command/Account.swift`). One that is not there is root here:
    /// the witness says so where it matters.
    ///
    /// - Parameters:
    ///   - workload: with what its image says.
    ///   - tree: the image's root filesystem on the host.
    package init(of workload: Workload, in tree: String) {
        guard let wanted = workload.surroundings.user, !wanted.isEmpty else { return }
        let parts = wanted.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let number = VolumeOwner.number(parts[0])
        let entry = VolumeOwner.lines(of: "/etc/passwd", in: tree).first { fields in
            fields.count > 3 && (number.map { VolumeOwner.number(fields[2]) == $0 } ?? (fields[0] == parts[0]))
                && VolumeOwner.number(fields[2]) != nil && VolumeOwner.number(fields[3]) != nil
        }
        guard let found = number ?? entry.flatMap({ VolumeOwner.number($0[2]) }) else { return }
        user = found
        group = entry.flatMap { VolumeOwner.number($0[3]) } ?? 0
        guard parts.count > 1 else { return }
        let named = VolumeOwner.lines(of: "/etc/group", in: tree).first {
            $0.count > 2 && $0[0] == parts[1] && VolumeOwner.number($0[2]) != nil
        }
        group = VolumeOwner.number(parts[1]) ?? named.flatMap { VolumeOwner.number($0[2]) } ?? group
    }

    package init(user: UInt32 = 0, group: UInt32 = 0) {
        self.user = user
        self.group = group
    }

    /// The last number means "unchanged" to the kernel.
    private static func number(_ text: String) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return UInt32(text).flatMap { $0 == .max ? nil : $0 }
    }

    /// The fields of each line of a file of an image; none where it is no plain file within the image. Larger ones are no user
    /// lists.
    private static func lines(of path: String, in tree: String) -> [[String]] {
        let root = tare_open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard root >= 0 else { return [] }
        defer { close(root) }
        let file = tare_open_in_root(root, path)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 20,
            let text = try? HostFiles.read("/proc/self/fd/\(file)")
        else { return [] }
        return text.split(separator: "\n").map { line in
            line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
