import Glibc
import LinuxSystem

/// Programs of the package, as they were built beside the tests.
package enum BuiltProgram {
    /// The path of a program: what an environment variable such as `TARE_WITNESS` names, else the one in the directory of
    /// the test bundle.
    ///
    /// - Throws: ``SystemError`` where there is none.
    package static func path(_ name: String) throws -> String {
        let variable = name == "tare" ? "TARE_PROGRAM" : "TARE_\(name.uppercased())"
        if let named = getenv(variable) { return String(cString: named) }
        for directory in directories {
            let candidate = "\(directory)/\(name)"
            var status = stat()
            if access(candidate, X_OK) == 0, stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                return candidate
            }
        }
        throw SystemError("finding \(name) beside the tests; \(variable) may name it", number: ENOENT)
    }

    /// The directory into which the package was built.
    ///
    /// - Throws: ``SystemError`` where it cannot be found.
    package static func directory() throws -> String {
        let parts = try path("tare").split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    /// swift test runs `.build/debug/NAME.xctest`, directly or through a helper that gets its path as an argument.
    private static var directories: [String] {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let executable = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return ([executable] + CommandLine.arguments).flatMap { path in
            var parts = path.split(separator: "/", omittingEmptySubsequences: false)
            var found: [String] = []
            while parts.count > 1 {
                parts.removeLast()
                found.append(parts.joined(separator: "/"))
            }
            return found
        }
    }
}
