import CWitnessShims

// The format of /.tare/config
// ===========================
//
// NUL-terminated records `key=value`, at most 1 MiB in all; the last byte is a NUL. Values are bytes without NUL.
//
//     arg=VALUE            the command and its arguments, in order; at least one. A command without `/` is looked up in
//                          PATH as execvp(3) does it.
//     env=NAME=VALUE       the whole environment of the command. Where PATH is absent, it becomes
//                          /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
//     cwd=PATH             the working directory; `/` by default
//     user=USER            `NAME`, `NAME:GROUP`, `UID` or `UID:GID`, as Account.swift looks it up; root by default
//     limit=N:SOFT:HARD    the resource limit of that number of setrlimit(2); `unlimited` for none; at most 16, of these
//     usual-limit=...      and of those together. One that was asked for must be set; a usual one stays where it cannot be
//     capabilities=HEX     the capabilities that are kept at the most, as /proc/PID/status shows them; all by default
//     guest-capabilities=HEX
//                          the same for the first process of a guest, which begins with all
//     input=file           the standard input is /.tare/input; empty by default
//     stop-signal=N        in a guest the witness sends this signal to the command when the host says `S`
//                          (MarkProtocol.swift). Elsewhere the host sends it itself
//     ready=CONDITION      `started` (default), or
//                          `output`          what the host sees in the output: the witness only says when it ended
//                          `completed`       the command ended with status 0
//                          `tcp:PORT`        a TCP connect to 127.0.0.1 succeeds
//                          `http:PORT/PATH`  a GET from 127.0.0.1 is answered with a status from 200 to 399
//                          `file:PATH`       the path exists
//     deadline-ms=NUMBER   how long after the witness's entry the condition may take to hold; 60000 by default
//     figure-file=PATH     a file that figures are read from: sent to the host when a `completed` command has ended
//                          (MarkProtocol.swift); as often as there are files
//     network=bridge       the instance has an address on `eth0`, at which its servers are asked instead of on loopback
//     probe-us=NUMBER      the pause between two probes, in microseconds, from 1; 1000 by default
//
// An unknown key is an error. Of a key that is not repeatable the last record counts.

/// The readiness condition. Pointers reach into the configuration's bytes.
enum Readiness {
    case started
    case output
    case completed
    case tcp(UInt16)
    case http(UInt16, path: UnsafePointer<CChar>)
    case file(UnsafePointer<CChar>)

    /// Whether the host finds it out, from what the command prints.
    var isJudgedByHost: Bool { if case .output = self { true } else { false } }

    /// Whether it is found out from how the command ends.
    var isCommandsEnd: Bool { if case .completed = self { true } else { false } }

    /// What asks for it again and again; nil where nothing is to be asked.
    func makeProbe() -> Probe? {
        switch self {
        case .started, .output, .completed: nil
        case .file(let path): FileProbe(path: path)
        case .tcp(let port): TCPProbe(port: port)
        case .http(let port, let path): HTTPProbe(port: port, path: path)
        }
    }
}

/// A limit of setrlimit(2).
struct ResourceLimit {
    /// RLIM_INFINITY, a cast that Swift does not import.
    static let unlimited = UInt64.max
    /// No kernel counts so far.
    static let most: UInt64 = 1 << 60
    static let kinds = 16

    var number: Int32
    var soft: UInt64
    var hard: UInt64
    /// Whether a suite asks for it.
    var isAsked: Bool
}

/// What `/.tare/config` says.
struct Configuration {
    /// What an exec takes: pointers to C strings, ended by nil.
    typealias Strings = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    static let path: StaticString = "/.tare/config"
    static let defaultPath: StaticString = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// A day: longer waits are mistakes.
    static let deadlineLimitMilliseconds: UInt64 = 86_400_000

    /// The command's argv, ended by nil.
    let arguments: Strings
    /// The command's environment, ended by nil.
    let environment: Strings
    private(set) var workingDirectory: UnsafePointer<CChar> = ("/" as StaticString).cString
    private(set) var readiness = Readiness.started
    private(set) var deadlineMilliseconds: UInt64 = 60_000
    private(set) var probeMicroseconds: UInt64 = 1_000
    /// Whether the instance has an address on a bridge.
    private(set) var isOnBridge = false

    /// The command as it was given.
    let command: UnsafePointer<CChar>
    private(set) var user: UnsafeMutablePointer<CChar>?
    let limits: UnsafeMutablePointer<ResourceLimit>
    private(set) var limitCount = 0
    /// A bit for each capability.
    private(set) var capabilities = UInt64.max
    private(set) var hasInput = false
    /// The paths of files that figures are read from, ended by nil.
    let figureFiles: Strings
    /// 0 for none.
    private(set) var stopSignal: Int32 = 0
    /// Where the next variable would stand, if one more was needed.
    private let variableCount: Int
    private let hasHome: Bool

    /// - Parameter isGuest: whether this is the first process of a guest.
    init(_ records: Records, isGuest: Bool, _ failure: (Message) -> Never) {
        let argumentCount = records.count(of: "arg=")
        let arguments = Strings.allocate(capacity: argumentCount + 1)
        let environment = Strings.allocate(capacity: records.count(of: "env=") + 3)
        let files = Strings.allocate(capacity: records.count(of: "figure-file=") + 1)
        var argument = 0
        var variable = 0
        var file = 0
        var hasPath = false
        var hasHome = false
        var settings = Settings()
        let limits = UnsafeMutablePointer<ResourceLimit>.allocate(capacity: ResourceLimit.kinds)
        var directory: UnsafePointer<CChar>?
        var condition: UnsafeMutablePointer<CChar>?
        var deadline: UnsafePointer<CChar>?
        var probe: UnsafePointer<CChar>?
        var isOnBridge = false
        records.forEach { record in
            if let value = value(of: record, "arg=") {
                arguments[argument] = value
                argument += 1
            } else if let value = value(of: record, "env=") {
                environment[variable] = value
                variable += 1
                if strncmp(value, "PATH=", 5) == 0 { hasPath = true }
                if strncmp(value, "HOME=", 5) == 0 { hasHome = true }
            } else if let value = value(of: record, "figure-file=") {
                files[file] = value
                file += 1
            } else if let value = value(of: record, "cwd=") {
                directory = UnsafePointer(value)
            } else if let value = value(of: record, "ready=") {
                condition = value
            } else if let value = value(of: record, "deadline-ms=") {
                deadline = UnsafePointer(value)
            } else if let value = value(of: record, "probe-us=") {
                probe = UnsafePointer(value)
            } else if strcmp(record, ("network=bridge" as StaticString).cString) == 0 {
                isOnBridge = true
            } else if !settings.take(record, into: limits, isGuest: isGuest, failure) {
                failure(Message("unknown record in /.tare/config: ").quote(record))
            }
        }
        if !hasPath {
            environment[variable] = UnsafeMutablePointer(mutating: Configuration.defaultPath.cString)
            variable += 1
        }
        arguments[argument] = nil
        environment[variable] = nil
        files[file] = nil
        guard let first = arguments[0] else { failure(Message("/.tare/config has no command")) }
        command = UnsafePointer(first)
        self.arguments = arguments
        self.environment = environment
        figureFiles = files
        self.hasHome = hasHome
        variableCount = variable
        user = settings.user
        self.limits = limits
        limitCount = settings.limitCount
        capabilities = settings.capabilities
        hasInput = settings.hasInput
        stopSignal = settings.stopSignal
        self.isOnBridge = isOnBridge
        if let directory { workingDirectory = directory }
        if let deadline {
            guard let number = decimal(deadline, limit: Configuration.deadlineLimitMilliseconds) else {
                failure(Message("deadline-ms in /.tare/config is not a number up to 86400000: ").quote(deadline))
            }
            deadlineMilliseconds = number
        }
        if let probe {
            guard let number = decimal(probe, limit: 1_000_000), number > 0 else {
                failure(Message("probe-us in /.tare/config is not a number from 1 to 1000000: ").quote(probe))
            }
            probeMicroseconds = number
        }
        if let condition { readiness = Configuration.readiness(condition, failure) }
    }

    /// Adds `HOME` to the environment where it has none.
    func setHome(_ home: UnsafePointer<CChar>) {
        guard !hasHome else { return }
        let length = strlen(home)
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: length + 6)
        memcpy(text, "HOME=", 5)
        memcpy(text + 5, home, length + 1)
        environment[variableCount] = text
        environment[variableCount + 1] = nil
    }

    private static func readiness(
        _ text: UnsafeMutablePointer<CChar>, _ failure: (Message) -> Never
    ) -> Readiness {
        if strcmp(text, "started") == 0 { return .started }
        if strcmp(text, "output") == 0 { return .output }
        if strcmp(text, "completed") == 0 { return .completed }
        if let path = value(of: text, "file:") { return .file(path) }
        var end = 0
        if let rest = value(of: text, "tcp:"), let port = leadingDecimal(rest, limit: 65_535, end: &end), port > 0,
            rest[end] == 0
        {
            return .tcp(UInt16(port))
        }
        if let rest = value(of: text, "http:"), let port = leadingDecimal(rest, limit: 65_535, end: &end), port > 0,
            rest[end] == CChar(bitPattern: UInt8(ascii: "/")), isRequestTarget(rest + end)
        {
            return .http(UInt16(port), path: rest + end)
        }
        failure(Message("unknown readiness condition in /.tare/config: ").quote(text))
    }

    /// Whether a path can stand in a request line: nothing in it may end the line or the word.
    private static func isRequestTarget(_ path: UnsafePointer<CChar>) -> Bool {
        var index = 0
        while path[index] != 0 {
            let byte = UInt8(bitPattern: path[index])
            if byte <= 0x20 || byte == 0x7F { return false }
            index += 1
        }
        return true
    }
}
