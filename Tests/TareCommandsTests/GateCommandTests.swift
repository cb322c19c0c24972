import Analysis
import ArgumentParser
import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// `tare gate`, on runs that nobody measured.
@Suite struct GateCommandTests {
    private typealias Fixture = CompareFixture
    private let fixture: CompareFixture

    init() throws { fixture = try CompareFixture() }

    private func error(_ command: GateCommand) throws -> any Error {
        try #require(#expect(throws: (any Error).self) { try command.judge() })
    }

    private func code(_ result: GateResult, _ command: GateCommand) -> Int32 { command.finish(result) { _ in nil } }

    @Test func whatGotWorseFails() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2, factor: 1.5))
        let command = try fixture.gate("--baseline", try fixture.baseline(of: base))
        let result = try command.judge()
        #expect(result.outcome == .regression && result.check("startup.median")?.fate == .fails)
        #expect(code(result, command) == 3)
    }

    @Test func whatDidNotChangePasses() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2))
        let command = try fixture.gate("--baseline", try fixture.baseline(of: base))
        let result = try command.judge()
        #expect(result.outcome == .pass && result.check("startup.median")?.row.verdict == .equivalent)
        #expect(code(result, command) == 0)
    }

    @Test func whatGotBetterPasses() throws {
        let base = Fixture.run(1, factor: 1.5)
        try fixture.store(base, Fixture.run(2))
        let result = try fixture.gate("--baseline", try fixture.baseline(of: base)).judge()
        #expect(result.outcome == .pass && result.check("startup.median")?.row.verdict == .improved)
    }

    /// What cannot be told is a pass only by the policy's leave.
    @Test func whatCannotBeToldIsAsThePolicySays() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2, factor: 1.5))
        let baseline = try fixture.baseline(of: base, isLearnt: false)
        let lenient = try fixture.gate("--baseline", baseline)
        let passed = try lenient.judge()
        #expect(passed.outcome == .pass && passed.check("startup.median")?.fate == .passesUndecided)
        let policy = try fixture.write("inconclusive: fail\n", to: "gate.yaml")
        let strict = try fixture.gate("--baseline", baseline, "--policy", policy)
        let failed = try strict.judge()
        #expect(failed.outcome == .inconclusive && failed.check("startup.median")?.fate == .failsInconclusive)
        #expect(code(failed, strict) == 4)
    }

    @Test func anExportedRunIsJudgedLikeTheStoredOne() throws {
        let (base, head) = (Fixture.run(1), Fixture.run(2, factor: 1.5))
        try fixture.store(head)
        let baseline = try fixture.baseline(of: base)
        let stored = try fixture.gate("--baseline", baseline).judge()
        let exported = try fixture.gate("--baseline", baseline, "--run", try fixture.export(head)).judge()
        #expect(exported.checks.map(\.fate) == stored.checks.map(\.fate))
        #expect(exported.outcome == .regression)
    }

    @Test func theSidesOfAnABRunAreJudgedWithoutABaseline() throws {
        let platforms = [SyntheticRun.runc, CompareFixture.crun]
        var slower = Fixture.run(1, factors: ["crun": 1.5], platforms: platforms)
        slower.plan.sides = ["runc", "crun"]
        var same = Fixture.run(2, platforms: platforms)
        same.plan.sides = ["runc", "crun"]
        try fixture.store(slower, same, Fixture.run(3))
        let failed = try fixture.gate("--run", Fixture.id(1)).judge()
        #expect(failed.outcome == .regression && failed.comparison.design == .interleaved)
        #expect(try fixture.gate("--run", Fixture.id(2)).judge().outcome == .pass)
        let exported = try fixture.gate("--run", try fixture.export(slower)).judge()
        #expect(exported.outcome == .regression)
        #expect(exported.comparison.notes.contains { $0.contains("holds no samples by block") })
        let none = try error(try fixture.gate("--run", Fixture.id(3)))
        #expect(none.commandExitCode == 64 && "\(none)".contains("no baseline is given, and it is no A/B run"))
    }

    // Bad inputs: a clear word each, never a crash, never a pass without samples.

    @Test func aBaselineThatCannotBeBelievedIsRefused() throws {
        let base = Fixture.run(1)
        try fixture.store(base)
        let good = try HostFiles.read(try fixture.baseline(of: base))
        let lines = good.split(separator: "\n")
        let cases = [
            (lines.dropLast(2).joined(separator: "\n"), "was cut short"),
            (good.replacing("tare-baseline/1", with: "tare-baseline/2"), "made by a newer tare"),
            (good.replacing("estimate: ", with: "estimate: nan #"), ""), ("", "is empty"), ("hello", "is no baseline"),
        ]
        for (text, words) in cases {
            let error = try error(try fixture.gate("--baseline", try fixture.write(text, to: "bad.yaml")))
            #expect(error.commandExitCode == 64, "\(error)")
            #expect("\(error)".contains("bad.yaml") && (words.isEmpty || "\(error)".contains(words)), "\(error)")
        }
        #expect(try error(try fixture.gate("--baseline", fixture.path("none.yaml"))).commandExitCode == 64)
    }

    @Test func aBaselineOfAnotherSuiteIsNotComparable() throws {
        let base = Fixture.run(1)
        try fixture.store(base)
        let baseline = try fixture.baseline(of: base) { $0.suite = "another" }
        // Also where the policy speaks of what the other suite has.
        let policy = try fixture.write("metrics: [{metric: density.instances}]\n", to: "gate.yaml")
        for command in [
            try fixture.gate("--baseline", baseline), try fixture.gate("--baseline", baseline, "--policy", policy),
        ] {
            let error = try error(command)
            #expect(error.commandExitCode == 5 && "\(error)".contains("another"), "\(error)")
        }
    }

    @Test func aCellThatTheRunLacksIsNoPass() throws {
        let base = Fixture.run(1)
        try fixture.store(base)
        let baseline = try fixture.baseline(of: base) { baseline in
            var figure = baseline.figures.first { $0.metric.id == "startup.median" }
            figure?.cell = "startup/redis/runc/warm"
            baseline.cells.append("startup/redis/runc/warm")
            baseline.figures += figure.map { [$0] } ?? []
        }
        let command = try fixture.gate("--baseline", baseline)
        let result = try command.judge()
        #expect(result.outcome == .notComparable && code(result, command) == 5)
        #expect(result.checks.contains { $0.fate == .missing && $0.row.cell == "startup/redis/runc/warm" })
    }

    @Test func aCellThatTheBaselineLacksIsNew() throws {
        let base = Fixture.run(1)
        try fixture.store(base)
        let baseline = try fixture.baseline(of: base) { baseline in
            baseline.figures.removeAll { $0.metric.id == "startup.cpu" }
        }
        let result = try fixture.gate("--baseline", baseline).judge()
        #expect(result.outcome == .pass && result.check("startup.cpu")?.row.verdict == .oneSided)
    }

    @Test func aRunWithoutSamplesIsNoPass() throws {
        var empty = Fixture.run(2)
        empty.observations = []
        try fixture.store(empty)
        let command = try fixture.gate("--baseline", try fixture.baseline(of: Fixture.run(1)))
        let result = try command.judge()
        #expect(result.outcome == .notComparable && code(result, command) == 5)
        #expect(result.check("startup.median")?.fate == .missing)
    }

    @Test func aRunInWhichAllFailedIsARegression() throws {
        try fixture.store(Fixture.failed(2))
        let command = try fixture.gate("--baseline", try fixture.baseline(of: Fixture.run(1)))
        let result = try command.judge()
        #expect(result.outcome == .regression && code(result, command) == 3)
        #expect(result.check("startup.failures")?.row.verdict == .regressed)
        #expect(result.check("startup.median")?.fate == .missing)
    }

    /// One sample, of one or of twenty that were planned, decides nothing.
    @Test func oneSampleDecidesNothing() throws {
        var lost = Fixture.run(2, factor: 3)
        lost.observations = Array(lost.observations.filter(\.counted).prefix(1))
        try fixture.store(lost, Fixture.run(3, factor: 3, samples: 1))
        let baseline = try fixture.baseline(of: Fixture.run(1))
        let policy = try fixture.write("inconclusive: fail\n", to: "gate.yaml")
        for number in [2, 3] {
            let command = try fixture.gate("--baseline", baseline, "--policy", policy, "--run", Fixture.id(number))
            let result = try command.judge()
            let median = try #require(result.check("startup.median"))
            #expect(median.row.verdict == .inconclusive && !median.row.reasons.isEmpty)
            #expect(result.outcome == .inconclusive && code(result, command) == 4)
        }
    }

    @Test func anExportWithNumbersThatAreNoneIsRefused() throws {
        let baseline = try fixture.baseline(of: Fixture.run(1))
        let file = try fixture.export(Fixture.run(2)) {
            $0.replacing("\"estimate\" : ", with: "\"estimate\" : NaN, \"was\" : ", maxReplacements: 1)
        }
        let error = try error(try fixture.gate("--baseline", baseline, "--run", file))
        #expect(error.commandExitCode == 64 && "\(error)".contains("holds a number that is none"), "\(error)")
    }

    /// The CPU cost of all starts is the same to the nanosecond: no error of 0, no division by it.
    @Test func constantSamplesAreJudged() throws {
        let base = Fixture.run(1)
        try fixture.store(Fixture.run(2), Fixture.run(3, factor: 1.5))
        let baseline = try fixture.baseline(of: base)
        let same = try #require(
            try fixture.gate("--baseline", baseline, "--run", Fixture.id(2)).judge().check("startup.cpu"))
        let worse = try #require(
            try fixture.gate("--baseline", baseline, "--run", Fixture.id(3)).judge().check("startup.cpu"))
        #expect(same.row.verdict == .equivalent && (same.row.effect?.lower ?? .nan).isFinite)
        #expect(worse.row.verdict == .regressed)
    }

    @Test func boundsAreOfTheHead() throws {
        let base = Fixture.run(1)
        try fixture.store(Fixture.run(2))
        let policy = try fixture.write(
            """
            bounds:
              - {metric: startup.median, cell: "startup/nginx/runc/*", below: 40ms}
              - {metric: startup.median, cell: "startup/nginx/runc/*", below: 400ms}
              - {metric: startup.p95, cell: "*", below: 400ms}

            """, to: "gate.yaml")
        let result = try fixture.gate("--baseline", try fixture.baseline(of: base), "--policy", policy).judge()
        #expect(result.bounds.map(\.fate) == [.fails, .passes, .passesUndecided], "20 starts carry no p95")
        #expect(result.outcome == .regression)
    }

    @Test func whatAPolicyGetsWrongIsToldWithItsPlace() throws {
        let base = Fixture.run(1)
        try fixture.store(base)
        let baseline = try fixture.baseline(of: base)
        for (text, message) in [
            ("metrics:\n  - {metric: startup.medain}\n", "2:14: no metric of either side fits 'startup.medain'"),
            ("cells: [\"*/kata/*\"]\n", "1:9: no cell of either side fits '*/kata/*'"),
            (
                "bounds:\n  - {metric: startup.median, cell: \"*\", below: 3MiB}\n",
                "'3MiB' does not fit startup.median, which is counted in nanoseconds"
            ), ("effect: 0%\n", "1:9: effect: 0% is out of range"),
        ] {
            let policy = try fixture.write(text, to: "gate.yaml")
            let error = try error(try fixture.gate("--baseline", baseline, "--policy", policy))
            #expect(error.commandExitCode == 64 && "\(error)".contains(message), "\(error)")
            #expect("\(error)".hasPrefix("\(policy):"), "\(error)")
        }
    }

    /// What is read must not be replaced by what is written, by whatever name.
    @Test func whatIsReadIsNotWritten() throws {
        let baseline = try fixture.baseline(of: Fixture.run(1))
        let policy = try fixture.write("inconclusive: fail\n", to: "gate.yaml")
        let export = try fixture.export(Fixture.run(2))
        symlink(baseline, fixture.path("link"))
        mkdir(fixture.path("sub"), 0o755)
        let ways = ["baseline.yaml", "sub/../baseline.yaml", "./baseline.yaml", "link"].map(fixture.path)
        let cases =
            ways.map { ["--json", $0] } + [
                ["--markdown", policy], ["--junit", fixture.path("sub/../gate.yaml")], ["--gitlab-metrics", export],
                ["--junit", fixture.path("a"), "--json", fixture.path("sub/../a")],
            ]
        for options in cases {
            let all = ["--baseline", baseline, "--policy", policy, "--run", export] + options
            let error = #expect(throws: (any Error).self, "\(options)") { try GateCommand.parse(all) }
            let text = error.map { GateCommand.message(for: $0) } ?? ""
            #expect(text.contains("give it its own") || text.contains("give each its own"), "\(text)")
        }
        _ = try GateCommand.parse(["--baseline", baseline, "--json", fixture.path("sub/baseline.yaml")])
    }

    @Test func insistingIsSaid() throws {
        var unfinished = Fixture.run(2)
        unfinished.status = .interrupted
        unfinished.facts.facts[0].value = "Another CPU"
        try fixture.store(unfinished)
        let baseline = try fixture.baseline(of: Fixture.run(1))
        #expect(try error(try fixture.gate("--baseline", baseline)).commandExitCode == 5)
        let command = try fixture.gate(
            "--baseline", baseline, "--despite", "unfinished run", "--despite", "CPU model")
        let result = try command.judge()
        #expect(result.comparison.insisted.map(\.name) == ["CPU model"])
        #expect(result.comparison.notes.contains { $0.contains("somebody insisted") })
    }

    @Test(arguments: [
        ["--junit", "x", "--json", "x"], ["--markdown", "x", "--gitlab-metrics", "x"],
        ["--format", "json", "--annotations", "github"], ["--format", "markdown", "--annotations", "azure"],
        ["--annotations", "jenkins"], ["--format", "pdf"], ["file.yaml"],
    ])
    func whatMakesNoSenseIsRefused(_ options: [String]) {
        #expect(throws: (any Error).self) { try GateCommand.parse(options) }
    }
}
