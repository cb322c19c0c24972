/// The file `/.tare/config`, from which the witness learns what to run: the same bytes on every platform.
///
/// NUL-terminated records `key=value`: `arg` (repeated, in order), `env` (repeated, `KEY=VALUE`), `cwd`, `ready`
/// (`started`, `line:REGEX`, `tcp:PORT`, `http:PORT/PATH`, `file:PATH`), `deadline-ms`, `probe-us`.
public enum WitnessConfiguration {
    /// Where the witness is in every instance.
    public static let witnessPath = "/.tare/witness"

    /// The bytes of the file. No value may hold a NUL byte; the suite reader refuses them.
    public static func encode(_ workload: Workload) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ key: String, _ value: String) {
            bytes += Array("\(key)=\(value)".utf8) + [0]
        }
        for argument in workload.command { add("arg", argument) }
        for (key, value) in workload.environment.sorted(by: { $0.key < $1.key }) { add("env", "\(key)=\(value)") }
        add("cwd", workload.workingDirectory)
        switch workload.readiness {
        case .started: add("ready", "started")
        case .line(let pattern): add("ready", "line:\(pattern)")
        case .tcp(let port): add("ready", "tcp:\(port)")
        case .http(let port, let path): add("ready", "http:\(port)\(path)")
        case .file(let path): add("ready", "file:\(path)")
        }
        add("deadline-ms", "\(UInt64(workload.readinessDeadlineSeconds * 1_000))")
        add("probe-us", "\(Readiness.probeIntervalMicroseconds)")
        return bytes
    }
}
