/// How a workload's command ended.
package enum CommandEnding: Sendable, Equatable {
    /// By itself, with this status.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)

    /// In words that follow "the command": `ended with status 3`, `was ended by signal 11 (SIGSEGV)`.
    package var words: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .signalled(let signal):
            "was ended by signal \(signal)" + (CommandEnding.names[signal].map { " (\($0))" } ?? "")
        }
    }

    /// As a runtime's own exit status tells it: a shell's 128 and the signal's number.
    package init(runtimeStatus status: Int32) {
        self = status > 128 && status <= 192 ? .signalled(status - 128) : .exited(status)
    }

    /// As the witness sends it after its D: `e3`, `s11`; nil where it is neither.
    package init?(protocolText text: String) {
        guard let kind = text.first, let number = Int32(text.dropFirst()), (0...255).contains(number),
            text.dropFirst().utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        switch kind {
        case "e": self = .exited(number)
        case "s" where number > 0: self = .signalled(number)
        default: return nil
        }
    }

    /// As ``init(protocolText:)`` takes it; nil for numbers that no kernel gives.
    package var protocolText: String? {
        let text =
            switch self {
            case .exited(let status): "e\(status)"
            case .signalled(let signal): "s\(signal)"
            }
        return CommandEnding(protocolText: text) == nil ? nil : text
    }

    /// The signals that end programs, by their numbers on x86-64 and ARM.
    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
        9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
        24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
}
