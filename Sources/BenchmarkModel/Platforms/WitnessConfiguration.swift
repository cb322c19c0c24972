extension Workload {
    /// The files of an instance that figures are read from, each once, in the order in which the witness sends them.
    package var figureFiles: [String] {
        var paths: [String] = []
        for figure in figures {
            if case .file(let path) = figure.source, !paths.contains(path) { paths.append(path) }
        }
        return paths
    }
}

/// The file `/.tare/config`, by which the witness knows what to run and when it is ready.
///
/// The format is specified at the head of `Sources/witness/Command/Configuration.swift`.
package enum WitnessConfiguration {
    /// Where the witness is in every instance.
    package static let witnessPath = "/.tare/witness"
    /// The socket of the mark channel and the file for the output in an engine's container, in the witness's directory.
    package static let mountedFiles = ["marks", "output"]
    /// The most bytes that the witness takes.
    package static let mostBytes = 1 << 20

    /// Encodes a workload as NUL-terminated records. Equal workloads give equal bytes, under equal limits of tare's own.
    ///
    /// The image, the memory and the CPU allowance, the file systems in memory and the bytes of the standard input are not in
    /// it: they are the platform's affair.
    ///
    /// - Parameter own: tare's own hard limit of resources by number, nil for none, above which none can be given.
    /// - Precondition: no value contains a NUL byte, and no name in the environment is empty or contains `=`: such a
    ///   value would begin a record of its own. The reader of suites refuses them.
    package static func encode(_ workload: Workload, own: (Int32) -> UInt64? = { _ in nil }) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ key: String, _ value: String) {
            precondition(!value.utf8.contains(0), "a value of the witness's configuration contains a NUL byte")
            bytes += key.utf8
            bytes.append(UInt8(ascii: "="))
            bytes += value.utf8
            bytes.append(0)
        }
        for argument in workload.command { add("arg", argument) }
        // Sorted, because a dictionary's order changes from run to run, and the bytes are part of a cache key.
        for (name, value) in workload.environment.sorted(by: { $0.key < $1.key }) {
            precondition(
                !name.isEmpty && !name.utf8.contains(UInt8(ascii: "=")), "a name in the environment is not valid")
            add("env", "\(name)=\(value)")
        }
        add("cwd", workload.workingDirectory ?? "/")
        addSurroundings(workload.surroundings, own: own, add)
        if workload.network == .bridge { add("network", "bridge") }
        add("ready", text(workload.readiness))
        add("deadline-ms", String(milliseconds(workload.readinessDeadlineSeconds)))
        add("probe-us", String(Readiness.probeIntervalMicroseconds))
        for path in workload.figureFiles { add("figure-file", path) }
        return bytes
    }

    private static func addSurroundings(
        _ surroundings: Surroundings, own: (Int32) -> UInt64?, _ add: (String, String) -> Void
    ) {
        if let user = surroundings.user, !user.isEmpty { add("user", user) }
        for limit in ResourceLimits.settings(surroundings.limits, own: own) {
            let words = [limit.soft, limit.hard].map { $0.map { String($0) } ?? "unlimited" }
            add(limit.isAsked ? "limit" : "usual-limit", "\(limit.number):\(words.joined(separator: ":"))")
        }
        func hexadecimal(_ set: Set<String>) -> String { String(Capabilities.mask(set), radix: 16) }
        add("capabilities", hexadecimal(Capabilities.kept(surroundings)))
        add("guest-capabilities", hexadecimal(Capabilities.keptByGuest(surroundings)))
        if surroundings.standardInput != nil { add("input", "file") }
        if let signal = surroundings.stopSignalNumber { add("stop-signal", String(signal)) }
    }

    private static func text(_ readiness: Readiness) -> String {
        switch readiness {
        case .started: "started"
        // The host reads the output, on every platform.
        case .line: "output"
        case .tcp(let port): "tcp:\(port)"
        case .http(let port, let path): "http:\(port)" + (path.hasPrefix("/") ? path : "/" + path)
        case .file(let path): "file:\(path)"
        case .completed: "completed"
        }
    }

    /// Seconds as whole milliseconds: rounded up, at least 1 and at most a day, which is the witness's limit.
    private static func milliseconds(_ seconds: Double) -> UInt64 {
        guard seconds > 0 else { return 1 }
        return UInt64(min((seconds * 1_000).rounded(.up), 86_400_000))
    }
}
