import Glibc
import LinuxSystem
import TestSupport

/// Another user of the host, without any right of tare's.
enum Stranger {
    static let user: UInt32 = 65_534

    /// Runs a program as `nobody`.
    static func run(_ command: [String]) throws -> Program.Finished {
        let program = try Program.start(
            ["setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"] + command,
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/"], directory: "/")
        program.endInput()
        return try program.finish()
    }

    /// Runs a shell script as `nobody`, with words as its arguments.
    static func shell(_ script: String, _ words: String...) throws -> Program.Finished {
        try run(["sh", "-c", script, "sh"] + words)
    }
}

extension Place {
    /// Starts a run and waits until a file is there, of which the path is given with `*` below the run's directory; the run is
    /// in flight then.
    func startAndAwait(_ arguments: [String], _ pattern: String) throws -> (program: Program, path: String) {
        let program = try start(arguments)
        var found: String?
        _ = eventually {
            found = Place.matching("\(self.runs)/tare-*/\(pattern)").first
            return found != nil || program.process.wait(deadlineMilliseconds: 0) != nil
        }
        guard let found else { throw SystemError("waiting for \(pattern): \(program.errors)", number: ETIMEDOUT) }
        return (program, found)
    }

    /// The paths that fit a shell's pattern.
    static func matching(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// Ends a run in flight as Ctrl-C does, and waits for it.
    @discardableResult
    func interrupt(_ program: Program) throws -> Program.Finished {
        program.process.signal(SIGINT)
        return try program.finish()
    }

    /// Nothing of any run is left in the directory of runs.
    var leftInRuns: [String] { HostFiles.names(in: runs) }
}
