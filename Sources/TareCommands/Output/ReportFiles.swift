import BenchmarkModel
import Glibc
import LinuxSystem
import Reports

/// The files of a report, and of an export.
enum ReportFiles {
    /// Writes `report.html` and `report.md` into a directory, each whole or not at all.
    ///
    /// - Throws: ``TareError`` when the directory cannot be made or written.
    static func write(_ report: Report, to directory: String) throws {
        let remedy = "Name another directory with --output; the run itself is stored."
        do {
            var made: [String] = []
            try Ownership.check(directory: directory, remedy: remedy)
            try makeDirectories(directory, made: &made)
            try replace("\(directory)/report.md", with: report.markdown())
            try replace("\(directory)/report.html", with: try report.html())
        } catch let error as SystemError {
            throw TareError(
                .failed, "the report cannot be written to \(directory)", remedy: remedy, cause: "\(error)")
        }
    }

    /// Tries, before anything is measured, whether a report can be written to a directory later. Nothing stays of the trial.
    ///
    /// - Throws: ``TareError`` when the directory cannot be made or written.
    static func check(_ directory: String) throws {
        let remedy = "Name another directory with --output; nothing was measured yet."
        var made: [String] = []
        defer { for path in made.reversed() { rmdir(path) } }
        do {
            try Ownership.check(directory: directory, remedy: remedy)
            try makeDirectories(directory, made: &made)
            let trial = "\(directory)/.tare-\(String(UInt64.random(in: .min ... .max), radix: 16))"
            try HostFiles.create(trial, bytes: [])
            unlink(trial)
        } catch let error as SystemError {
            throw TareError(
                .failed, "the report cannot be written to \(directory)", remedy: remedy, cause: "\(error)")
        }
    }

    /// Makes the directory for what instances print.
    ///
    /// - Returns: its path.
    /// - Throws: ``TareError``.
    static func makeOutputDirectory(in directory: String) throws -> String {
        let path = directory + "/output"
        let remedy = "Name another directory with --output; nothing was measured yet."
        do {
            var made: [String] = []
            try Ownership.check(directory: path, remedy: remedy)
            try makeDirectories(path, made: &made)
        } catch let error as SystemError {
            throw TareError(.failed, "the directory \(path) cannot be made", remedy: remedy, cause: "\(error)")
        }
        return path
    }

    /// Writes a file beside its place and moves it there.
    ///
    /// - Parameter option: the one that names the file.
    static func replace(_ path: String, with text: String, option: String = "--output") throws {
        let folder = Ownership.folder(of: path)
        try Ownership.check(directory: folder, remedy: "Name another place with \(option).")
        // What is no file of its own (a device, a pipe) is written to as it is, as a shell would.
        var status = stat()
        if stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
            return try HostFiles.append(text, to: path)
        }
        try HostFiles.replace(path, bytes: Array(text.utf8), owner: Ownership.owner(in: folder))
    }

    /// Writes a file that an option names, whole or not at all, and says so where that cannot be.
    ///
    /// - Throws: ``TareError``, also where there is no text.
    static func write(
        _ text: @autoclosure () throws -> String, to path: String, option: String = "--output"
    ) throws(TareError) {
        do {
            try replace(path, with: try text(), option: option)
        } catch {
            throw TareError(
                .failed, "\(path) cannot be written", remedy: "Name another file with \(option).", cause: "\(error)")
        }
    }

    /// - Parameter made: gets each directory that was not there.
    private static func makeDirectories(_ path: String, made: inout [String]) throws {
        let missing = Ownership.missing(path)
        for directory in missing {
            try HostFiles.makeDirectory(directory)
            made.append(directory)
        }
        Ownership.give(missing)
    }
}
