/// Signals as suites and images name them.
package enum StopSignal {
    /// The kernel's names by number (signal(7), x86-64 and arm64), without `SIG`.
    private static let names = [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]
    /// The first real-time signal that the C library leaves to programs, and the last.
    private static let realTime: ClosedRange<Int32> = 34...64

    /// How long a command that was asked to end may take, in seconds, before it is killed: as under engines.
    package static let patienceSeconds = 10

    /// The name of a number, without `SIG`; nil for one that is none or real-time.
    package static func name(of number: Int) -> String? {
        names.indices.dropFirst().contains(number) ? names[number] : nil
    }

    /// The number of `SIGTERM`, `TERM`, `15`, `SIGRTMIN+3` or `RTMAX-1`; nil where there is none such.
    package static func number(_ text: String) -> Int32? {
        if let number = Int32(text), text.utf8.allSatisfy({ (48...57).contains($0) }) {
            return (1..<Int32(names.count)).contains(number) || realTime.contains(number) ? number : nil
        }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let number = names.firstIndex(of: name), number > 0 { return Int32(number) }
        for (prefix, base, sign) in [("RTMIN", realTime.lowerBound, Int32(1)), ("RTMAX", realTime.upperBound, -1)]
        where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            if rest.isEmpty { return base }
            guard rest.first == (sign > 0 ? "+" : "-"), let offset = Int32(rest.dropFirst()), offset >= 0, offset <= 30
            else { return nil }
            let number = base + sign * offset
            return realTime.contains(number) ? number : nil
        }
        return nil
    }

    /// The name in its one form, `SIGTERM`, or `SIGRTMIN+3`; nil where there is none such.
    package static func canonical(_ text: String) -> String? {
        guard let number = number(text) else { return nil }
        if let name = name(of: Int(number)) { return "SIG" + name }
        let offset = number - realTime.lowerBound
        return offset == 0 ? "SIGRTMIN" : "SIGRTMIN+\(offset)"
    }
}

extension Surroundings {
    /// The number of the signal that asks the command to end; nil where it is killed at once.
    package var stopSignalNumber: Int32? { stopSignal.flatMap { StopSignal.number($0) } }
}
