import Analysis
import ArgumentParser
import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// `tare baseline`, on runs that nobody measured.
@Suite struct BaselineCommandTests {
    private typealias Fixture = CompareFixture
    private let fixture: CompareFixture
    private var file: String { fixture.path("tare-baseline.yaml") }

    init() throws { fixture = try CompareFixture() }

    private func error(_ command: BaselineCommand.Update) throws -> any Error {
        try #require(#expect(throws: (any Error).self) { try BaselineUpdate(command) })
    }

    @Test func whatIsWrittenIsReadBack() throws {
        try fixture.store(Fixture.run(1))
        let command = try fixture.update("--baseline", file)
        try command.run()
        let baseline = try BaselineFile.read(file)
        #expect(baseline.suite == "synthetic" && baseline.sources.map(\.id) == [Fixture.id(1)])
        #expect(baseline.suiteDigest == Fixture.run(1).suiteDigest && baseline.learnt.isEmpty)
        #expect(baseline.cells == [CompareFixture.cell])
        #expect(baseline.figures.contains { $0.metric.id == "startup.median" && $0.standardError != nil })
        #expect(baseline.facts.facts.contains { $0.name == "definition of startup" && $0.mustAgree })
        // Again the same file, to the last byte.
        let text = try HostFiles.read(file)
        try command.run()
        #expect(try HostFiles.read(file) == text)
    }

    @Test func severalRunsMakeOne() throws {
        try fixture.store(Fixture.run(1), Fixture.run(2), Fixture.run(3))
        let update = try BaselineUpdate(
            try fixture.update("--baseline", file, Fixture.id(1), Fixture.id(2), try fixture.export(Fixture.run(3))))
        #expect(update.baseline.sources.count == 3 && update.changes == nil)
        let median = try #require(update.baseline.figures.first { $0.metric.id == "startup.median" })
        #expect(median.runs == 3 && median.n == 60)
        #expect(update.sentence(file: file).contains("was not learnt"))
    }

    @Test func whatChangedIsTold() throws {
        try fixture.store(Fixture.run(1), Fixture.run(2, factor: 1.5))
        let first = try fixture.update("--baseline", file, Fixture.id(1))
        try first.run()
        let update = try BaselineUpdate(try fixture.update("--baseline", file, Fixture.id(2)))
        let changes = try #require(update.changes)
        #expect(changes.refusal == nil && changes.added == 0 && changes.gone == 0)
        #expect(changes.changes.contains { $0.figure.hasPrefix("median, nginx on runc") && $0.change.hasPrefix("+50") })
        let text = changes.text(width: 200, color: false)
        #expect(text.contains("median, nginx on runc (warm)") && text.contains("figures moved"))
        let same = try #require(try BaselineUpdate(try fixture.update("--baseline", file, Fixture.id(1))).changes)
        #expect(same.changes.isEmpty && same.text(width: 200, color: false).hasPrefix("None of its "))
        #expect(try update.json(file: file).contains("\"changes\""))
    }

    @Test func learntNoiseIsKeptWhereItHolds() throws {
        let run = Fixture.run(1)
        try fixture.store(run)
        let kept = try BaselineUpdate(try fixture.update("--baseline", try fixture.baseline(of: run)))
        #expect(!kept.baseline.learnt.isEmpty && kept.kept == kept.baseline.learnt.count && kept.warnings.isEmpty)
        #expect(kept.sentence(file: file).contains("The noise of \(kept.kept) is known."))
        // Of another suite file of the same name, it may hold still, and that is said.
        let edited = try BaselineUpdate(
            try fixture.update("--baseline", try fixture.baseline(of: run) { $0.suiteDigest = "ff" }))
        #expect(edited.kept == kept.kept && edited.warnings.contains { $0.contains("has changed since") })
    }

    @Test func learntNoiseIsDroppedWhereItDoesNotHold() throws {
        let run = Fixture.run(1)
        try fixture.store(run)
        let elsewhere = try BaselineUpdate(
            try fixture.update("--baseline", try fixture.baseline(of: run) { $0.facts.facts[0].value = "Another CPU" }))
        #expect(elsewhere.baseline.learnt.isEmpty)
        #expect(elsewhere.warnings.contains { $0.contains("was dropped") && $0.contains("CPU model") })
        #expect(elsewhere.changes?.refusal?.contains("CPU model") == true)
        let other = try BaselineUpdate(
            try fixture.update("--baseline", try fixture.baseline(of: run) { $0.suite = "another" }))
        #expect(other.baseline.learnt.isEmpty && other.warnings.contains { $0.contains("another") })
        let defined = try BaselineUpdate(
            try fixture.update(
                "--baseline",
                try fixture.baseline(of: run) { baseline in
                    for index in baseline.figures.indices where baseline.figures[index].metric.id == "startup.median" {
                        baseline.figures[index].metric.definitionVersion += 1
                    }
                }))
        #expect(!defined.baseline.learnt.contains { $0.id.metric == "startup.median" } && defined.kept > 0)
        #expect(defined.warnings.contains { $0.contains("startup.median of") })
    }

    @Test func aRunThatWasNotMeasuredToItsEndIsRefused() throws {
        var unfinished = Fixture.run(1)
        unfinished.status = .interrupted
        try fixture.store(unfinished)
        #expect(try error(try fixture.update("--baseline", file)).commandExitCode == 5)
        let insisted = try BaselineUpdate(try fixture.update("--baseline", file, "--despite", "unfinished run"))
        #expect(insisted.warnings.contains { $0.contains("somebody insisted") })
        #expect(throws: (any Error).self) { try fixture.update("--baseline", file, "--despite", "kernel") }
    }

    @Test func aCellWithoutAFigureIsRefused() throws {
        var run = Fixture.run(1, platforms: [SyntheticRun.runc, CompareFixture.crun])
        run.observations.removeAll { $0.cell == CompareFixture.cell }
        try fixture.store(run, Fixture.failed(2))
        for number in [1, 2] {
            let error = try error(try fixture.update("--baseline", file, Fixture.id(number)))
            #expect(error.commandExitCode == 1 && "\(error)".contains(CompareFixture.cell), "\(error)")
        }
        let partial = try BaselineUpdate(try fixture.update("--baseline", file, "--partial", Fixture.id(1)))
        #expect(partial.warnings.contains { $0.hasPrefix("Nothing will be judged of some cells") })
        #expect(!partial.baseline.figures.contains { $0.cell == CompareFixture.cell })
        #expect(!HostFiles.exists(file), "nothing was written")
    }

    @Test func whatMakesNoBaselineIsRefused() throws {
        var other = Fixture.run(2)
        other.facts.facts[0].value = "Another CPU"
        try fixture.store(Fixture.run(1), other)
        #expect(try error(try fixture.update("--baseline", file, Fixture.id(1), Fixture.id(2))).commandExitCode == 5)
        #expect(try error(try fixture.update("--baseline", file, Fixture.id(1), Fixture.id(1))).commandExitCode == 64)
        let baseline = try fixture.baseline(of: Fixture.run(1))
        #expect(try error(try fixture.update("--baseline", file, baseline)).commandExitCode == 64)
        // What a file has learnt is not lost because it cannot be read.
        try fixture.write("format: tare-baseline/2\n", to: "tare-baseline.yaml")
        let newer = try error(try fixture.update("--baseline", file, Fixture.id(1)))
        #expect(newer.commandExitCode == 64 && "\(newer)".contains("made by a newer tare"))
    }

    @Test func oneThatCannotBeWrittenIsAnError() throws {
        try fixture.store(Fixture.run(1))
        let command = try fixture.update("--baseline", "/nonexistent/b.yaml")
        let error = try #require(#expect(throws: TareError.self) { try command.run() })
        #expect(error.exitCode == 1 && error.message == "/nonexistent/b.yaml cannot be written")
    }

    @Test func isShown() throws {
        let listing = BaselineListing(BaselineFileTests.small())
        #expect(listing.sentence.hasPrefix("2 figures of 1 cell of the suite 'quick'"))
        #expect(listing.sentence.contains("Runs must agree with it in: CPU model Synthetic 9000."))
        let table = listing.table(width: 300, color: false)
        #expect(
            table.contains("startup/noop/runc/warm") && table.contains("21.4 ms (n = 20)") && table.contains("2.13 %"))
        #expect(table.contains("4.36 %"), "sqrt(0.0031 - 0.0012)")
        #expect(table.contains("1 of 20"))
        #expect(try listing.json().contains("\"standardError\" : 0.0213"))
    }
}
