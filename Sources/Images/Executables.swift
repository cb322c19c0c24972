import BenchmarkModel
import Glibc
import LinuxSystem

/// Programs of the host.
package enum Executables {
    /// The environment in which runtimes run: theirs must not depend on who started tare.
    package static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

    /// The absolute path of a program given by name or path; nil where there is none that can be executed.
    package static func find(_ name: String) -> String? {
        if name.hasPrefix("/") { return isExecutable(name) ? name : nil }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        for directory in (path + ":/usr/local/sbin:/usr/sbin:/sbin").split(separator: ":") {
            let candidate = "\(directory)/\(name)"
            if isExecutable(candidate) { return candidate }
        }
        return nil
    }

    /// Whether it is a file with an execute bit: root may execute a directory and is told so by access(2).
    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    /// How long a program may take that is only asked about itself, in milliseconds.
    package static let patienceMilliseconds: Int32 = 10_000

    /// What a program prints on both streams, and whether it ended well.
    ///
    /// - Throws: ``TareError`` where it cannot be started or does not end in time; it and what it started are killed then.
    package static func output(
        of path: String, _ arguments: [String], patienceMilliseconds: Int32 = patienceMilliseconds
    ) throws -> (text: String, isSuccess: Bool) {
        let words = "'\(path) \(arguments.joined(separator: " "))'"
        let remedy = "Check that it runs by hand."
        // A file and no pipe: what a program leaves running may hold a pipe open for ever.
        guard let file = tmpfile() else { throw SystemError("making a temporary file") }
        defer { fclose(file) }
        let null = try openNull()
        defer { close(null) }
        let child: ChildProcess
        do {
            child = try ChildProcess.spawn(
                SpawnRequest(
                    path: path, arguments: [path] + arguments, environment: environment,
                    descriptors: (null, fileno(file), fileno(file))))
        } catch {
            throw TareError(.hostLacks, "\(words) could not be run", remedy: remedy, cause: "\(error)")
        }
        guard let ending = child.wait(deadlineMilliseconds: patienceMilliseconds) else {
            // It leads a session, and so a process group, of its own.
            kill(-child.pid, SIGKILL)
            child.end(graceMilliseconds: 0)
            throw TareError(
                .hostLacks, "\(words) did not end within \(patienceMilliseconds / 1_000) s", remedy: remedy)
        }
        var bytes = [UInt8](repeating: 0, count: 256 << 10)
        let count = pread(fileno(file), &bytes, bytes.count, 0)
        return (String(decoding: bytes.prefix(max(0, count)), as: UTF8.self), ending == .exited(0))
    }

    /// /dev/null for reading and writing.
    package static func openNull() throws -> Int32 {
        let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("opening /dev/null") }
        return descriptor
    }
}
