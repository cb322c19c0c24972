import BenchmarkModel
import Glibc
import LinuxSystem

/// Whose files tare believes and writes, and whose its own shall be.
///
/// Run with sudo, tare works for the user who called it: what it writes into that user's home or checkout belongs to that
/// user afterwards, and what that user owns may be written to.
enum Ownership {
    /// The user who called sudo; nil where nobody did, or where this process is not root.
    static var caller: (user: UInt32, group: UInt32)? {
        guard geteuid() == 0, let user = Directories.environment("SUDO_UID").flatMap({ UInt32($0) }), user != 0,
            let group = Directories.environment("SUDO_GID").flatMap({ UInt32($0) })
        else { return nil }
        return (user, group)
    }

    private static func isTrusted(_ user: UInt32) -> Bool { user == geteuid() || user == 0 || user == caller?.user }

    private static func name(of user: UInt32) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "user \(user)"
    }

    /// The files that SQLite keeps beside a database.
    static func besides(_ database: String) -> [String] { ["-wal", "-shm", "-journal"].map { database + $0 } }

    /// Looks at a database before it is written to.
    ///
    /// - Throws: ``TareError`` where it, a file beside it, or its directory belongs to somebody else.
    static func check(database: String) throws {
        for path in [database] + besides(database) {
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            var owner = status.st_uid
            // Where a link leads is looked at too; that it is a link is the owner's affair.
            if isTrusted(owner), status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) == 0 { owner = status.st_uid }
            guard isTrusted(owner) else {
                throw TareError(
                    .store, "the database \(database) is not written to: \(path) belongs to \(name(of: owner))",
                    remedy: "Name one of your own with --db; 'tare list', 'report' and 'export' read it all the same.")
            }
        }
        try check(directory: folder(of: database), remedy: "Name another database with --db.")
    }

    /// Looks at the way to a directory before something is written into it. The directory may be anybody's (a checkout that
    /// belongs to somebody else): what is written there gets a name that nobody can know, and no link in its place is followed.
    ///
    /// - Throws: ``TareError`` where a link of somebody else's is on the way.
    static func check(directory: String, remedy: String) throws {
        var built = directory.hasPrefix("/") ? "" : "."
        for part in directory.split(separator: "/") {
            built += "/\(part)"
            var status = stat()
            guard lstat(built, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, !isTrusted(status.st_uid) else {
                continue
            }
            throw TareError(
                .failed,
                "nothing is written into \(directory): \(built) is a link that belongs to \(name(of: status.st_uid))",
                remedy: remedy)
        }
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The directories of a path that are not there, from the top.
    static func missing(_ path: String) -> [String] {
        var built = path.hasPrefix("/") ? "" : "."
        return path.split(separator: "/").compactMap { part in
            built += "/\(part)"
            return HostFiles.exists(built) ? nil : built
        }
    }

    /// The owner that a file made in a directory shall have: the caller where the directory is the caller's.
    static func owner(in directory: String) -> (user: UInt32, group: UInt32)? {
        var status = stat()
        guard let caller, stat(directory, &status) == 0, status.st_uid == caller.user else { return nil }
        return caller
    }

    /// Gives the cache to the caller, but for what is in images: there owners are part of the content.
    static func giveCache(_ directory: String) {
        give([directory] + HostFiles.names(in: directory).map { "\(directory)/\($0)" })
        for folder in ["locks", "libvirt-capabilities"] {
            give(HostFiles.names(in: "\(directory)/\(folder)").map { "\(directory)/\(folder)/\($0)" })
        }
    }

    /// Gives what was made in a directory of the caller's to the caller. In the order of making: a directory first.
    static func give(_ paths: [String]) {
        for path in paths {
            guard let owner = owner(in: folder(of: path)) else { continue }
            var status = stat()
            guard lstat(path, &status) == 0, status.st_uid != owner.user else { continue }
            lchown(path, owner.user, owner.group)
        }
    }
}
