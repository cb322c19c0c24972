import Foundation
import Glibc
import LinuxSystem
import TestSupport

/// Everything that one test has to itself: a run directory, a database, reports, suites. The cache of images is shared by
/// all tests, unless a test asks for its own.
final class Place {
    let directory: TemporaryDirectory
    private let runDirectory: TemporaryDirectory
    /// `$XDG_CACHE_HOME`.
    let cacheHome: String
    private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Words before `tare` in every start, such as a program that changes what it sees.
    var wrapper: [String] = []

    var path: String { directory.path }
    /// Where runs make their directories. Short, because libvirt's sockets lie deep below it.
    var runs: String { runDirectory.path }
    var database: String { path + "/tare.db" }
    var cache: String { cacheHome + "/tare" }

    init(ownCache: Bool = false) throws {
        directory = try TemporaryDirectory()
        runDirectory = try TemporaryDirectory(prefix: "tt")
        cacheHome = ownCache ? directory.path + "/cache" : TestCache.home
        for name in ["cache", "root", "root/bin"] { try HostFiles.makeDirectory("\(directory.path)/\(name)") }
        let busybox = access("/bin/busybox", X_OK) == 0 ? "/bin/busybox" : "/usr/bin/busybox"
        try copyProgram(busybox, to: directory.path + "/root/bin/busybox")
        symlink("busybox", directory.path + "/root/bin/sh")
    }

    /// Writes a file below the place and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try HostFiles.replace("\(path)/\(name)", bytes: Array(text.utf8))
        return "\(path)/\(name)"
    }

    /// Starts `tare` with this place's directories; `--db` is added where a command takes it.
    func start(
        _ arguments: [String], environment: [String: String] = [:], prefix: [String] = [], groups: [String] = []
    ) throws -> Program {
        let withDatabase = arguments.first == "suite" || arguments.first == "doctor"
        let database = withDatabase || arguments.contains("--db") ? [] : ["--db", self.database]
        var all = [
            "PATH": Place.path, "HOME": path, "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": cacheHome,
            "XDG_STATE_HOME": path + "/state", "TARE_RUN_DIRECTORY": runs,
        ]
        all.merge(environment) { $1 }
        return try Program.start(
            wrapper + prefix + [try BuiltProgram.path("tare")] + arguments + database, environment: all,
            directory: path,
            groups: groups)
    }

    /// Runs `tare` to its end.
    func tare(
        _ arguments: String..., environment: [String: String] = [:], deadlineSeconds: Int32 = 120
    ) throws -> Program.Finished {
        try start(arguments, environment: environment).finish(deadlineSeconds: deadlineSeconds)
    }

    /// The latest run, or a named one, as `tare export` gives it.
    func export(_ run: String = "latest") throws -> ExportedRun {
        let exported = try tare("export", run)
        guard exported.exitCode == 0 else { throw SystemError("exporting: \(exported.errors)", number: EIO) }
        return try JSONDecoder().decode(ExportedRun.self, from: Data(exported.output.utf8))
    }

    /// Asks the database without tare's own code.
    @discardableResult
    func query(_ sql: String) throws -> String {
        let answer = try Script.run("query", [database, sql])
        guard answer.exitCode == 0 else { throw SystemError("asking the database: \(answer.errors)", number: EIO) }
        return HostFiles.trimmed(answer.output)
    }
}
