import Analysis
import BenchmarkModel
import Glibc
import LinuxSystem
import RunStore

/// The runs of a calibration.
struct CalibrationRuns {
    var document: SuiteDocument
    /// The suite's file as it was named.
    var suite: String?
    /// The two that alternate; empty where none do.
    var sides: [String]
    var store: RunStore
    var policy: Policy?
    var count: Int
    var firstSeed: UInt64

    /// Measures the suite again and again. What is complete is kept, whatever becomes of the runs after it.
    ///
    /// - Returns: the complete runs, and what ended them before all were measured.
    func measure() async -> (runs: [ComparedRun], trouble: (any Error)?) {
        var runs: [ComparedRun] = []
        for number in 1...max(1, count) {
            do {
                runs.append(try await measure(number))
            } catch {
                return (runs, told(error, number, complete: runs.count))
            }
        }
        return (runs, nil)
    }

    private func measure(_ number: Int) async throws -> ComparedRun {
        let seed = firstSeed &+ UInt64(number - 1)
        let session = try RunSession(
            document: document, store: store, seed: seed,
            command: CommandLine.reproducing(suite: suite, seed: seed, further: SidesOption.words(sides)),
            policy: policy, sides: sides, place: "run \(number) of \(count)")
        Console.error("Run \(number) of \(count): \(session.runID), seed \(seed).")
        let status = try await session.execute()
        guard status == .complete else {
            throw TareError(
                .interrupted, "run \(number) of \(count) was interrupted",
                remedy: "What was measured is kept: 'tare report \(session.runID)'.")
        }
        let run = try session.load()
        try Verdicts.check(run)
        return ComparedRun(RunAnalysis(run: run))
    }

    /// What ended the calibration, with what it still rests on.
    private func told(_ error: any Error, _ number: Int, complete: Int) -> any Error {
        guard complete > 1, var error = error as? TareError else { return error }
        error.message = "the calibration rests on \(complete) of \(count) runs: \(error.message)"
        return error
    }

    /// Runs of the store.
    ///
    /// - Throws: ``TareError`` where one is not there or not complete, or there are fewer than two.
    static func stored(_ names: [String], in store: RunStore) throws -> [ComparedRun] {
        guard names.count > 1 else {
            throw TareError(
                .usage, "--from: noise is learnt from at least 2 runs", remedy: "'tare list' shows all runs.")
        }
        return try names.map { name in
            let run = try store.run(name)
            guard run.status == .complete else {
                throw TareError(
                    .usage, "--from: run \(run.id) is not complete (\(run.status.rawValue))",
                    remedy: "Take complete runs; 'tare list' shows them.")
            }
            return ComparedRun(RunAnalysis(run: run))
        }
    }

    /// Looks, before an hour is spent, whether the baseline can be written, and that nothing is lost by it but an older baseline
    /// of the suite.
    ///
    /// - Parameter suite: the name of the suite that is calibrated.
    /// - Throws: ``TareError``.
    static func check(file: String, suite: String) throws {
        let folder = Ownership.folder(of: file)
        guard HostFiles.exists(folder), access(folder, W_OK) == 0 else {
            throw TareError(
                .failed, "\(file) cannot be written: \(folder) is not there or not writable",
                remedy: "Name another file with --baseline; nothing was measured yet.")
        }
        try Ownership.check(directory: folder, remedy: "Name another file with --baseline; nothing was measured yet.")
        var status = stat()
        // What is no file of its own (a device, a pipe) holds nothing that could be lost.
        guard stat(file, &status) == 0, [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { return }
        let remedy = "Name another file with --baseline; nothing was written yet."
        let old: Baseline
        do {
            old = try BaselineFile.read(file)
        } catch {
            throw TareError(
                .usage, "\(file) would be replaced, and is no baseline that can be read", remedy: remedy,
                cause: "\(error)")
        }
        guard old.suite == suite else {
            throw TareError(
                .usage, "\(file) would be replaced, and is a baseline of the suite '\(old.suite)', not of '\(suite)'",
                remedy: remedy)
        }
    }
}
