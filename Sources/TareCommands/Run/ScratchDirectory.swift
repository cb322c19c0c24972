import Analysis
import BenchmarkModel
import Glibc
import Harness
import LinuxSystem

/// A directory of this process's own in the place of run directories, for what is measured and not kept. It goes with its
/// owner; what a killed process leaves, `tare clean` removes.
final class ScratchDirectory {
    /// What it is for; part of its name.
    enum Purpose: String, CaseIterable {
        case trial
        case doctor
    }

    let path: String
    /// Held as long as it is used.
    private let lock: RunLock

    /// Makes it, closed to all other users, under a name that nobody can know before: nothing is found there that somebody
    /// else has put there.
    ///
    /// - Parameter base: where it is made.
    /// - Throws: ``TareError``, also where another user could put something in its place.
    init(_ purpose: Purpose, in base: String = RunEnvironment.base) throws {
        if base == RunEnvironment.base { try RunEnvironment.checkBase() }
        do {
            (path, lock) = try ScratchDirectory.make("\(base)/tare-\(purpose.rawValue)-XXXXXX")
        } catch {
            throw TareError(
                .hostLacks, "no directory for a trial can be made in \(base)",
                remedy: "Free some space there, or name another place with TARE_RUN_DIRECTORY.", cause: "\(error)")
        }
    }

    deinit { try? HostFiles.removeTree(path) }

    private static func make(_ pattern: String) throws -> (String, RunLock) {
        for _ in 0..<10 {
            var name = Array(pattern.utf8CString)
            guard let made = mkdtemp(&name) else { throw SystemError("making a directory like \(pattern)") }
            let path = String(cString: made)
            // A sweep that comes between the making and the lock takes it for a dead one.
            if let lock = try? RunLock(path), HostFiles.exists(path) { return (path, lock) }
            rmdir(path)
        }
        throw SystemError("locking a directory like \(pattern)", number: EWOULDBLOCK)
    }

    /// Removes those that processes left which are dead.
    ///
    /// - Returns: the paths of those that are gone, and what keeps the others.
    static func sweep(_ places: [String] = ScratchDirectory.places) -> (removed: [String], stays: [String]) {
        var removed: [String] = []
        var stays: [String] = []
        for place in places {
            for name in HostFiles.names(in: place) where isOurs(name) {
                let path = "\(place)/\(name)"
                var status = stat()
                guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
                    let lock = try? RunLock(path)
                else { continue }
                do {
                    try withExtendedLifetime(lock) { try HostFiles.removeTree(path) }
                    removed.append(path)
                } catch {
                    stays.append("directory \(path): \(error)")
                }
            }
        }
        return (removed, stays)
    }

    private static func isOurs(_ name: String) -> Bool {
        Purpose.allCases.contains { name.hasPrefix("tare-\($0.rawValue)-") }
    }

    /// Where this process would make one, and the default.
    private static var places: [String] { [RunEnvironment.base, "/var/tmp"].uniqued() }
}
