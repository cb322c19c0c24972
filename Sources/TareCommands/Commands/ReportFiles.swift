import BenchmarkModel
import Glibc
import LinuxSystem
import Reports

/// The files of a report.
enum ReportFiles {
    /// Writes `report.html` and `report.md` into a directory, each whole or not at all.
    ///
    /// - Throws: ``TareError`` when the directory cannot be made or written.
    static func write(_ model: ReportModel, run: Run, to directory: String) throws {
        do {
            var made: [String] = []
            try makeDirectories(directory, made: &made)
            try replace("\(directory)/report.md", with: Renderer.markdown(model))
            try replace("\(directory)/report.html", with: try Renderer.html(model))
        } catch let error as SystemError {
            throw TareError(
                .failed, "the report cannot be written to \(directory)",
                remedy: "Name another directory with --output; the run itself is stored.", cause: "\(error)")
        }
    }

    /// Tries, before anything is measured, whether a report can be written to a directory later. Nothing stays of the trial.
    ///
    /// - Throws: ``TareError`` when the directory cannot be made or written.
    static func check(_ directory: String) throws {
        var made: [String] = []
        defer { for path in made.reversed() { rmdir(path) } }
        do {
            try makeDirectories(directory, made: &made)
            let trial = "\(directory)/trial-\(getpid())"
            try HostFiles.create(trial, bytes: [])
            unlink(trial)
        } catch let error as SystemError {
            throw TareError(
                .failed, "the report cannot be written to \(directory)",
                remedy: "Name another directory with --output; nothing was measured yet.", cause: "\(error)")
        }
    }

    /// Writes a file beside its place and moves it there.
    static func replace(_ path: String, with text: String) throws {
        let partial = "\(path).partial-\(getpid())"
        do {
            try HostFiles.create(partial, bytes: Array(text.utf8))
            guard rename(partial, path) == 0 else { throw SystemError("writing \(path)") }
        } catch {
            unlink(partial)
            throw error
        }
    }

    /// - Parameter made: gets each directory that was not there.
    private static func makeDirectories(_ path: String, made: inout [String]) throws {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            built += "/\(part)"
            if HostFiles.exists(built) { continue }
            try HostFiles.makeDirectory(built)
            made.append(built)
        }
    }
}
