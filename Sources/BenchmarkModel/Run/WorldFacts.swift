/// The names of what an ``ObservedWorld`` says: the same in every run, on every platform.
package enum WorldFacts {
    /// As `sysconf(_SC_NPROCESSORS_ONLN)` counts them, by which nginx starts its workers.
    package static let cpusOnline = "CPUs online"
    /// As `sched_getaffinity(2)` counts them.
    package static let cpusByAffinity = "CPUs by affinity"
    package static let memoryTotal = "memory total"
    package static let memoryLimit = "memory limit seen"
    package static let cpuLimit = "CPU limit seen"
    package static let umask = "umask"
    package static let user = "user"
    package static let group = "group"
    package static let groups = "further groups"
    package static let noNewPrivileges = "no_new_privs"
    package static let seccomp = "seccomp"
    package static let signalsBlocked = "signals blocked"
    package static let signalsIgnored = "signals ignored"
    package static let nice = "nice"
    package static let schedulingPolicy = "scheduling policy"
    package static let inputOutputPriority = "I/O priority"
    package static let timerSlack = "timer slack"
    package static let personality = "personality"
    package static let outOfMemoryScore = "out-of-memory score"
    package static let kernel = "kernel"
    package static let firstProcess = "process id 1"
    package static let sessionLeader = "session leader"
    package static let groupLeader = "process group leader"
    package static let workingDirectory = "working directory"
    package static let sharedMemory = "size of /dev/shm"
    package static let rootFileSystem = "root file system"
    package static let standardInput = "standard input"
    package static let standardOutput = "standard output"
    package static let standardError = "standard error"
    /// Whether the witness had to leave something out, which no world of tare's making brings about.
    package static let cut = "not told for want of space"

    /// The resource limits in the order of their numbers in the kernel (`RLIMIT_CPU` is 0).
    package static let limits = [
        "CPU time", "file size", "data size", "stack size", "core file size", "resident memory", "processes",
        "open files", "locked memory", "address space", "file locks", "pending signals", "message queues",
        "nice limit", "real-time priority", "real-time time",
    ]
    /// The sets of capabilities, by the line of /proc/self/status that holds each.
    package static let capabilitySets = [
        "CapEff": "effective capabilities", "CapPrm": "permitted capabilities", "CapBnd": "bounding capabilities",
        "CapInh": "inheritable capabilities", "CapAmb": "ambient capabilities",
    ]

    /// Things of which there are many, each a fact of its own: `node null`, `mount /proc`, `variable PATH`.
    package enum Kind: String, Sendable, CaseIterable {
        case node
        case mount
        case variable

        /// The name of the fact of one of them.
        package func name(_ item: String) -> String { "\(rawValue) \(item)" }

        /// The kind of which a fact is, and which of them; nil where it is of none.
        package static func split(_ name: String) -> (kind: Kind, item: String)? {
            for kind in allCases where name.hasPrefix(kind.rawValue + " ") {
                return (kind, String(name.dropFirst(kind.rawValue.count + 1)))
            }
            return nil
        }
    }
}
