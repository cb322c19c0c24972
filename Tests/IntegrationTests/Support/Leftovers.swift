import Glibc
import LinuxSystem
import Testing

/// What a run left on the host, found without tare's own code: by looking at every process, every cgroup hierarchy and
/// every mount table for the run's name, and for the namespaces that the run is known to have had.
enum Leftovers {
    /// Everything that is left, in words; empty where nothing is.
    ///
    /// - Parameters:
    ///   - run: the run's id.
    ///   - strike: how it was killed, if it was: with the namespaces that it had then. The host's first process has inherited
    ///     its zombies, and when it reaps them is its own affair; a run that ended by itself must have reaped its own.
    static func of(run: String, in place: Place, killedBy strike: Strike? = nil) throws -> [String] {
        let name = "tare-\(run)"
        let killed = strike != nil
        let intents = try place.query(
            "SELECT COUNT(*) FROM intent WHERE closed = 0 AND run_id = '\(run)'")
        return processes(name, killed: killed) + groups(name) + mounts(name) + held(strike) + sockets(name)
            + files(place).map { "the file \($0)" }
            + (intents == "0" ? [] : ["\(intents) open rows in the journal"])
    }

    /// Records an issue where anything is left of a run.
    static func expectNone(
        of run: String, in place: Place, killedBy strike: Strike? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let left = try of(run: run, in: place, killedBy: strike)
        #expect(left == [], sourceLocation: sourceLocation)
    }

    /// What tests must find nothing of where no run was started at all.
    static func ofAnyRun(in place: Place) -> [String] {
        files(place).map { "the file \($0)" } + groups("tare-", owner: place) + mounts(place.runs)
            + processes(place.runs + "/tare-")
    }

    /// Processes that name the run on their command line, are in its cgroup, or work in its directory.
    private static func processes(_ name: String, killed: Bool = false) -> [String] {
        ProcessTable.pids().filter { $0 != getpid() }.compactMap { pid in
            if killed, isInheritedZombie(pid) { return nil }
            let directory = "/proc/\(pid)"
            let command = ((try? HostFiles.read(directory + "/cmdline")) ?? "").replacing("\0", with: " ")
            let group = (try? HostFiles.read(directory + "/cgroup")) ?? ""
            let places = [link(directory + "/cwd"), link(directory + "/root"), link(directory + "/exe")]
            guard command.contains(name) || group.contains(name) || places.contains(where: { $0.contains(name) })
            else { return nil }
            return "the process \(pid) (\(ProcessEntry(pid: pid)?.state ?? "?"), \(command.prefix(120)))"
        }
    }

    private static func isInheritedZombie(_ pid: Int32) -> Bool {
        let entry = ProcessEntry(pid: pid)
        return entry?.parent == 1 && entry?.state == "Z"
    }

    /// Directories of that name at any depth below every cgroup mount of the host.
    private static func groups(_ name: String) -> [String] {
        var found: [String] = []
        func look(_ directory: String) {
            for entry in HostFiles.names(in: directory) {
                var status = stat()
                let path = "\(directory)/\(entry)"
                guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
                if entry.contains(name) { found.append("the cgroup \(path)") }
                look(path)
            }
        }
        let table = (try? HostFiles.read("/proc/self/mounts")) ?? ""
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 2, fields[2].hasPrefix("cgroup") { look(String(fields[1])) }
        }
        return found
    }

    /// Cgroups of runs whose database is this place's: others may be measuring at the same time.
    private static func groups(_ prefix: String, owner place: Place) -> [String] {
        guard HostFiles.exists(place.database), let runs = try? place.query("SELECT group_concat(id) FROM run") else {
            return []
        }
        return runs.split(separator: ",").flatMap { groups(prefix + $0) }
    }

    /// Mounts in the namespace of any process.
    private static func mounts(_ name: String) -> [String] {
        var seen: Set<String> = []
        return ProcessTable.pids().flatMap { pid -> [String] in
            guard seen.insert(link("/proc/\(pid)/ns/mnt")).inserted,
                let table = try? HostFiles.read("/proc/\(pid)/mountinfo")
            else { return [] }
            return table.split(separator: "\n").filter { $0.contains(name) }.map { "the mount \($0) (of \(pid))" }
        }
    }

    /// Namespaces that a thread is in, or that a descriptor or a mount holds. The kernel gives a number away again at once, so
    /// a process that was born after the strike has it by chance.
    private static func held(_ strike: Strike?) -> [String] {
        guard let strike, !strike.namespaces.isEmpty else { return [] }
        let wanted = Set(strike.namespaces)
        return ProcessTable.pids().flatMap { pid -> [String] in
            // Start times are in ticks of 10 ms.
            guard let entry = ProcessEntry(pid: pid), entry.startTicks * 10_000_000 <= strike.signalled,
                !isInheritedZombie(pid)
            else { return [] }
            let threads = HostFiles.names(in: "/proc/\(pid)/task")
            let links =
                threads.flatMap { thread in
                    ["mnt", "net", "pid", "ipc", "uts"].map { "/proc/\(pid)/task/\(thread)/ns/\($0)" }
                } + HostFiles.names(in: "/proc/\(pid)/fd").map { "/proc/\(pid)/fd/\($0)" }
            return links.filter { wanted.contains(link($0)) }.map { "the namespace \(link($0)), held by \($0)" }
        }
    }

    /// UNIX sockets with a path of the run.
    private static func sockets(_ name: String) -> [String] {
        let table = (try? HostFiles.read("/proc/net/unix")) ?? ""
        return table.split(separator: "\n").filter { $0.contains(name) }.map { "the socket \($0)" }
    }

    /// Run directories, and image work that was never finished.
    private static func files(_ place: Place) -> [String] {
        HostFiles.names(in: place.runs).map { "\(place.runs)/\($0)" }
            + HostFiles.names(in: place.cache + "/partial").map { "\(place.cache)/partial/\($0)" }
    }

    private static func link(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink(path, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
