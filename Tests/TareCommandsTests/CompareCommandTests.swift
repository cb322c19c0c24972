import Analysis
import ArgumentParser
import BenchmarkModel
import Exports
import Glibc
import TestSupport
import Testing

@testable import TareCommands

/// `tare compare`, on runs that nobody measured.
@Suite struct CompareCommandTests {
    private typealias Fixture = CompareFixture
    private let fixture: CompareFixture

    init() throws { fixture = try CompareFixture() }

    private func median(_ comparison: Comparison) throws -> ComparedFigure {
        try #require(comparison.rows.first { $0.metric.id == "startup.median" })
    }

    @Test func twoRunsOfTheStoreAreComparedByName() throws {
        try fixture.store(Fixture.run(1), Fixture.run(2, factor: 1.5))
        let comparison = try fixture.compare(Fixture.id(1), "latest").comparison()
        #expect(comparison.base.name == Fixture.id(1) && comparison.head.name == Fixture.id(2))
        let row = try median(comparison)
        #expect(abs((row.effectShare ?? 0) - 0.5) < 0.01)
        // How much runs differ was not learnt, so nothing is proved.
        #expect(row.verdict == .inconclusive && !row.reasons.isEmpty)
        #expect(comparison.rows.allSatisfy { $0.base?.isHeadline == true })
    }

    @Test func whatABaselineHasLearntIsUsed() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2, factor: 1.5))
        let baseline = try fixture.baseline(of: base)
        let against = try fixture.compare(baseline, "latest").comparison()
        #expect(try median(against).verdict == .regressed && against.base.name == baseline)
        let learnt = try fixture.compare(Fixture.id(1), "latest", "--learnt", baseline).comparison()
        #expect(try median(learnt).verdict == .regressed)
        // The other way round it is as much of an improvement.
        let back = try fixture.compare("latest", Fixture.id(1), "--learnt", baseline).comparison()
        #expect(try median(back).verdict == .improved)
    }

    @Test func whatWasLearntElsewhereIsRefused() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2))
        let baseline = try fixture.baseline(of: base) { $0.facts.facts[0].value = "Another CPU" }
        let error = try #require(
            #expect(throws: TareError.self) {
                try fixture.compare(Fixture.id(1), "latest", "--learnt", baseline).comparison()
            })
        #expect(error.code == .notComparable && error.remedy?.contains("CPU model") == true)
        _ = try fixture.compare(Fixture.id(1), "latest", "--learnt", baseline, "--despite", "CPU model").comparison()
        let empty = try fixture.baseline(of: base, isLearnt: false)
        let none = try #require(
            #expect(throws: TareError.self) {
                try fixture.compare(Fixture.id(1), "latest", "--learnt", empty).comparison()
            })
        #expect(none.exitCode == 64 && none.message.hasSuffix("holds no learnt noise"))
    }

    /// An exported run says the same as the run of the store.
    @Test func exportedRunsAreSides() throws {
        let (base, head) = (Fixture.run(1), Fixture.run(2, factor: 1.5))
        try fixture.store(base, head)
        let baseline = try fixture.baseline(of: base)
        let files = [try fixture.export(base), try fixture.export(head)]
        let stored = try fixture.compare(Fixture.id(1), Fixture.id(2), "--learnt", baseline, "--all").comparison()
        let exported = try fixture.compare(files[0], files[1], "--learnt", baseline, "--all").comparison()
        #expect(exported.base.name == files[0])
        #expect(exported.rows.map(\.verdict) == stored.rows.map(\.verdict))
        #expect(exported.rows.map(\.metric.id) == stored.rows.map(\.metric.id))
        let mixed = try fixture.compare(Fixture.id(1), files[1], "--learnt", baseline, "--all").comparison()
        #expect(mixed.rows.map(\.verdict) == stored.rows.map(\.verdict))
        // No store is needed where none is named.
        let other = try CompareFixture()
        #expect(try other.compare(files[0], files[1]).comparison().rows.isEmpty == false)
    }

    @Test func aRunOnBothSidesIsSaid() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2))
        let (one, two) = (Fixture.id(1), Fixture.id(2))
        func notes(_ base: String, _ head: String) throws -> [String] {
            try fixture.compare(base, head).comparison().notes.filter { $0.contains("with itself") }
        }
        let word = "The run \(one) is on both sides: it is compared with itself."
        #expect(try notes(one, one) == [word] && notes(one, two) == [])
        #expect(try notes("\(one),\(two)", one) == [word])
        #expect(try notes(one, fixture.export(base)) == [word])
        let compared = [base, Fixture.run(2)].map(Fixture.compared)
        let baseline = try fixture.write(BaselineFile.text(try Baseline(of: compared, learnt: [])), to: "both.yaml")
        #expect(try notes(baseline, one) == [word])
        let gate = try fixture.gate("--baseline", try fixture.baseline(of: base), "--run", one).judge()
        #expect(gate.comparison.notes.contains(word))
        let other = try fixture.gate("--baseline", try fixture.baseline(of: base), "--run", two).judge()
        #expect(!other.comparison.notes.contains { $0.contains("with itself") })
    }

    @Test func severalRunsMakeASide() throws {
        try fixture.store(Fixture.run(1), Fixture.run(2), Fixture.run(3, factor: 1.5))
        let comparison = try fixture.compare("\(Fixture.id(1)),\(Fixture.id(2))", Fixture.id(3)).comparison()
        #expect(comparison.base.runs.count == 2 && comparison.base.name == "\(Fixture.id(1)), \(Fixture.id(2))")
        #expect(try median(comparison).base?.n == 40)
        for (word, message) in [
            ("\(Fixture.id(1)),\(Fixture.id(1))", "is given twice"), ("\(Fixture.id(1)),", "holds an empty name"),
            (",", "holds an empty name"), ("\(Fixture.id(1)),b.yaml", "stands among runs"),
        ] {
            let error = try #require(
                #expect(throws: TareError.self) { try fixture.compare(word, Fixture.id(3)).comparison() })
            #expect(error.exitCode == 64 && error.message.contains(message), "\(error)")
        }
    }

    @Test func runsThatDifferMakeNoSideTogether() throws {
        var other = Fixture.run(2)
        other.facts.facts[0].value = "Another CPU"
        try fixture.store(Fixture.run(1), other, Fixture.run(3))
        let side = "\(Fixture.id(1)),\(Fixture.id(2))"
        let error = try #require(
            #expect(throws: TareError.self) { try fixture.compare(side, Fixture.id(3)).comparison() })
        #expect(error.exitCode == 5 && error.message.contains("CPU model"), "\(error)")
        let insisted = try fixture.compare(side, Fixture.id(3), "--despite", "cpu model").comparison()
        #expect(insisted.notes.contains { $0.contains("of one side differ in") })
        #expect(insisted.insisted.contains { $0.name == "CPU model" })
    }

    @Test func runsOfOtherHostsAreRefusedAndTheFactIsNamed() throws {
        var other = Fixture.run(2)
        other.facts.facts[0].value = "Another CPU"
        try fixture.store(Fixture.run(1), other)
        let error = try #require(
            #expect(throws: TareError.self) { try fixture.compare(Fixture.id(1), Fixture.id(2)).comparison() })
        #expect(error.code == .notComparable && error.exitCode == 5 && error.message.contains("CPU model"))
        let insisted = try fixture.compare(Fixture.id(1), Fixture.id(2), "--despite", "CPU model").comparison()
        #expect(insisted.insisted.map(\.name) == ["CPU model"])
    }

    @Test func anUnfinishedRunIsRefused() throws {
        var unfinished = Fixture.run(1)
        unfinished.status = .interrupted
        unfinished.observations.removeLast(5)
        try fixture.store(unfinished, Fixture.run(2))
        for word in [Fixture.id(1), try fixture.export(unfinished)] {
            let error = try #require(
                #expect(throws: TareError.self) { try fixture.compare(word, Fixture.id(2)).comparison() })
            #expect(error.exitCode == 5 && error.message == "the run \(Fixture.id(1)) was not measured to its end")
            #expect(error.remedy?.contains("--despite 'unfinished run'") == true)
            let insisted = try fixture.compare(word, Fixture.id(2), "--despite", "unfinished run").comparison()
            #expect(insisted.notes.contains { $0.contains("was not measured to its end; somebody insisted") })
            #expect(insisted.rows.allSatisfy { $0.verdict == .inconclusive }, "planned is not what was measured")
        }
    }

    @Test func platformsAreComparedWithinARun() throws {
        let run = Fixture.run(1, factors: ["crun": 0.5], platforms: [SyntheticRun.runc, CompareFixture.crun])
        try fixture.store(run)
        let comparison = try fixture.compare("latest", "--platform", "runc", "--platform", "crun").comparison()
        #expect(comparison.design == .interleaved)
        #expect(try median(comparison).verdict == .improved)
        #expect(comparison.notes.isEmpty)
        let file = try fixture.export(run)
        let exported = try fixture.compare(file, "--platform", "runc", "--platform", "crun").comparison()
        #expect(try median(exported).verdict == .improved)
        #expect(exported.notes.contains { $0.contains("holds no samples by block") })
        let unknown = try #require(
            #expect(throws: TareError.self) {
                try fixture.compare("latest", "--platform", "runc", "--platform", "kata").comparison()
            })
        #expect(unknown.exitCode == 64 && unknown.message.contains("kata"))
    }

    @Test func metricsAndCellsAreChosen() throws {
        try fixture.store(Fixture.run(1), Fixture.run(2))
        func rows(_ options: String...) throws -> [String] {
            let command = try CompareCommand.parse([Fixture.id(1), Fixture.id(2), "--db", fixture.database] + options)
            return try command.comparison().rows.map(\.metric.id).sorted()
        }
        let headline = try rows()
        #expect(headline == ["startup.cpu", "startup.failures", "startup.median"])
        let all = try rows("--all")
        #expect(all.count > headline.count && Set(all).isSuperset(of: headline) && all.contains("startup.p10"))
        #expect(try rows("--metric", "startup.p10") == ["startup.p10"])
        #expect(try rows("--metric", "startup.p*", "--cell", "*/runc/*").contains("startup.p95"))
        for (options, message) in [
            (["--metric", "startup.medain"], "no metric of either side fits 'startup.medain'"),
            (["--cell", "*/kata/*"], "no cell of either side fits '*/kata/*'"),
        ] {
            let command = try CompareCommand.parse([Fixture.id(1), Fixture.id(2), "--db", fixture.database] + options)
            let error = try #require(#expect(throws: TareError.self) { try command.comparison() })
            #expect(error.exitCode == 64 && error.message == message)
        }
    }

    @Test func everyFormIsPrinted() throws {
        try fixture.store(Fixture.run(1), Fixture.run(2, factor: 1.5))
        let comparison = try fixture.compare(Fixture.id(1), Fixture.id(2)).comparison()
        for format in ComparisonFormat.allCases { #expect(try format.encode(comparison).isEmpty == false) }
        #expect(try ComparisonFormat.json.encode(comparison).hasPrefix("{"))
    }

    @Test(arguments: [
        ["a"], ["a", "b", "--platform", "x", "--platform", "y"], ["a", "--platform", "x"],
        ["a", "--platform", "x", "--platform", "y", "--workload", "v", "--workload", "w"],
        ["a", "b", "--all", "--metric", "m"], ["a", "b", "--effect", "10"], ["a", "b", "--effect", "0%"],
        ["a", "b", "--format", "pdf"], ["a", "--platform", "x", "--platform", "y", "--learnt", "b.yaml"], [],
    ])
    func whatMakesNoSenseIsRefused(_ options: [String]) {
        #expect(throws: (any Error).self) { try CompareCommand.parse(options) }
    }

    @Test func aWordThatNamesNothingIsRefused() throws {
        try fixture.store(Fixture.run(1))
        let directory = fixture.scratch.path + "/d.json"
        #expect(mkdir(directory, 0o755) == 0)
        let text = try fixture.write("hello", to: "notes.txt")
        for word in ["2030", "/nonexistent/run.json", "/nonexistent/b.yaml", directory, text, ""] {
            let error = try #require(
                #expect(throws: (any Error).self) { try fixture.compare(word, "latest").comparison() })
            #expect(error.commandExitCode == 64, "\(word): \(error)")
        }
    }
}
