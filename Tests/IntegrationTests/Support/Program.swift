import Foundation
import Glibc
import LinuxSystem
import TestSupport

/// A program that a test runs, with its output in files, so that it never waits for the test to read.
final class Program {
    /// How it ended and what it printed.
    struct Finished {
        /// The exit code, or 128 and the signal.
        var exitCode: Int32
        var output: String
        var errors: String

        /// Whether `tare run` did all that it was asked for. On a host whose hypervisor takes time away no sample of a cell may be
        /// good, which the exit code says: that is no fault of what a test looks at.
        var hasMeasured: Bool {
            if exitCode == 0 { return true }
            // On a terminal both streams are one.
            let missing = (errors + output).split(whereSeparator: \.isNewline).filter {
                $0.contains("no measurement of ")
            }
            return exitCode == 1 && !missing.isEmpty && missing.allSatisfy { $0.contains(" is good: steal") }
        }
    }

    let process: ChildProcess
    private let files: TemporaryDirectory
    private let input: Int32

    private init(process: ChildProcess, files: TemporaryDirectory, input: Int32) {
        self.process = process
        self.files = files
        self.input = input
    }

    deinit {
        process.end(graceMilliseconds: 0)
        endInput()
    }

    /// Starts a program; its standard input stays open until ``endInput()``.
    ///
    /// - Parameter groups: `cgroup.procs` files that it joins first.
    static func start(
        _ command: [String], environment: [String: String], directory: String, groups: [String] = []
    ) throws -> Program {
        let files = try TemporaryDirectory()
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("making a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let output = open(files.path + "/output", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let errors = open(files.path + "/errors", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { for descriptor in [ends[0], output, errors] { close(descriptor) } }
        var request = SpawnRequest(
            path: try find(command[0]), arguments: command, environment: environment.map { "\($0.key)=\($0.value)" },
            descriptors: (ends[0], output, errors))
        request.directory = directory
        request.cgroupFiles = groups
        return Program(process: try ChildProcess.spawn(request), files: files, input: ends[1])
    }

    private static func find(_ name: String) throws -> String {
        if name.hasPrefix("/") { return name }
        for directory in ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        where access("\(directory)/\(name)", X_OK) == 0 {
            return "\(directory)/\(name)"
        }
        throw SystemError("finding \(name)", number: ENOENT)
    }

    private var inputIsOpen = true

    /// Ends its standard input.
    func endInput() {
        if inputIsOpen { close(input) }
        inputIsOpen = false
    }

    var output: String { (try? HostFiles.read(files.path + "/output")) ?? "" }
    var errors: String { (try? HostFiles.read(files.path + "/errors")) ?? "" }

    /// Waits until it ended.
    ///
    /// - Throws: when it did not in time; it is killed then.
    func finish(deadlineSeconds: Int32 = 120) throws -> Finished {
        guard let ending = process.wait(deadlineMilliseconds: deadlineSeconds * 1_000) else {
            process.end(graceMilliseconds: 0)
            throw SystemError("waiting \(deadlineSeconds) s for a program, which said: \(errors)", number: ETIMEDOUT)
        }
        let code =
            switch ending {
            case .exited(let code): code
            case .signalled(let number): 128 + number
            }
        return Finished(exitCode: code, output: output, errors: errors)
    }
}

/// The Python scripts beside the tests: observers that share no code with tare.
enum Script {
    static func start(_ name: String, _ arguments: [String], prefix: [String] = []) throws -> Program {
        guard let path = Bundle.module.path(forResource: "Scripts/\(name)", ofType: "py") else {
            throw SystemError("finding the script \(name)", number: ENOENT)
        }
        return try Program.start(
            prefix + ["python3", "-B", path] + arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            directory: "/")
    }

    static func run(_ name: String, _ arguments: [String]) throws -> Program.Finished {
        let program = try start(name, arguments)
        program.endInput()
        return try program.finish()
    }
}
