import Analysis
import BenchmarkModel
import Glibc
import LinuxSystem
import Reports

/// The files of a report, and of an export.
enum ReportFiles {
    /// Writes `report.html`, `report.md` and the drawings of the latter into a directory, each whole or not at all.
    ///
    /// - Parameter mostBytes: so long is `report.md` at the most, in UTF-8; it is meant for a place where no file
    ///   stands beside it, and has no drawings. nil for all of it.
    /// - Throws: ``TareError`` when the directory cannot be made or written, or where so few bytes hold nothing.
    static func write(_ report: Report, to directory: String, within mostBytes: Int? = nil) throws {
        let remedy = "Name another directory with --output; the run itself is stored."
        // All texts before the first file: where one cannot be had, what was written earlier stays as it is.
        let charts = mostBytes == nil ? report.chartFiles : []
        let markdown: String
        if let mostBytes {
            markdown = try report.markdown(within: mostBytes)
        } else {
            markdown = report.markdown(charts: ChartFile.directory)
        }
        let html = try report.html()
        do {
            var made: [String] = []
            try Ownership.check(directory: directory, remedy: remedy)
            try makeDirectories(directory, made: &made)
            try write(
                charts, of: report.analysis.run.id, to: "\(directory)/\(ChartFile.directory)", remedy: remedy)
            try put(markdown, as: "report.md", in: directory)
            try put(html, as: RunIndex.page, in: directory)
        } catch let error as SystemError {
            throw TareError(
                .failed, "the report cannot be written to \(directory)", remedy: remedy, cause: "\(error)")
        }
    }

    /// Writes the drawings of a report, and removes those that an earlier report of the same run had and this one has
    /// not.
    private static func write(_ charts: [ChartFile], of run: String, to directory: String, remedy: String) throws {
        if !charts.isEmpty {
            var made: [String] = []
            try Ownership.check(directory: directory, remedy: remedy)
            try makeDirectories(directory, made: &made)
            // By the descriptor of what was looked at: whoever owns a folder above could put another one in its place meanwhile.
            let owner = Ownership.owner(in: directory)
            try Directory(directory).look { descriptor in
                for chart in charts {
                    try HostFiles.replace(
                        "/proc/self/fd/\(descriptor)/\(chart.name)", bytes: Array(chart.content.utf8), owner: owner)
                }
            }
        }
        removeCharts(in: directory, of: run, except: Set(charts.map(\.name)))
    }

    /// Removes what is called as tare calls charts and begins as those of this run do; anything else stays. A link in
    /// the place of the directory is not followed, and what is in it is looked at by the directory's descriptor.
    private static func removeCharts(in path: String, of run: String, except kept: Set<String>) {
        guard let directory = try? Directory(path), let names = try? directory.names() else { return }
        var isAnyGone = false
        for name in names {
            let text = name.shown
            guard ChartFile.isName(text), !kept.contains(text),
                let beginning = try? directory.beginning(of: name, bytes: ChartFile.beginningBytes(run: run)),
                ChartFile.isWritten(beginning, run: run)
            else { continue }
            isAnyGone = directory.look { unlinkat($0, text, 0) } == 0 || isAnyGone
        }
        if isAnyGone { rmdir(path) }
    }

    /// Tries, before anything is measured, whether a report can be written to a directory later. Nothing stays of the trial.
    ///
    /// - Throws: ``TareError`` when the directory cannot be made or written.
    static func check(_ directory: String) throws {
        let remedy = "Name another directory with --output; nothing was measured yet."
        var made: [String] = []
        defer { for path in made.reversed() { rmdir(path) } }
        do {
            for folder in [directory, "\(directory)/\(ChartFile.directory)"] {
                try Ownership.check(directory: folder, remedy: remedy)
                try makeDirectories(folder, made: &made)
                let trial = "\(folder)/.tare-\(String(UInt64.random(in: .min ... .max), radix: 16))"
                try HostFiles.create(trial, bytes: [])
                unlink(trial)
            }
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

    /// Writes a file that tare names itself, whole or not at all, into a directory that was looked at. Whatever stands
    /// in its place is replaced, a link to a device too: nobody asked for that one.
    static func put(_ text: String, as name: String, in directory: String) throws {
        try HostFiles.replace(
            "\(directory)/\(name)", bytes: Array(text.utf8), owner: Ownership.owner(in: directory))
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

extension Directory {
    /// The first bytes of a file; fewer where it has no more. A link is not followed, and a pipe is not waited for.
    ///
    /// - Throws: ``SystemError``, also where it is no file.
    func beginning(of name: Name, bytes most: Int) throws -> [UInt8] {
        try read(name) { file in
            var status = stat()
            guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw SystemError("reading \(path)/\(name.shown), which is no file", number: EINVAL)
            }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 16_384)
            while bytes.count < most {
                let count = Glibc.read(file, &chunk, min(chunk.count, most - bytes.count))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw SystemError("reading \(path)/\(name.shown)") }
                if count == 0 { break }
                bytes.append(contentsOf: chunk[..<count])
            }
            return bytes
        }
    }
}
