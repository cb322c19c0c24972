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
            // Of a run that was started in a group with limits it lies below that group, wherever that is.
            let parts = intent.subject.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            guard intent.subject.hasPrefix("/"), "/\(parts.last ?? "")" == RunEnvironment.names(runID: runID).group,
                parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
            else { throw refuse(intent.subject, foreign) }
        case .domain:
            let parts = intent.subject.split(separator: " ").map(String.init)
            guard parts.count == 2, LibvirtSettings.isAllowed(uri: parts[0]), parts[1].hasPrefix("tare-\(runID)-")
            else { throw refuse(intent.subject, foreign) }
        case .engine:
            let parts = intent.subject.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, EngineSettings.Engine(rawValue: parts[0]) != nil, parts[1].hasPrefix("/") else {
                throw refuse(intent.subject, foreign)
            }
        case .volumes:
            // On whatever file system the suite named.
            let parts = intent.subject.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            guard intent.subject.hasPrefix("/"), parts.last == "tare-\(runID)"[...],
                parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
            else { throw refuse(intent.subject, foreign) }
            var status = stat()
            guard lstat(intent.subject, &status) == 0 else { return }
            guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
                throw refuse("\(intent.subject) is no directory of root's", foreign)
            }
            if let other = HostFiles.names(in: intent.subject).first(where: { !VolumeSpec.isOwn($0) }) {
                throw refuse("\(intent.subject) holds \(other), which tare puts in no such place", foreign)
            }
        }
    }

    /// Makes a directory, directories of volumes or a cgroup of a dead run go away; other kinds are their platforms' own affair.
    ///
    /// - Throws: ``TareError`` naming what stays.
    package static func reap(_ intent: Intent, of runID: String) throws {
        try check(intent, of: runID)
        switch intent.kind {
        case .directory, .volumes: try reapDirectory(intent.subject)
        case .cgroup: try reapGroup(intent.subject)
        case .domain, .engine: break
        }
    }

    /// What bears the prefix and belongs to no living run, though no journal tells of it: its database was lost.
    package static func findUnjournalled() throws -> [(runID: String, intent: Intent)] {
        var found: [(String, Intent)] = []
        let groups = try Confinement.hostGroups()
        for path in groups.paths(named: { $0.hasPrefix("tare-") && $0.hasSuffix(".run") }) {
            let name = path.split(separator: "/").last ?? ""
            let id = String(name.dropFirst("tare-".count).dropLast(".run".count))
            if Run.isID(id), !isAlive(id) { found.append((id, Intent(.cgroup, path))) }
        }
        // Where tare itself was while it measured: one that is empty is nobody's any more, and no other can be removed.
        for path in groups.paths(named: { $0.hasPrefix("tare-") && $0.hasSuffix(".own") }) {
            for directory in groups.directories(of: path) { rmdir(directory) }
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
        let groups = try Confinement.hostGroups()
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
