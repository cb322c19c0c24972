import Analysis
import ArgumentParser
import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import Reports
import TestSupport
import Testing

@testable import TareCommands

/// `tare calibrate`, on runs that nobody measured.
@Suite struct CalibrateCommandTests {
    private typealias Fixture = CompareFixture
    private let fixture: CompareFixture

    init() throws { fixture = try CompareFixture() }

    private func command(_ options: String...) throws -> CalibrateCommand {
        try CalibrateCommand.parse(options + ["--db", fixture.database, "--baseline", fixture.path("b.yaml")])
    }

    @Test(
        arguments: [
            ["--runs", "1"], ["--runs", "1001"], ["--power", "40%"], ["--power", "100%"], ["--effect", "0%"],
            ["--effect", "ten"], ["suite.yaml", "--from", "a", "b"], ["--from", "a", "b", "--runs", "8"],
            ["--from", "a", "b", "--ab", "x,y"], ["--from", "a", "b", "--seed", "1"],
        ])
    func optionsThatDoNotGoTogether(_ options: [String]) {
        #expect(throws: (any Error).self) { try CalibrateCommand.parse(options) }
    }

    @Test func readsItsOptions() throws {
        let plain = try CalibrateCommand.parse(["suite.yaml"])
        #expect(plain.suite == "suite.yaml" && plain.effect.share == 0.1 && plain.power.share == 0.9)
        #expect(plain.baseline == "tare-baseline.yaml" && plain.from.isEmpty && plain.runs == nil)
        let other = try CalibrateCommand.parse(["--from", "a", "b", "c", "--effect", "5%", "--power", "99.9%"])
        #expect(other.from == ["a", "b", "c"] && other.effect.share == 0.05)
    }

    @Test func storedRunsGiveABaselineWithoutMeasuring() async throws {
        let runs = (1...3).map { Fixture.run($0, factor: 1 + Double($0) / 1_000) }
        try fixture.store(runs[0], runs[1], runs[2])
        let calibrate = try command("--from", Fixture.id(1), Fixture.id(2), Fixture.id(3))
        try await calibrate.run()
        let baseline = try BaselineFile.read(fixture.path("b.yaml"))
        #expect(baseline.sources.map(\.id) == [1, 2, 3].map(Fixture.id) && baseline.suite == "synthetic")
        let median = Figure.ID(cell: Fixture.cell, metric: "startup.median")
        let noise = try #require(baseline.learnt.first { $0.id == median })
        #expect(noise.runs == 3 && noise.blocks == 20 && (noise.pairedVariancePerBlock ?? 0) > 0)
        #expect(baseline.figures.first { $0.id == median }?.runs == 3)
        // A share has no noise of its own.
        #expect(!baseline.learnt.contains { $0.id.metric == "startup.failures" })
        #expect(!Calibration(baseline).plans().isEmpty)
    }

    private func refused(_ options: String...) async throws -> TareError {
        let calibrate = try CalibrateCommand.parse(
            options + ["--db", fixture.database, "--baseline", fixture.path("b.yaml")])
        let error = await #expect(throws: TareError.self) { try await calibrate.run() }
        #expect(!HostFiles.exists(fixture.path("b.yaml")))
        return try #require(error)
    }

    @Test func storedRunsThatCannotBeTakenAreRefused() async throws {
        var interrupted = Fixture.run(2)
        interrupted.status = .interrupted
        var other = Fixture.run(3)
        other.suite.name = "other"
        try fixture.store(Fixture.run(1), interrupted, other)
        #expect(try await refused("--from", Fixture.id(1)).message == "--from: noise is learnt from at least 2 runs")
        let half = try await refused("--from", Fixture.id(1), Fixture.id(2))
        #expect(half.code == .usage && half.message == "--from: run \(Fixture.id(2)) is not complete (interrupted)")
        #expect(try await refused("--from", Fixture.id(1), Fixture.id(3)).code == .notComparable)
        #expect(try await refused("--from", Fixture.id(1), Fixture.id(1)).message.contains("is given twice"))
        #expect(try await refused("--from", Fixture.id(1), "nothing").code == .usage)
    }

    @Test func whereTheBaselineCannotStandIsSaidBeforehand() throws {
        try CalibrationRuns.check(file: fixture.path("b.yaml"), suite: "synthetic")
        let error = try #require(
            #expect(throws: TareError.self) { try CalibrationRuns.check(file: fixture.path("no/b.yaml"), suite: "x") })
        #expect(error.message.contains("cannot be written") && error.remedy?.contains("--baseline") == true)
    }

    /// Hours of runs must not end with the loss of the suite's own file.
    @Test func onlyABaselineOfTheSuiteIsReplaced() throws {
        func refused(_ file: String, suite: String = "synthetic") throws -> TareError {
            let error = #expect(throws: TareError.self) { try CalibrationRuns.check(file: file, suite: suite) }
            return try #require(error)
        }
        let baseline = try fixture.baseline(of: Fixture.run(1))
        try CalibrationRuns.check(file: baseline, suite: "synthetic")
        mkfifo(fixture.path("pipe"), 0o600)
        try CalibrationRuns.check(file: fixture.path("pipe"), suite: "synthetic")
        let other = try refused(baseline, suite: "another")
        #expect(other.code == .usage && other.message.contains("of the suite 'synthetic', not of 'another'"))
        for text in [SuiteText.good, "hello", ""] {
            let file = try fixture.write(text, to: "suite.yaml")
            let error = try refused(file)
            #expect(error.code == .usage && error.message.contains("is no baseline"), "\(error)")
            #expect(error.remedy?.contains("--baseline") == true)
            #expect(try HostFiles.read(file) == text)
        }
        #expect(try refused(fixture.scratch.path).code == .usage)
    }

    @Test func storedRunsDoNotReplaceAnotherSuitesBaseline() async throws {
        try fixture.store(Fixture.run(1), Fixture.run(2))
        let file = try fixture.baseline(of: Fixture.run(3)) { $0.suite = "another" }
        let before = try HostFiles.read(file)
        let calibrate = try CalibrateCommand.parse(
            ["--from", Fixture.id(1), Fixture.id(2), "--db", fixture.database, "--baseline", file])
        let error = await #expect(throws: TareError.self) { try await calibrate.run() }
        #expect(error?.code == .usage && error?.message.contains("'another'") == true)
        #expect(try HostFiles.read(file) == before)
    }
}
