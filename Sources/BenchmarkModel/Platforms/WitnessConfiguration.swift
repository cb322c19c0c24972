/// The file `/.tare/config`, by which the witness knows what to run and when it is ready.
///
/// The format is specified at the head of `Sources/witness/Command/Configuration.swift`.
package enum WitnessConfiguration {
    /// Where the witness is in every instance.
    package static let witnessPath = "/.tare/witness"

    /// Encodes a workload as NUL-terminated records. Equal workloads give equal bytes.
    ///
    /// The image, the memory and the CPU allowance are not in it: they are the platform's affair.
    ///
    /// - Precondition: no value contains a NUL byte, and no name in the environment is empty or contains `=`: such a
    ///   value would begin a record of its own. The reader of suites refuses them.
    package static func encode(_ workload: Workload) -> [UInt8] {
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
        add("cwd", workload.workingDirectory)
        add("ready", text(workload.readiness))
        add("deadline-ms", String(milliseconds(workload.readinessDeadlineSeconds)))
        add("probe-us", String(Readiness.probeIntervalMicroseconds))
        return bytes
    }

    private static func text(_ readiness: Readiness) -> String {
        switch readiness {
        case .started: "started"
        case .line(let pattern): "line:\(pattern)"
        case .tcp(let port): "tcp:\(port)"
        case .http(let port, let path): "http:\(port)" + (path.hasPrefix("/") ? path : "/" + path)
        case .file(let path): "file:\(path)"
        }
    }

    /// Seconds as whole milliseconds: rounded up, at least 1 and at most a day, which is the witness's limit.
    private static func milliseconds(_ seconds: Double) -> UInt64 {
        guard seconds > 0 else { return 1 }
        return UInt64(min((seconds * 1_000).rounded(.up), 86_400_000))
    }
}
