import Analysis
import BenchmarkModel
import Exports
import Foundation
import Glibc
import LinuxSystem
import Reports
import TestSupport
import Testing

@testable import TareCommands

/// All forms of what a gate says are of the same verdicts: a pipeline must not be red in one and green in another.
@Suite struct GateFormsTests {
    private let fixture: CompareFixture

    init() throws { fixture = try CompareFixture() }

    private static let policy = """
        metrics:
          - {metric: startup.median}
          - {metric: startup.cpu}
          - {metric: startup.p10, inconclusive: fail}
        bounds:
          - {metric: startup.median, cell: "*", below: 70ms}
          - {metric: startup.cpu, cell: "*", below: 1s}

        """

    /// Results of every outcome, and of several reasons.
    private func results() throws -> [GateResult] {
        let base = CompareFixture.run(1)
        var empty = CompareFixture.run(4)
        empty.observations = []
        try fixture.store(
            CompareFixture.run(2), CompareFixture.run(3, factor: 1.5), empty, CompareFixture.failed(5))
        let policy = try fixture.write(GateFormsTests.policy, to: "gate.yaml")
        let strict = try fixture.write("inconclusive: fail\n", to: "strict.yaml")
        let learnt = try fixture.baseline(of: base)
        var results: [GateResult] = []
        for number in [2, 3, 4, 5] {
            let run = CompareFixture.id(number)
            results.append(try fixture.gate("--baseline", learnt, "--run", run).judge())
            if number < 4 {
                results.append(try fixture.gate("--baseline", learnt, "--run", run, "--policy", policy).judge())
            }
        }
        let unlearnt = try fixture.baseline(of: base, isLearnt: false)
        let run = CompareFixture.id(3)
        results.append(try fixture.gate("--baseline", unlearnt, "--run", run).judge())
        results.append(try fixture.gate("--baseline", unlearnt, "--run", run, "--policy", strict).judge())
        return results
    }

    /// How often a text holds another.
    private func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

    @Test func allFormsAgree() throws {
        let results = try results()
        #expect(Set(results.map(\.outcome)) == Set(GateResult.Outcome.allCases), "every outcome is looked at")
        let command = try fixture.gate()
        for result in results {
            let fates = result.checks.map(\.fate) + result.bounds.map(\.fate)
            let failures = fates.count { $0 == .fails || $0 == .failsInconclusive }
            let missing = fates.count { $0 == .missing }
            let undecided = fates.count { $0 == .passesUndecided }
            let isPass = result.outcome == .pass
            #expect(isPass == (failures + missing == 0), "\(result.sentence)")

            let junit = JUnitExport.encode(result)
            #expect(count("<failure", in: junit) == failures && count("<error", in: junit) == missing)
            #expect(junit.contains(" failures=\"\(failures)\" errors=\"\(missing)\""))
            #expect(count("<skipped", in: junit) == undecided)

            let github = GitHubAnnotations.encode(result)
            #expect(count("::error ", in: github) == failures + missing)
            #expect(count("::warning ", in: github) == undecided)
            let azure = AzureLogging.encode(result)
            #expect(count("##vso[task.logissue type=error", in: azure) == failures + missing)
            #expect(azure.contains("result=Failed;") == !isPass)

            let gitlab = GitLabMetrics.encode(result)
            #expect(gitlab.contains("tare_gate_checks{fate=\"fails\"} \(failures)\n"))
            #expect(gitlab.contains("tare_gate_checks{fate=\"missing\"} \(missing)\n"))
            #expect(gitlab.contains("tare_gate_exit_code \(result.outcome.exitCode)\n"))

            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(try GateJSON.encode(result).utf8)) as? [String: Any])
            let told = try #require(json["fates"] as? [String: Int])
            #expect((told["fails"] ?? 0) + (told["fails: inconclusive"] ?? 0) == failures && told["missing"] == missing)
            #expect(json["exitCode"] as? Int == Int(result.outcome.exitCode))
            #expect(json["sentence"] as? String == result.sentence)

            // For people: the sentence, and each thing that fails, in a row of its own.
            let worse = result.checks.count { $0.fate == .fails }
            let broken = result.bounds.count { $0.fate == .fails }
            let markdown = GateReport(result).markdown()
            #expect(count("**regressed**", in: markdown) == worse && count("**broken**", in: markdown) == broken)
            let terminal = GateReport(result).terminal(width: 2_000, color: false)
            #expect(terminal.contains(result.sentence) && markdown.contains(result.sentence))
            #expect(count("  regressed  ", in: terminal) == worse && count("  broken  ", in: terminal) == broken)

            #expect(command.finish(result) { _ in nil } == result.outcome.exitCode)
        }
    }

    private func passing() throws -> GateResult {
        try fixture.store(CompareFixture.run(2))
        return try fixture.gate("--baseline", try fixture.baseline(of: CompareFixture.run(1))).judge()
    }

    @Test func filesAreWhatTheWritersSay() throws {
        let result = try passing()
        let command = try fixture.gate(
            "--junit", fixture.path("a.xml"), "--markdown", fixture.path("a.md"), "--json", fixture.path("a.json"),
            "--gitlab-metrics", fixture.path("a.txt"))
        #expect(command.finish(result) { _ in nil } == 0)
        #expect(try HostFiles.read(fixture.path("a.xml")) == JUnitExport.encode(result))
        #expect(try HostFiles.read(fixture.path("a.md")) == GateReport(result).markdown())
        #expect(try HostFiles.read(fixture.path("a.json")) == GateJSON.encode(result))
        #expect(try HostFiles.read(fixture.path("a.txt")) == GitLabMetrics.encode(result))
    }

    /// What could not be written fails a gate that passes, and hides no regression.
    @Test func aFileThatCannotBeWrittenFailsTheGate() throws {
        let pass = try passing()
        #expect(pass.outcome == .pass)
        var regression = pass
        regression.outcome = .regression
        let command = try fixture.gate("--junit", "/nonexistent/a.xml", "--json", fixture.path("a.json"))
        #expect(command.finish(pass) { _ in nil } == 1)
        #expect(HostFiles.exists(fixture.path("a.json")), "the others are written")
        #expect(command.finish(regression) { _ in nil } == 3)
        #expect(command.files.compactMap { $0.write(pass) }.map(\.message) == ["/nonexistent/a.xml cannot be written"])
    }

    /// A gate without a verdict says so in all its files: what an earlier one left there must not pass for it.
    @Test func noFileOfAnEarlierGateStaysWhereNothingIsComparable() throws {
        try fixture.store(CompareFixture.run(2))
        let baseline = try fixture.baseline(of: CompareFixture.run(1)) { $0.suite = "another" }
        let names = ["a.xml", "a.md", "a.json", "a.txt"]
        let paths = try names.map { try fixture.write("an earlier verdict", to: $0) }
        let command = try fixture.gate(
            "--baseline", baseline, "--junit", paths[0], "--markdown", paths[1], "--json", paths[2],
            "--gitlab-metrics", paths[3])
        let error = try #require(#expect(throws: TareError.self) { try command.judge() })
        #expect(error.exitCode == 5)
        let summary = try fixture.write("before\n", to: "summary.md")
        command.tell(error) { $0 == "GITHUB_STEP_SUMMARY" ? summary : nil }
        let refused = RefusedGate(error)
        #expect(
            try paths.map { try HostFiles.read($0) } == [
                refused.junit(), refused.markdown(), refused.json(), refused.gitLabMetrics(),
            ])
        #expect(try HostFiles.read(summary) == "before\n\(refused.markdown())\n")
        #expect(throws: error) { try command.run() }
    }

    /// What is wrong with a file says nothing of the run.
    @Test func anErrorOfAnotherKindLeavesTheFilesAlone() throws {
        let path = try fixture.write("an earlier verdict", to: "a.xml")
        let command = try fixture.gate("--baseline", fixture.path("none.yaml"), "--junit", path)
        let error = try #require(#expect(throws: (any Error).self) { try command.run() })
        #expect(error.commandExitCode == 64)
        #expect(try HostFiles.read(path) == "an earlier verdict")
    }

    @Test func annotationsOfARefusalAreThoseOfTheRunner() {
        let refused = RefusedGate(TareError(.notComparable, "they differ"))
        func text(_ form: AnnotationForm, _ variables: [String: String] = [:]) -> String {
            form.encode(refused) { variables[$0] }
        }
        #expect(text(.auto) == "" && text(.none, ["GITHUB_ACTIONS": "true"]) == "")
        #expect(text(.auto, ["GITHUB_ACTIONS": "true"]) == refused.gitHub() && text(.github) == refused.gitHub())
        #expect(text(.auto, ["TF_BUILD": "True"]) == refused.azure() && text(.azure) == refused.azure())
    }

    @Test func theSummaryOfAStepIsAddedTo() throws {
        let result = try passing()
        let path = try fixture.write("before\n", to: "summary.md")
        let command = try fixture.gate()
        func environment(_ path: String) -> (String) -> String? { { $0 == "GITHUB_STEP_SUMMARY" ? path : nil } }
        #expect(command.finish(result, environment: environment(path)) == 0)
        #expect(try HostFiles.read(path) == "before\n" + GateReport(result).markdown() + "\n")
        // It is a courtesy, and decides nothing.
        #expect(command.finish(result, environment: environment("/nonexistent/summary.md")) == 0)
        #expect(
            StepSummary.append(result, environment: environment("/nonexistent/summary.md"))?.contains("warning") == true
        )
        #expect(StepSummary.append(result) { _ in nil } == nil)
    }

    @Test func annotationsAreThoseOfTheRunner() throws {
        var result = try passing()
        result.outcome = .regression
        func text(_ form: AnnotationForm, _ variables: [String: String] = [:]) -> String {
            form.encode(result) { variables[$0] }
        }
        #expect(text(.auto) == "" && text(.none, ["GITHUB_ACTIONS": "true"]) == "")
        #expect(text(.auto, ["GITHUB_ACTIONS": "true"]) == text(.github))
        #expect(text(.auto, ["TF_BUILD": "True"]) == text(.azure))
        #expect(text(.github).contains("::error ") && text(.azure).contains("##vso[task.complete result=Failed;]"))
    }
}
