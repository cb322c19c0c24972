package import BenchmarkModel
import Glibc
import LinuxSystem

/// Removes what a dead run left on the host.
///
/// A journal is only a file, which somebody else may have written: an entry is honoured only where it names exactly what the
/// run of its name makes, in a known place, and nothing that a living run uses.
package enum Reaper {
    /// Directories in which runs make theirs: where this process would make one, and the default.
    static var places: [String] {
        RunEnvironment.base == "/var/tmp" ? ["/var/tmp"] : [RunEnvironment.base, "/var/tmp"]
    }

    /// Whether a run of this name is being measured, by whatever process and with whatever database.
    package static func isAlive(_ runID: String) -> Bool {
        // Another tare that looks holds the lock for a moment, and so does a child of a killed run until it has been exec'd.
        for _ in 0..<10 {
            guard isHeld(runID) else { return false }
            usleep(20_000)
        }
        return isHeld(runID)
    }

    private static func isHeld(_ runID: String) -> Bool {
        places.contains { RunLock.isHeld("\($0)/tare-\(runID)") } || RunLock.isHeldSomewhere(name: "tare-\(runID)")
    }

    /// Checks that an intent is one that tare itself would have written for the run.
    ///
    /// - Throws: ``TareError`` where it is not.
    package static func check(_ intent: Intent, of runID: String) throws {
        func refuse(_ why: String, _ remedy: String) -> TareError {
            TareError(
                .store, "the journal names a \(intent.kind.rawValue) that is not to be touched: \(why)", remedy: remedy)
        }
        let foreign = "Look at it, and remove it by hand if it is yours."
        guard Run.isID(runID) else { throw refuse("'\(runID)' is no name of a run", foreign) }
        switch intent.kind {
        case .directory:
            guard intent.subject.hasSuffix("/tare-\(runID)") else { throw refuse(intent.subject, foreign) }
            guard places.contains(where: { intent.subject == "\($0)/tare-\(runID)" }) else {
                let place = intent.subject.dropLast("/tare-\(runID)".count)
                throw refuse(
                    "\(intent.subject) lies in none of \(places.joined(separator: ", "))",
                    "If it is tare's, run TARE_RUN_DIRECTORY=\(place) tare clean.")
            }
            var status = stat()
            guard lstat(intent.subject, &status) == 0 else { return }
            guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
                throw refuse("\(intent.subject) is no directory of root's", foreign)
            }
        case .cgroup:
            guard intent.subject == RunEnvironment.names(runID: runID).group else {
                throw refuse(intent.subject, foreign)
            }
        case .domain:
            let parts = intent.subject.split(separator: " ").map(String.init)
            guard parts.count == 2, LibvirtSettings.isAllowed(uri: parts[0]), parts[1].hasPrefix("tare-\(runID)-")
            else { throw refuse(intent.subject, foreign) }
        }
    }

    /// Makes a directory or a cgroup of a dead run go away; other kinds are their platforms' own affair.
    ///
    /// - Throws: ``TareError`` naming what stays.
    package static func reap(_ intent: Intent, of runID: String) throws {
        try check(intent, of: runID)
        switch intent.kind {
        case .directory: try reapDirectory(intent.subject)
        case .cgroup: try reapGroup(intent.subject)
        case .domain: break
        }
    }

    /// What bears the prefix and belongs to no living run, though no journal tells of it: its database was lost.
    package static func findUnjournalled() throws -> [(runID: String, intent: Intent)] {
        var found: [(String, Intent)] = []
        let groups = try CgroupTree.current()
        for name in groups.names(below: "/") where name.hasPrefix("tare-") && name.hasSuffix(".run") {
            let id = String(name.dropFirst("tare-".count).dropLast(".run".count))
            if Run.isID(id), !isAlive(id) { found.append((id, Intent(.cgroup, "/\(name)"))) }
        }
        for place in places {
            for name in HostFiles.names(in: place) where name.hasPrefix("tare-") {
                let id = String(name.dropFirst("tare-".count))
                let intent = Intent(.directory, "\(place)/\(name)")
                if Run.isID(id), !isAlive(id), (try? check(intent, of: id)) != nil { found.append((id, intent)) }
            }
        }
        return found
    }

    private static func reapGroup(_ group: String) throws {
        let groups = try CgroupTree.current()
        let left = groups.killAll(in: group)
        guard left.isEmpty else {
            throw TareError(
                .failed,
                "processes of \(group) survive SIGKILL: \(left.sorted().map(String.init).joined(separator: ", "))")
        }
        try RunEnvironment.remove(group, from: groups)
    }

    private static func reapDirectory(_ path: String) throws {
        // Mounts below it lived in the dead run's mount namespace. Should one have got out, it is taken away here.
        for point in Mounts.points(below: path).reversed() { try Mounts.unmount(point) }
        try HostFiles.removeTree(path)
    }
}
