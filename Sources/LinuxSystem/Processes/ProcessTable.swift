import Glibc

/// What `/proc` says of a process.
package struct ProcessEntry: Sendable, Equatable {
    /// The process id.
    package var pid: Int32
    /// The parent's id.
    package var parent: Int32
    /// The session's id.
    package var session: Int32
    /// `R`, `S`, `Z`, ...
    package var state: Character
    /// Clock ticks between the host's boot and the start: with the id it names a process for ever.
    package var startTicks: UInt64

    /// User and system time, that of threads which have ended included, in clock ticks.
    package var cpuTicks: UInt64
    /// The same of its children that have ended and were reaped by it.
    package var reapedTicks: UInt64

    /// Reads `/proc/PID/stat`; nil where there is no such process.
    package init?(pid: Int32) {
        guard let text = try? HostFiles.read("/proc/\(pid)/stat") else { return nil }
        self.init(pid: pid, stat: text)
    }

    /// Parses the text of `/proc/PID/stat`. The name may hold anything, so fields are counted from the last `)`.
    package init?(pid: Int32, stat text: String) {
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let parent = Int32(fields[1]), let session = Int32(fields[3]),
            let start = UInt64(fields[19]), let user = UInt64(fields[11]), let system = UInt64(fields[12]),
            let state = fields[0].first
        else { return nil }
        self.pid = pid
        self.parent = parent
        self.session = session
        self.state = state
        self.startTicks = start
        cpuTicks = user + system
        reapedTicks = (UInt64(fields[13]) ?? 0) + (UInt64(fields[14]) ?? 0)
    }
}

/// All processes of the host.
package enum ProcessTable {
    /// The ids of all processes.
    package static func pids() -> [Int32] {
        HostFiles.names(in: "/proc").compactMap { Int32($0) }
    }

    /// The children of a process, of whichever of its threads.
    package static func children(of pid: Int32) -> [Int32] {
        HostFiles.names(in: "/proc/\(pid)/task").flatMap { thread in
            (HostFiles.value("/proc/\(pid)/task/\(thread)/children") ?? "").split(separator: " ").compactMap {
                Int32($0)
            }
        }
    }

    /// This process and those that it descends from: never to be ended by it.
    package static func ownLineage() -> Set<Int32> {
        var found: Set<Int32> = [getpid()]
        var next = getppid()
        while next > 0, found.insert(next).inserted { next = ProcessEntry(pid: next)?.parent ?? 0 }
        return found
    }
}
