package import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization

/// A run's own directories on the file systems that its suite names for volumes. Like the run's directory each is in the journal
/// before it exists, bears the run's name, and is closed to other users: what instances write lies in it.
package final class RunVolumes: Sendable {
    private struct Place: Sendable {
        var path: String
        /// Its row in the journal.
        var row: Int64
    }

    private let places: [Place]
    /// Those that this run made: nothing else is removed.
    private let made = Mutex<[String]>([])

    /// Commits the intents; nothing is made yet.
    ///
    /// - Throws: what the journal throws.
    init(_ volumes: [VolumeSpec], runID: String, journal: any Journal) throws {
        places = try Set(volumes.map { $0.place(ofRun: "tare-\(runID)") }).sorted().map {
            Place(path: $0, row: try journal.open(Intent(.volumes, $0)))
        }
    }

    /// Makes them.
    ///
    /// - Parameter directory: the run's directory, which may be one of them by another name.
    /// - Throws: ``TareError`` where one cannot be made, or where anything stands there already.
    func make(beside directory: String) throws {
        for place in places {
            if mkdir(place.path, 0o700) == 0 {
                made.withLock { $0.append(place.path) }
                continue
            }
            let error = SystemError("making \(place.path)")
            let own = [directory] + made.withLock { $0 }
            guard error.number == EEXIST, own.contains(where: { isSame($0, place.path) }) else {
                throw TareError(
                    .hostLacks, "a run's directory for volumes cannot be made",
                    remedy: [ENOSPC, EDQUOT].contains(error.number)
                        ? "Free some space there, or name another directory with 'in:'."
                        : "Name a directory with 'in:' in which root may make others.",
                    cause: "\(error)", concerns: "volumes")
            }
        }
    }

    private func isSame(_ first: String, _ second: String) -> Bool {
        var (one, two) = (stat(), stat())
        return lstat(first, &one) == 0 && lstat(second, &two) == 0 && one.st_ino == two.st_ino
            && one.st_dev == two.st_dev
    }

    /// Closes the rows of directories that were never made.
    func forget(in journal: any Journal) {
        for place in places { try? journal.close(place.row) }
    }

    /// Removes those that it made with all that is in them, and closes the rows.
    ///
    /// - Throws: the first trouble, once all that can go is gone; the row of what stays is open for `tare clean`.
    func remove(from journal: any Journal) throws {
        var trouble: (any Error)?
        for place in places {
            do {
                if made.withLock({ $0.contains(place.path) }) { try HostFiles.removeTree(place.path) }
                try journal.close(place.row)
            } catch {
                trouble = trouble ?? error
            }
        }
        if let trouble { throw trouble }
    }

    /// Looks at the directories that the volumes of a workload name, before anything is made there.
    ///
    /// - Parameter location: where a key of a volume, `in` or `size`, stands in the suite.
    /// - Throws: ``TareError`` where one is no directory, could be changed by another user, cannot be written to, or lacks the space
    ///   that one instance may fill.
    package static func check(
        _ volumes: [VolumeSpec], location: (VolumeSpec, _ key: String) -> TareError.Location? = { _, _ in nil }
    ) throws {
        var wanted: [dev_t: UInt64] = [:]
        for volume in volumes {
            let remedy = "Name another directory of this host with 'in:'."
            func refuse(_ why: String, _ remedy: String = remedy, key: String = "in") -> TareError {
                TareError(
                    .hostLacks, "the directory of the volume \(volume.path), \(volume.directory), \(why)",
                    remedy: remedy,
                    location: location(volume, key), concerns: "volumes")
            }
            var status = stat()
            guard stat(volume.directory, &status) == 0 else {
                throw refuse(
                    "is not there: \(String(cString: strerror(errno)))", "Make it, or name another with 'in:'.")
            }
            guard status.st_mode & S_IFMT == S_IFDIR else { throw refuse("is no directory") }
            guard RunEnvironment.isSafe(status) else {
                throw refuse(
                    "belongs to another user or may be changed by others",
                    "Name one of root's that no other user may write to, or that has the sticky bit, as /var/tmp has it."
                )
            }
            guard access(volume.directory, W_OK) == 0 else {
                throw refuse("cannot be written to: \(String(cString: strerror(errno)))")
            }
            wanted[status.st_dev, default: 0] += volume.bytes
            guard let free = FileSystemUse.freeBytes(at: volume.directory) else { continue }
            guard wanted[status.st_dev, default: 0] <= free else {
                throw refuse(
                    "has \(free >> 20) MiB free, and the volumes of one instance may fill "
                        + "\(wanted[status.st_dev, default: 0] >> 20) MiB there",
                    "Free some space there, or give a smaller 'size:'.", key: "size")
            }
        }
    }
}
