package import BenchmarkModel
import Glibc

/// The file of the host that becomes a command's standard input. It is carried into every instance, so it is bounded.
package enum StandardInput {
    /// The most bytes that it may have: they lie in the memory of a guest.
    static let mostBytes = 8 << 20

    /// Looks at it without reading it.
    ///
    /// - Returns: its size in bytes.
    package static func size(of path: String) throws(TareError) -> Int {
        let descriptor = try open(path)
        defer { close(descriptor) }
        return try size(of: descriptor, path)
    }

    /// All of it; nil where a workload names none.
    static func bytes(of workload: Workload) throws(TareError) -> [UInt8]? {
        guard let path = workload.surroundings.standardInput else { return nil }
        let descriptor = try open(path)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: try size(of: descriptor, path))
        var filled = 0
        while filled < bytes.count {
            let count = pread(descriptor, &bytes[filled], bytes.count - filled, filled)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw refused(path, "cannot be read to its end", "Leave the file alone while tare runs.")
            }
            filled += count
        }
        return bytes
    }

    private static func open(_ path: String) throws(TareError) -> Int32 {
        // Not blocking, in case that it is a pipe.
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw refused(path, "is not there or not readable", "Name a file, relative to the suite file.")
        }
        return descriptor
    }

    private static func size(of descriptor: Int32, _ path: String) throws(TareError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refused(path, "is no regular file", "Name a file that holds what the command shall read.")
        }
        guard status.st_size <= mostBytes else {
            throw refused(
                path, "has \(status.st_size) bytes, and a standard input at most \(mostBytes >> 20) MiB",
                "Shorten it, or put it into the image.")
        }
        return Int(status.st_size)
    }

    private static func refused(_ path: String, _ what: String, _ remedy: String) -> TareError {
        TareError(.usage, "\(path) \(what)", remedy: remedy, concerns: "stdin")
    }
}
