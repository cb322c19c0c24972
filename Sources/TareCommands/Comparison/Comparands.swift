import Analysis
import BenchmarkModel
import Exports
import Foundation
import Glibc
import LinuxSystem
import RunStore

/// Turns words of a command line into the sides of a comparison: runs of the store, exported runs, baselines.
final class Comparands {
    /// How `--despite` names that a run was not measured to its end.
    static let unfinished = "unfinished run"
    /// An export holds every sample; so many bytes are those of millions.
    static let mostExportBytes = 1 << 30

    private let store: StoreOptions
    private let despite: Set<String>
    private var opened: RunStore?
    /// What was insisted on, in sentences: the output must say it.
    private(set) var notes: [String] = []

    /// - Parameter despite: names of facts on which runs may differ all the same.
    init(store: StoreOptions, despite: [String] = []) {
        self.store = store
        self.despite = Set(despite.map { $0.lowercased() })
    }

    /// A side: a run (its name, the beginning of it, or `latest`), the file of an exported run or of a baseline, or several runs
    /// and exports with commas between them.
    ///
    /// - Throws: ``TareError``, ``SuiteErrors``: where a word names nothing, a file cannot be read, a run is not complete, or several
    ///   are not comparable with each other.
    func side(_ word: String) throws -> Side {
        if let baseline = try baseline(word) { return baseline.side(named: word) }
        let found = try self.runs(word)
        return Side(name: found.map(\.name).joined(separator: ", "), runs: found.map(\.run))
    }

    /// The baseline that a word names; nil where it names something else.
    ///
    /// - Throws: ``TareError``, ``SuiteErrors``.
    func baseline(_ word: String) throws -> Baseline? {
        let isOne = Comparands.isFile(word) || !word.contains(",")
        return isOne && Comparands.isBaseline(word) ? try BaselineFile.read(word) : nil
    }

    /// The runs that a word names, each by the name that it has in what is said.
    ///
    /// - Throws: as ``side(_:)``.
    func runs(_ word: String) throws -> [(name: String, run: ComparedRun)] {
        let parts =
            Comparands.isFile(word)
            ? [word]
            : word.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
        var found: [(name: String, run: ComparedRun)] = []
        for part in parts {
            guard !part.isEmpty else {
                throw TareError(
                    .usage, "'\(word)' holds an empty name", remedy: "Write runs with a comma between two: A,B,C.")
            }
            guard !Comparands.isBaseline(part) else {
                throw TareError(
                    .usage, "the baseline \(part) stands among runs", remedy: "A baseline is a side by itself.")
            }
            let one = try run(part)
            guard !found.contains(where: { $0.run.id == one.run.id }) else {
                throw TareError(.usage, "the run \(one.run.id) is given twice", remedy: "Give each run once.")
            }
            found.append(one)
        }
        try found.forEach { try checkComplete($0.run) }
        try checkComparable(found.map(\.run))
        return found
    }

    /// Says of each run that stands on both sides, a baseline's own runs included, that it does: a comparison of a run with itself
    /// finds nothing, whatever there is.
    static func notesOnItself(base: Side, head: Side) -> [String] {
        func ids(_ side: Side) -> [String] {
            // A baseline is one run to those who compare, with the names of all its runs.
            side.runs.flatMap { $0.id.split(separator: ", ").map(String.init) }
        }
        let known = Set(ids(base))
        return ids(head).uniqued().filter(known.contains).map {
            "The run \($0) is on both sides: it is compared with itself."
        }
    }

    private func run(_ word: String) throws -> (name: String, run: ComparedRun) {
        if word.hasSuffix(".json") || (Comparands.isFile(word) && !Run.isID(word) && word != "latest") {
            return (word, try RunJSON.read(try Comparands.bytes(of: word), file: word))
        }
        let database = try opened ?? store.openExisting()
        opened = database
        let run = try database.run(word)
        return (run.id, ComparedRun(RunAnalysis(run: run)))
    }

    private static func isBaseline(_ word: String) -> Bool { word.hasSuffix(".yaml") || word.hasSuffix(".yml") }

    /// A file, or what a shell gives in its place.
    private static func isFile(_ word: String) -> Bool {
        var status = stat()
        return stat(word, &status) == 0 && [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT)
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw TareError(
                .usage, "the file \(path) is not there", remedy: "'tare export RUN --output \(path)' writes a run.")
        }
        guard !isDirectory.boolValue else {
            throw TareError(.usage, "\(path) is a directory", remedy: "Name the file of an exported run.")
        }
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: mostExportBytes + 1) ?? Data()
        else {
            throw TareError(.usage, "the file \(path) cannot be read", remedy: "Check its rights.")
        }
        guard data.count <= mostExportBytes else {
            throw TareError(
                .usage, "the file \(path) has more than the \(mostExportBytes) bytes that an exported run may have",
                remedy: "Name the file that 'tare export' wrote.")
        }
        return Array(data)
    }

    /// A run that was ended early holds fewer blocks than its plan, and which ones is no accident.
    private func checkComplete(_ run: ComparedRun) throws {
        guard !run.isComplete else { return }
        guard despite.contains(Comparands.unfinished) else {
            throw TareError(
                .notComparable, "the run \(run.id) was not measured to its end",
                remedy:
                    "Take a complete run, or insist with --despite '\(Comparands.unfinished)': the output will say that "
                    + "you did.")
        }
        notes.append("The run \(run.id) was not measured to its end; somebody insisted on taking it.")
    }

    /// Several runs are one side only where they are repetitions of one another.
    private func checkComparable(_ runs: [ComparedRun]) throws {
        for (index, run) in runs.enumerated() {
            for other in runs[(index + 1)...] {
                let found = Comparability.differences(run, other)
                let refused = found.filter { !despite.contains($0.name.lowercased()) }
                guard refused.isEmpty else {
                    throw TareError(
                        .notComparable,
                        "the runs \(run.id) and \(other.id) are no repetitions of one another; they differ in "
                            + refused.map(\.words).joined(separator: "; "),
                        remedy: "Make a side of runs that agree in this, or insist with "
                            + refused.map { "--despite '\($0.name)'" }.uniqued().joined(separator: " ") + ".")
                }
                guard !found.isEmpty else { continue }
                notes.append(
                    "The runs \(run.id) and \(other.id) of one side differ in \(found.map(\.words).joined(separator: "; ")); "
                        + "somebody insisted on taking both.")
            }
        }
    }
}
