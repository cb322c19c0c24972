import BenchmarkModel
import Glibc
import LinuxSystem
import Reports

/// The list of the reports that lie in a directory, made from the files alone.
enum ReportIndex {
    private static let remedy = "Name a directory that holds reports, such as reports, with --index."

    /// Writes `index.html` into a directory, whole or not at all.
    ///
    /// - Returns: its path.
    /// - Throws: ``TareError`` when the directory cannot be read or written, or has an `index.html` that is not tare's.
    static func write(to directory: String) throws -> String {
        try Ownership.check(directory: directory, remedy: remedy)
        let path = directory.hasSuffix("/") ? "\(directory)index.html" : "\(directory)/index.html"
        do {
            // By the dot: the directory may be named by a link, and what is in it may not.
            let opened = try Directory(directory + "/.")
            let entries = try all(in: opened)
            guard isOurs("index.html", in: opened) else {
                throw TareError(
                    .failed, "\(path) is not overwritten: it is no list that tare made",
                    remedy: "Move it away, or name another directory with --index.")
            }
            try ReportFiles.put(RunIndex(entries).html, as: "index.html", in: directory)
        } catch let error as SystemError {
            throw TareError(
                .failed, "the reports in \(directory) cannot be listed", remedy: remedy, cause: "\(error)")
        }
        return path
    }

    /// The directories in which a report is.
    private static func all(in directory: Directory) throws -> [RunIndex.Entry] {
        guard let page = Directory.Name(RunIndex.page.utf8) else { return [] }
        return try directory.names().compactMap { name -> RunIndex.Entry? in
            guard let inner = try? directory.directory(name),
                let beginning = try? inner.beginning(of: page, bytes: PageFacts.mostBytes)
            else { return nil }
            return RunIndex.Entry(name: name.shown, bytes: name.raw, facts: PageFacts(page: beginning))
        }
    }

    /// Whether a place is free, or holds what tare itself wrote there.
    private static func isOurs(_ file: String, in directory: Directory) -> Bool {
        guard let name = Directory.Name(file.utf8), directory.status(of: name) != nil else { return true }
        let beginning = (try? directory.beginning(of: name, bytes: 4_096)) ?? []
        return String(decoding: beginning, as: UTF8.self).contains(RunIndex.mark)
    }
}
