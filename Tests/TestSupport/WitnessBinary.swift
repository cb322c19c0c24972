import Glibc
import LinuxSystem

/// The witness, which runs as the first process of every instance.
public enum WitnessBinary {
    /// Its path: what `TARE_WITNESS` names, else the one that was built beside the test bundle.
    ///
    /// - Throws: ``SystemError`` where there is neither.
    public static func path() throws -> String {
        if let named = getenv("TARE_WITNESS") { return String(cString: named) }
        // swift test runs `.build/debug/NAME.xctest`, directly or through a helper that gets its path as an argument.
        for argument in [executable()] + CommandLine.arguments {
            var parts = argument.split(separator: "/", omittingEmptySubsequences: false)
            while parts.count > 1 {
                parts.removeLast()
                let candidate = parts.joined(separator: "/") + "/witness"
                if access(candidate, X_OK) == 0, isFile(candidate) { return candidate }
            }
        }
        throw SystemError("finding the witness beside the tests; TARE_WITNESS may name it", number: ENOENT)
    }

    private static func executable() -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
