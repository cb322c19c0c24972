internal import CLinuxShims
package import Glibc

extension Directory.Name {
    /// A name by its bytes; nil for what no entry of a directory can be called.
    package init?(_ raw: some Collection<UInt8>) {
        guard !raw.isEmpty, !raw.contains(0), !raw.contains(UInt8(ascii: "/")) else { return nil }
        guard !raw.elementsEqual(".".utf8), !raw.elementsEqual("..".utf8) else { return nil }
        bytes = raw.map { CChar(bitPattern: $0) } + [0]
    }

    /// Its bytes, without a closing NUL.
    package var raw: [UInt8] { bytes.dropLast().map { UInt8(bitPattern: $0) } }
}

/// Writing into a tree by descriptors and raw names: no link in it leads anywhere else.
extension Directory {
    /// O_PATH of open(2), which Swift's Glibc module does not have.
    private static let lookingOnly: Int32 = 0o10000000

    /// What can be said of an entry beside what is in it.
    package struct Metadata {
        package var user: UInt32
        package var group: UInt32
        package var mode: UInt32
        package var time: FileTime

        package init(user: UInt32, group: UInt32, mode: UInt32, time: FileTime) {
            self.user = user
            self.group = group
            self.mode = mode
            self.time = time
        }
    }

    /// Makes a directory, which must not be there, with this mode whatever the process's mask is.
    ///
    /// - Throws: ``SystemError``.
    package func makeDirectory(_ name: Name, mode: UInt32 = 0o755) throws {
        guard mkdirat(descriptor, name.bytes, mode) == 0, fchmodat(descriptor, name.bytes, mode, 0) == 0 else {
            throw failed("making the directory", name)
        }
    }

    /// Makes a symbolic link.
    ///
    /// - Throws: ``SystemError``.
    package func makeLink(_ name: Name, to target: [UInt8]) throws {
        let target = target.map { CChar(bitPattern: $0) } + [0]
        guard symlinkat(target, descriptor, name.bytes) == 0 else { throw failed("making the link", name) }
    }

    /// Gives a file of another directory a second name here. A symbolic link is not followed.
    ///
    /// - Throws: ``SystemError``.
    package func makeHardLink(_ name: Name, to other: Name, in directory: Directory) throws {
        guard linkat(directory.descriptor, other.bytes, descriptor, name.bytes, 0) == 0 else {
            throw failed("making the hard link", name)
        }
    }

    /// Makes a file, which must not be there, and hands out its descriptor while the body runs.
    ///
    /// - Throws: ``SystemError``, and what the body throws.
    package func makeFile(_ name: Name, _ body: (Int32) throws -> Void) throws {
        let file = tare_create_at(descriptor, name.bytes, 0o600)
        guard file >= 0 else { throw failed("creating", name) }
        defer { close(file) }
        try body(file)
    }

    /// Opens what is there to look at it, a link itself, while the body runs.
    ///
    /// - Throws: ``SystemError``, and what the body throws.
    package func look<Result>(at name: Name, _ body: (Int32) throws -> Result) throws -> Result {
        let file = tare_openat(descriptor, name.bytes, Directory.lookingOnly | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw failed("looking at", name) }
        defer { close(file) }
        return try body(file)
    }

    /// Looks at this directory itself.
    package func look<Result>(_ body: (Int32) throws -> Result) rethrows -> Result { try body(descriptor) }

    /// Opens a file to read it while the body runs. A link, and a pipe without a writer, are refused or do not block.
    ///
    /// - Throws: ``SystemError``, and what the body throws.
    package func read<Result>(_ name: Name, _ body: (Int32) throws -> Result) throws -> Result {
        let file = tare_openat(descriptor, name.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw failed("reading", name) }
        defer { close(file) }
        return try body(file)
    }

    /// Gives an entry its owner, mode, attributes and time, in this order: a new owner takes away the bits of set-user-id and the
    /// file's capabilities.
    ///
    /// - Throws: ``SystemError``.
    package func set(_ metadata: Metadata, attributes: [ExtendedAttribute], of name: Name) throws {
        guard fchownat(descriptor, name.bytes, metadata.user, metadata.group, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw failed("giving an owner to", name)
        }
        let isLink = status(of: name).map { $0.st_mode & S_IFMT == S_IFLNK } ?? false
        if !isLink {
            guard fchmodat(descriptor, name.bytes, metadata.mode & 0o7777, 0) == 0 else {
                throw failed("giving a mode to", name)
            }
        }
        if !attributes.isEmpty {
            try look(at: name) { file in
                for attribute in attributes { try attribute.set(on: file, "\(path)/\(name.shown)") }
            }
        }
        try set(time: metadata.time, of: name)
    }

    /// Sets the time of an entry's last change.
    ///
    /// - Throws: ``SystemError``.
    package func set(time: FileTime, of name: Name) throws {
        guard utimensat(descriptor, name.bytes, time.both, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw failed("setting the time of", name)
        }
    }

    /// Gives this directory itself its owner, mode and attributes.
    ///
    /// - Throws: ``SystemError``.
    package func set(_ metadata: Metadata, attributes: [ExtendedAttribute]) throws {
        guard fchown(descriptor, metadata.user, metadata.group) == 0, fchmod(descriptor, metadata.mode & 0o7777) == 0
        else { throw SystemError("giving an owner and a mode to \(path)") }
        for attribute in attributes { try attribute.set(on: descriptor, path) }
    }

    /// Sets the time of this directory's own last change.
    ///
    /// - Throws: ``SystemError``.
    package func set(time: FileTime) throws {
        guard futimens(descriptor, time.both) == 0 else { throw SystemError("setting the time of \(path)") }
    }

    /// Another descriptor of this directory.
    ///
    /// - Throws: ``SystemError``.
    package func again() throws -> Directory {
        let other = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard other >= 0 else { throw SystemError("opening the directory \(path)") }
        return Directory(descriptor: other, path: path)
    }

    /// The time of this directory's own last change.
    ///
    /// - Throws: ``SystemError``.
    package func time() throws -> FileTime { FileTime(of: try status()) }

    /// Where a link here leads, as it is written in it; nil where there is no link.
    package func target(of name: Name) -> [UInt8]? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(descriptor, name.bytes, &buffer, buffer.count)
        return count < 0 ? nil : buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    /// Removes an entry and all that is below it; one that is not there is no error.
    ///
    /// - Throws: ``SystemError``.
    package func remove(_ name: Name) throws {
        if unlinkat(descriptor, name.bytes, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw failed("removing", name) }
        if unlinkat(descriptor, name.bytes, AT_REMOVEDIR) == 0 { return }
        let inner = try directory(name)
        for name in try inner.names() { try inner.remove(name) }
        guard unlinkat(descriptor, name.bytes, AT_REMOVEDIR) == 0 else { throw failed("removing", name) }
    }

    private func failed(_ what: String, _ name: Name) -> SystemError {
        SystemError("\(what) \(path)/\(name.shown)")
    }
}

/// A time of a file, since 1970.
package struct FileTime: Sendable, Equatable {
    package var seconds: Int64
    package var nanoseconds: Int64

    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The time of the last change.
    package init(of status: stat) {
        self.init(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
    }

    /// For access and change, as utimensat(2) takes them.
    var both: [timespec] {
        let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
        return [time, time]
    }
}

/// An extended attribute of a file, see xattr(7).
package struct ExtendedAttribute: Sendable, Equatable {
    package var name: [UInt8]
    package var value: [UInt8]

    package init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// Whether it belongs to a root filesystem: what users and programs gave a file, its capabilities and access lists. Labels of
    /// security modules and notes of overlays belong to the host.
    package static func isKept(_ name: some Collection<UInt8>) -> Bool {
        name.starts(with: "user.".utf8) || name.elementsEqual("security.capability".utf8)
            || name.starts(with: "system.posix_acl_".utf8)
    }

    /// Those of an open file that are kept, sorted; none where the file system has none.
    ///
    /// - Throws: ``SystemError``.
    package static func all(of file: Int32, _ path: String) throws -> [ExtendedAttribute] {
        var names = [CChar](repeating: 0, count: 1_024)
        var length = tare_list_attributes(file, &names, names.count)
        if length < 0, errno == ERANGE {
            names = [CChar](repeating: 0, count: 65_536)
            length = tare_list_attributes(file, &names, names.count)
        }
        if length < 0, errno == ENOTSUP || errno == ENODATA { return [] }
        guard length >= 0 else { throw SystemError("reading the attributes of \(path)") }
        let raw = names[..<Int(length)].map { UInt8(bitPattern: $0) }
        return try raw.split(separator: 0).filter(isKept).map { name in
            let terminated = name.map { CChar(bitPattern: $0) } + [0]
            var value = [UInt8](repeating: 0, count: 65_536)
            let count = tare_get_attribute(file, terminated, &value, value.count)
            guard count >= 0 else { throw SystemError("reading an attribute of \(path)") }
            return ExtendedAttribute(name: Array(name), value: Array(value[..<Int(count)]))
        }.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    package func set(on file: Int32, _ path: String) throws {
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        guard tare_set_attribute(file, terminated, value, value.count) == 0 else {
            throw SystemError("setting the attribute \(String(decoding: name, as: UTF8.self)) of \(path)")
        }
    }
}
