import Foundation
import Glibc

/// The process that measures a run, named so that it cannot be mistaken for a later one with the same id.
struct RunOwner: Equatable {
    var pid: Int32
    /// Field 22 of `/proc/PID/stat`.
    var startTicks: Int64
    /// `/proc/sys/kernel/random/boot_id`.
    var bootID: String

    static var current: RunOwner {
        RunOwner(pid: getpid(), startTicks: startTicks(of: getpid()) ?? 0, bootID: boot)
    }

    /// Whether the very same process still runs.
    var isAlive: Bool {
        bootID == RunOwner.boot && RunOwner.startTicks(of: pid) == startTicks
    }

    private static var boot: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    private static func startTicks(of pid: Int32) -> Int64? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let close = text.lastIndex(of: ")")
        else { return nil }
        // The command's name may hold anything, so fields are counted from behind its closing bracket.
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return Int64(fields[19])
    }
}
