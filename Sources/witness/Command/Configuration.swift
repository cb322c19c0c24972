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
//     ready=CONDITION      `started` (default), or
//                          `line:REGEX`      a whole line of output matches a POSIX extended regular expression
//                          `tcp:PORT`        a TCP connect to 127.0.0.1 succeeds
//                          `http:PORT/PATH`  a GET from 127.0.0.1 is answered with a status from 200 to 399
//                          `file:PATH`       the path exists
//     deadline-ms=NUMBER   how long after the witness's entry the condition may take to hold; 60000 by default
//     probe-us=NUMBER      the pause between two probes, in microseconds, from 1; 1000 by default
//
// An unknown key is an error. Of a key that is not repeatable the last record counts.

/// The readiness condition. Pointers reach into the configuration's bytes.
enum Readiness {
    case started
    case line(UnsafePointer<CChar>)
    case tcp(UInt16)
    case http(UInt16, path: UnsafePointer<CChar>)
    case file(UnsafePointer<CChar>)
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

    /// The command as it was given.
    let command: UnsafePointer<CChar>

    init(_ records: Records, _ failure: (Message) -> Never) {
        let argumentCount = records.count(of: "arg=")
        let arguments = Strings.allocate(capacity: argumentCount + 1)
        let environment = Strings.allocate(capacity: records.count(of: "env=") + 2)
        var argument = 0
        var variable = 0
        var hasPath = false
        var directory: UnsafePointer<CChar>?
        var condition: UnsafeMutablePointer<CChar>?
        var deadline: UnsafePointer<CChar>?
        var probe: UnsafePointer<CChar>?
        records.forEach { record in
            if let value = value(of: record, "arg=") {
                arguments[argument] = value
                argument += 1
            } else if let value = value(of: record, "env=") {
                environment[variable] = value
                variable += 1
                if strncmp(value, "PATH=", 5) == 0 { hasPath = true }
            } else if let value = value(of: record, "cwd=") {
                directory = UnsafePointer(value)
            } else if let value = value(of: record, "ready=") {
                condition = value
            } else if let value = value(of: record, "deadline-ms=") {
                deadline = UnsafePointer(value)
            } else if let value = value(of: record, "probe-us=") {
                probe = UnsafePointer(value)
            } else {
                failure(Message("unknown record in /.tare/config: ").quote(record))
            }
        }
        if !hasPath {
            environment[variable] = UnsafeMutablePointer(mutating: Configuration.defaultPath.cString)
            variable += 1
        }
        arguments[argument] = nil
        environment[variable] = nil
        guard let first = arguments[0] else { failure(Message("/.tare/config has no command")) }
        command = UnsafePointer(first)
        self.arguments = arguments
        self.environment = environment
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

    private static func readiness(
        _ text: UnsafeMutablePointer<CChar>, _ failure: (Message) -> Never
    ) -> Readiness {
        if strcmp(text, "started") == 0 { return .started }
        if let pattern = value(of: text, "line:") { return .line(pattern) }
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
