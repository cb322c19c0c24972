internal import CLinuxShims
package import Glibc

/// An open directory whose entries are looked at by their raw names: a name may hold any byte but `/` and NUL.
package final class Directory {
    /// A name as the file system has it, with its closing NUL.
    package struct Name: Sendable, Hashable {
        let bytes: [CChar]

        /// As text for people; what is not UTF-8 is shown as `\xFF`.
        package var shown: String { Directory.shown(raw) }
    }

    let descriptor: Int32
    /// Where it is, for messages.
    package let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens a directory; a symbolic link in its place is refused.
    ///
    /// - Throws: ``SystemError``.
    package convenience init(_ path: String) throws {
        let opened = tare_open(path, Directory.flags, 0)
        guard opened >= 0 else { throw SystemError("opening the directory \(path)") }
        self.init(descriptor: opened, path: path)
    }

    /// Opens a directory in this one; a symbolic link in its place is refused.
    ///
    /// - Throws: ``SystemError``.
    package func directory(_ name: Name) throws -> Directory {
        let opened = tare_openat(descriptor, name.bytes, Directory.flags)
        guard opened >= 0 else { throw SystemError("opening the directory \(path)/\(name.shown)") }
        return Directory(descriptor: opened, path: "\(path)/\(name.shown)")
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    /// Bytes as text for people; what is not UTF-8 is shown as `\xFF`.
    package static func shown(_ raw: some Collection<UInt8>) -> String {
        var text = ""
        var rest = Array(raw)[...]
        while let first = rest.first {
            // The longest piece that is valid: one to four bytes.
            let piece = (1...min(4, rest.count)).lazy.compactMap {
                String(validating: rest.prefix($0), as: UTF8.self)
            }.first
            if let piece {
                text += piece
                rest = rest.dropFirst(piece.utf8.count)
            } else {
                text += "\\x" + String(first, radix: 16, uppercase: true)
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// What the system says of the directory itself.
    ///
    /// - Throws: ``SystemError``.
    package func status() throws -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("looking at \(path)") }
        return status
    }

    /// What the system says of an entry, a link by itself; nil where there is none.
    package func status(of name: Name) -> stat? {
        var status = stat()
        return fstatat(descriptor, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// The names of the entries, `.` and `..` left out, in the directory's own order.
    ///
    /// - Throws: ``SystemError``.
    package func names() throws -> [Name] {
        // A descriptor of its own: the stream closes the one it is given, and reads from the beginning.
        let again = tare_openat(descriptor, ".", Directory.flags)
        guard again >= 0, let stream = fdopendir(again) else { throw SystemError("reading the directory \(path)") }
        defer { closedir(stream) }
        var names: [Name] = []
        while let entry = readdir(stream) {
            let bytes = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if bytes != [46, 0], bytes != [46, 46, 0] { names.append(Name(bytes: bytes)) }
        }
        return names
    }

    /// Visits everything below, each directory before what is in it, without following links or entering another file system.
    ///
    /// - Throws: ``SystemError``, also where the tree is deeper than descriptors reach; and what the body throws.
    package func visit(_ body: (_ directory: Directory, _ name: Name, _ status: stat) throws -> Void) throws {
        let device = try status().st_dev
        try visit(device: device, body)
    }

    private func visit(device: dev_t, _ body: (Directory, Name, stat) throws -> Void) throws {
        for name in try names() {
            guard let status = status(of: name) else { continue }
            try body(self, name, status)
            guard status.st_mode & S_IFMT == S_IFDIR, status.st_dev == device else { continue }
            try directory(name).visit(device: device, body)
        }
    }
}
