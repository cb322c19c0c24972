/// How much of a command and its environment a kernel takes (execve(2), "Limits on size of arguments and environment").
package enum CommandSize {
    /// No single argument or variable may be longer, its closing NUL left out (MAX_ARG_STRLEN of Linux).
    package static let mostOfOne = 131_071

    /// What one text takes on the new program's stack: itself, its NUL, and a pointer to it.
    package static func taken(by text: String) -> Int { text.utf8.count + 1 + 8 }

    /// The most that all texts may take together: a quarter of the stack's soft limit, within 128 KiB and 6 MiB.
    package static func mostOfAll(_ surroundings: Surroundings) -> Int {
        let usual = ResourceLimits.kinds.first { $0.name == "stack" }?.soft
        let asked = surroundings.limits.first { $0.name == "stack" }
        let stack = asked.map { $0.soft ?? .max } ?? usual ?? .max
        return Int(max(128 << 10, min(6 << 20, stack / 4)))
    }

    /// Why no kernel would take a command, in words; nil where it would.
    package static func problem(of workload: Workload) -> String? {
        let texts = workload.command + workload.environment.map { "\($0.key)=\($0.value)" }
        let all = texts.reduce(0) { $0 + taken(by: $1) }
        let most = mostOfAll(workload.surroundings)
        if all > most {
            return "command and environment take \(all) bytes together, and the kernel takes \(most) of them "
                + "(a quarter of the stack's limit)"
        }
        let records = WitnessConfiguration.encode(workload).count
        return records <= WitnessConfiguration.mostBytes
            ? nil
            : "command and environment are longer than the \(WitnessConfiguration.mostBytes) bytes that tare takes"
    }
}
