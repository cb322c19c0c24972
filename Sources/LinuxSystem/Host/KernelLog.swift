internal import CLinuxShims
import Glibc

/// What the kernel says to whoever listens.
package enum KernelLog {
    /// More than any kernel keeps by default, in records: a log that goes on filling must not keep anybody.
    private static let mostRecords = 65_536

    /// Whether the kernel says that it killed something in a control group for want of that group's memory. The log is asked where the group
    /// is gone, and its own count with it.
    ///
    /// - Parameter names: how the group's path ends; one of them suffices.
    package static func tellsOutOfMemory(inGroup names: [String], path: String = "/dev/kmsg") -> Bool {
        let log = tare_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0)
        guard log >= 0 else { return false }
        defer { close(log) }
        var record = [UInt8](repeating: 0, count: 8_192)
        for _ in 0..<mostRecords {
            let count = read(log, &record, record.count)
            // A record that was overwritten before it could be read.
            if count < 0, errno == EPIPE || errno == EINTR { continue }
            guard count > 0 else { return false }
            let text = String(decoding: record[..<count], as: UTF8.self)
            guard let start = text.firstRange(of: "oom_memcg="), text.contains("oom-kill:") else { continue }
            let group = text[start.upperBound...].prefix { $0 != "," }
            if names.contains(where: { group.hasSuffix($0) }) { return true }
        }
        return false
    }
}
