import BenchmarkModel
import Glibc
import LinuxSystem
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Programs of the host.
enum Executables {
    /// The environment in which runtimes run: theirs must not depend on who started tare.
    static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

    /// The absolute path of a program given by name or path; nil where there is none.
    static func find(_ name: String) -> String? {
        if name.hasPrefix("/") { return access(name, X_OK) == 0 ? name : nil }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        for directory in (path + ":/usr/local/sbin:/usr/sbin:/sbin").split(separator: ":") {
            let candidate = "\(directory)/\(name)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        return nil
    }

    /// The first line that a program prints.
    static func firstLine(of path: String, _ arguments: [String]) async throws -> String {
        let result = try await run(
            .path(FilePath(path)), arguments: Arguments(arguments), output: .string(limit: 64 << 10), error: .discarded)
        guard result.terminationStatus.isSuccess, let line = result.standardOutput.split(separator: "\n").first else {
            throw TareError(
                .hostLacks, "'\(path) \(arguments.joined(separator: " "))' failed (\(result.terminationStatus))",
                remedy: "Check that it runs by hand.")
        }
        return String(line)
    }

    /// /dev/null for reading and writing.
    static func openNull() throws -> Int32 {
        let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("opening /dev/null") }
        return descriptor
    }
}
