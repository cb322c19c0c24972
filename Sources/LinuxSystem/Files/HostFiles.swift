internal import CLinuxShims
import Glibc

/// Small reads and writes of the host's files, most of them in `/proc` and `/sys`.
package enum HostFiles {
    /// The whole text of a file.
    ///
    /// - Throws: ``SystemError``.
    package static func read(_ path: String, limit: Int = 16 << 20) throws -> String {
        let descriptor = tare_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("reading \(path)") }
        defer { Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("reading \(path)")
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of a file without white space at its ends, or nil where it cannot be read.
    package static func value(_ path: String) -> String? {
        guard let text = try? read(path) else { return nil }
        return trimmed(text)
    }

    /// The last bytes of a file as text; empty where it cannot be read.
    package static func tail(_ path: String, bytes: Int = 2_048) -> String {
        let descriptor = tare_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return "" }
        defer { Glibc.close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        lseek(descriptor, max(0, size - bytes), SEEK_SET)
        var chunk = [UInt8](repeating: 0, count: bytes)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        return count > 0 ? String(decoding: chunk[..<count], as: UTF8.self) : ""
    }

    /// Writes a text in one write, as the files of the kernel want it. The file is not created.
    ///
    /// - Throws: ``SystemError``.
    package static func write(_ text: String, to path: String) throws {
        let descriptor = tare_open(path, O_WRONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("writing \(path)") }
        defer { Glibc.close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SystemError("writing '\(text)' to \(path)")
        }
    }

    /// Writes a text to a pipe or a device that is there, however many writes that takes.
    ///
    /// - Throws: ``SystemError``.
    package static func append(_ text: String, to path: String) throws {
        let descriptor = tare_open(path, O_WRONLY | O_APPEND | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("writing \(path)") }
        defer { Glibc.close(descriptor) }
        try write(Array(text.utf8), to: descriptor, path: path)
    }

    /// Creates a file with these bytes. What stands at the path already, a link above all, is an error: nothing is written
    /// through it.
    ///
    /// - Throws: ``SystemError``.
    package static func create(_ path: String, bytes: [UInt8], mode: UInt32 = 0o644) throws {
        let descriptor = tare_open(path, creating, mode)
        guard descriptor >= 0 else { throw SystemError("creating \(path)") }
        defer { Glibc.close(descriptor) }
        try write(bytes, to: descriptor, path: path)
    }

    /// Writes a file beside its place, under a name that nobody can know, and moves it there: it is whole or not there, and
    /// a link in its place is replaced and not followed.
    ///
    /// - Parameters:
    ///   - owner: whose the file shall be; nil leaves it to this process's user.
    /// - Throws: ``SystemError``; nothing of the attempt stays.
    package static func replace(
        _ path: String, bytes: [UInt8], mode: UInt32 = 0o644, owner: (user: UInt32, group: UInt32)? = nil
    ) throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        // By its descriptor: whoever owns a folder above could put another one in its place meanwhile.
        let directory = tare_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard directory >= 0 else { throw SystemError("opening the directory \(folder)") }
        defer { Glibc.close(directory) }
        let partial = ".tare-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        let descriptor = tare_create_at(directory, partial, mode)
        guard descriptor >= 0 else { throw SystemError("creating a file in \(folder)") }
        defer { Glibc.close(descriptor) }
        do {
            try write(bytes, to: descriptor, path: path)
            if let owner, fchown(descriptor, owner.user, owner.group) != 0 { throw SystemError("giving \(path) away") }
            guard renameat(directory, partial, directory, name) == 0 else { throw SystemError("writing \(path)") }
        } catch {
            unlinkat(directory, partial, 0)
            throw error
        }
    }

    private static let creating = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC

    private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("writing \(path)")
            }
            written += count
        }
    }

    /// The size of a file in bytes; nil where there is none.
    package static func size(_ path: String) -> UInt64? {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? UInt64(status.st_size) : nil
    }

    /// Gives back the disk of all but the first and the last bytes of a file, once it takes twice as many: whoever writes to it or
    /// reads it goes on where it is. What is no plain file, or not there, is left alone.
    ///
    /// - Parameters:
    ///   - position: from where on somebody has yet to read it; nil where nobody has.
    ///   - unread: so much is kept for that reader at most.
    /// - Returns: the position up to which the reader has nothing to read any more, where it was given back all the same.
    @discardableResult
    package static func forgetMiddle(
        of path: String, keepingFirst first: UInt64, last: UInt64, from position: UInt64? = nil,
        atMost unread: UInt64 = 0
    ) -> UInt64? {
        var gone: UInt64 = 0
        return tare_forget_middle(path, first, last, position ?? .max, unread, &gone) == 1 ? gone : nil
    }

    /// Makes a directory; one that exists is no error.
    ///
    /// - Throws: ``SystemError``.
    package static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws {
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw SystemError("making the directory \(path)") }
    }

    /// Whether something stands at the path (a symbolic link counts by itself).
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether a path leads to something for a process that has this directory as its root: an absolute link in it does not
    /// lead out of it.
    package static func exists(_ path: String, inRoot root: String) -> Bool {
        let directory = tare_open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard directory >= 0 else { return false }
        defer { Glibc.close(directory) }
        let found = tare_open_in_root(directory, path)
        guard found >= 0 else { return false }
        Glibc.close(found)
        return true
    }

    /// Where a symbolic link leads, as it is written in it; nil where there is no link or it cannot be read.
    package static func target(ofLink path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count - 1)
        guard count >= 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in a directory, sorted; empty where it cannot be read.
    package static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The names of the directories in a directory, sorted; nil where it cannot be read.
    ///
    /// A directory of control groups has as many links as it has directories in it, and two: the many that have none are
    /// known without a look at their dozens of files.
    static func directories(in path: String) -> [String]? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        guard status.st_nlink > 2 else { return [] }
        guard let stream = opendir(path) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file or a directory tree, whatever its names, depth and flags are, without following links and without
    /// crossing into another file system. One that is not there is no error.
    ///
    /// - Throws: ``SystemError`` naming the first thing that could not be removed.
    package static func removeTree(_ path: String) throws { try TreeRemoval.remove(path) }

    /// The text without white space and line ends at both ends.
    package static func trimmed(_ text: String) -> String {
        var slice = Substring(text)
        while let first = slice.first, first.isWhitespace { slice.removeFirst() }
        while let last = slice.last, last.isWhitespace { slice.removeLast() }
        return String(slice)
    }
}

extension String {
    /// The parts of a path between its slashes, as the kernel sees them: to Swift a slash with an accent behind it is another
    /// character than a slash, and what stands before it would seem to be no part of its own.
    package var pathParts: [Substring] { utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) } }
}
