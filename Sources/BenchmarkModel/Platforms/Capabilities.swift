/// The capabilities of Linux (capabilities(7)) as suites name them, and those that a command keeps.
package enum Capabilities {
    /// All names, each at the place of its kernel number.
    package static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]

    /// The name of a kernel number; nil where there is none such.
    package static func name(of number: Int) -> String? { names.indices.contains(number) ? names[number] : nil }

    /// What container engines give an ordinary container.
    package static let engineDefault: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    /// The word for all of them where some are dropped.
    package static let all = "ALL"

    /// With which the witness gives the output to another user, becomes that user and gives up the rest, right before the command,
    /// and as the command's parent asks it to end.
    private static let neededBeforeCommand: Set<String> = ["CHOWN", "KILL", "SETGID", "SETPCAP", "SETUID"]

    /// The name in its one form, `NET_ADMIN`, however a suite or an image writes it; nil where there is none such.
    package static func canonical(_ text: String) -> String? {
        let upper = text.uppercased()
        let name = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
        return names.contains(name) ? name : nil
    }

    /// What the command's user may have at the most where the instance shares the host's kernel.
    package static func kept(_ surroundings: Surroundings) -> Set<String> {
        kept(surroundings, of: engineDefault)
    }

    /// The same where it has a kernel of its own, whose root has all of them.
    package static func keptByGuest(_ surroundings: Surroundings) -> Set<String> {
        kept(surroundings, of: Set(names))
    }

    private static func kept(_ surroundings: Surroundings, of usual: Set<String>) -> Set<String> {
        let dropsAll = surroundings.droppedCapabilities.contains(all)
        return (dropsAll ? [] : usual).subtracting(surroundings.droppedCapabilities)
            .union(surroundings.addedCapabilities)
    }

    /// With which a runtime starts the witness, sorted, as `CAP_CHOWN`. The witness leaves the command what it
    /// ``kept(_:)``.
    ///
    /// - Parameter readsFiles: whether the witness reads files of the command's, which may be the command's alone.
    package static func forRuntime(_ surroundings: Surroundings, readsFiles: Bool = false) -> [String] {
        kept(surroundings).union(neededBeforeCommand).union(readsFiles ? ["DAC_READ_SEARCH"] : []).map { "CAP_" + $0 }
            .sorted()
    }

    /// As the kernel counts them: one bit each.
    package static func mask(_ set: Set<String>) -> UInt64 {
        names.enumerated().reduce(0) { set.contains($1.element) ? $0 | 1 << UInt64($1.offset) : $0 }
    }
}
