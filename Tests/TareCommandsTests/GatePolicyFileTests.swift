import Analysis
import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// Gate policies as files.
@Suite struct GatePolicyFileTests {
    static let text = """
        effect: 5%
        inconclusive: fail
        cells: ["startup/*", "footprint/*"]
        metrics:
          - {metric: startup.median, effect: 10%}
          - {metric: startup.cpu, cells: ["*/runc/*"], inconclusive: pass}
        bounds:
          - {metric: startup.p95, cell: "startup/nginx/runc/*", below: 400ms}
          - {metric: footprint.ledger, cell: "*/nginx/runc/*", below: 3MiB}
          - {metric: density.instances, cell: "density/*", above: 100}
          - {metric: startup.failures, cell: "*", below: 2.5 %}

        """

    private func parse(_ text: String) throws -> GatePolicyDocument {
        try GatePolicyFile.parse(text, file: "gate.yaml")
    }

    private func refusal(_ text: String) throws -> TareError {
        let errors = try #require(#expect(throws: SuiteErrors.self) { try parse(text) })
        #expect(errors.exitCode == 64 && errors.errors.allSatisfy { $0.remedy?.isEmpty == false })
        let first = try #require(errors.errors.first)
        #expect(first.location?.file == "gate.yaml")
        return first
    }

    @Test func isRead() throws {
        let policy = try parse(GatePolicyFileTests.text).policy
        #expect(policy.effect == 0.05 && policy.inconclusive == .fail && policy.cells == ["startup/*", "footprint/*"])
        #expect(
            policy.rules == [
                .init(metric: "startup.median", effect: 0.1),
                .init(metric: "startup.cpu", cells: ["*/runc/*"], inconclusive: .pass),
            ])
        #expect(policy.bounds.map(\.value) == [400_000_000, 3 * 1_048_576, 100, 0.025])
        #expect(policy.bounds.map(\.isUpper) == [true, true, false, true])
        #expect(policy.bounds.map(\.text) == ["400ms", "3MiB", "100", "2.5 %"])
        #expect(policy.file == "gate.yaml")
    }

    @Test func whatIsNotSaidHasItsDefault() throws {
        let policy = try parse("inconclusive: pass\n").policy
        #expect(policy.effect == Comparison.defaultEffect && policy.rules.isEmpty && policy.bounds.isEmpty)
        #expect(policy.cells.isEmpty && GatePolicyDocument.standard.policy == GatePolicy())
        #expect(GatePolicyDocument.standardSentence.contains("10%"))
    }

    @Test(
        arguments: [
            ("1ns", 1), ("2us", 2e3), ("3 ms", 3e6), ("1.5s", 1.5e9), ("2min", 12e10), ("7B", 7), ("1KiB", 1_024),
            ("2GiB", 2_147_483_648), ("5%", 0.05), ("0", 0), ("0.25", 0.25),
        ] as [(String, Double)])
    func valuesOfBounds(text: String, value: Double) throws {
        let policy = try parse("bounds: [{metric: m, cell: c, below: \(text)}]").policy
        #expect(abs((policy.bounds.first?.value ?? -1) - value) <= 1e-12 * value)
    }

    @Test(
        arguments: [
            ("", "the gate policy is empty", 1), ("# nothing\n", "the gate policy is empty", 1),
            ("{}", "the gate policy says nothing", 1), ("- effect", "gate policy: expected a mapping", 1),
            ("effects: 5%", "gate policy: unknown key 'effects'", 1),
            ("effect: 5", "effect: expected a number with a unit", 1),
            ("effect: 0%", "effect: 0% is out of range", 1), ("effect: 1001%", "effect: 1001% is out of range", 1),
            ("effect: -5%", "effect: expected a number", 1), ("effect: nan%", "effect: expected a number", 1),
            ("inconclusive: maybe", "inconclusive: 'maybe' is not known", 1),
            ("cells: []", "cells: the list is empty", 1),
            ("cells: startup/*", "cells: expected a list", 1), ("cells: [\"\"]", "cells: a pattern of nothing", 1),
            ("metrics:\n- effect: 5%", "metrics: 'metric' is missing", 2),
            ("metrics:\n- {metric: m, effects: 5%}", "metrics: unknown key 'effects'", 2),
            ("metrics:\n- {metric: m, effect: 0%}", "effect: 0% is out of range", 2),
            ("metrics:\n- {metric: [m]}", "metric: expected a text", 2),
            ("bounds:\n- {metric: m, cell: c}", "bound: expected one of 'below' and 'above'", 2),
            ("bounds:\n- {metric: m, cell: c, below: 1s, above: 1s}", "bound: expected one of 'below' and 'above'", 2),
            ("bounds:\n- {metric: m, below: 1s}", "bound: 'cell' is missing", 2),
            ("bounds:\n- {metric: m, cell: c, below: fast}", "bound: expected a number from 0 on", 2),
            ("bounds:\n- {metric: m, cell: c, below: -1s}", "bound: expected a number from 0 on", 2),
            ("bounds:\n- {metric: m, cell: c, below: 1MB}", "bound: expected a number from 0 on", 2),
            ("bounds:\n- {metric: m, cell: c, below: .nan}", "bound: expected a number from 0 on", 2),
            ("bounds:\n- {metric: m, cell: c, below: 1.2.3s}", "bound: expected a number from 0 on", 2),
            ("effect: 5%\neffect: 6%", "the key 'effect' is given twice", 2),
            ("a: *b", "anchors and aliases are not taken in gate policies", 1),
        ] as [(String, String, Int)])
    func isRefusedWithItsPlace(text: String, message: String, line: Int) throws {
        let error = try refusal(text)
        #expect(error.message.hasPrefix(message), "\(error)")
        #expect(error.location?.line == line, "\(error)")
    }

    @Test func aKeyThatIsNearlyRightIsSuggested() throws {
        #expect(try refusal("efect: 5%").remedy?.hasPrefix("Did you mean 'effect'?") == true)
    }

    @Test func allMistakesAreToldAtOnce() throws {
        let errors = try #require(
            #expect(throws: SuiteErrors.self) { try parse("effect: 0%\ninconclusive: maybe\ncells: []\n") })
        #expect(errors.errors.map { $0.location?.line } == [1, 2, 3])
    }

    private static let runs: [ComparedRun] = [CompareFixture.compared(SyntheticClimbs.run())]

    private func check(_ text: String) throws -> [TareError] {
        let document = try parse(text)
        do {
            try document.check(GatePolicyFileTests.runs)
            return []
        } catch let errors as SuiteErrors {
            return errors.errors
        }
    }

    @Test func whatEitherSideHasMayBeJudged() throws {
        #expect(try check(GatePolicyFileTests.text).isEmpty)
        #expect(try check("metrics: [{metric: \"startup.*\"}]\ncells: [\"*/nginx/*\"]").isEmpty)
    }

    /// A rule that fits nothing would let everything pass.
    @Test func whatNobodyHasIsToldWithItsPlace() throws {
        let errors = try check(
            """
            cells: ["startup/*", "start/*"]
            metrics:
              - {metric: startup.medain, cells: ["*/kata/*"]}
            bounds:
              - {metric: startup.p59, cell: "nginx", below: 1s}
            """)
        #expect(
            errors.map(\.message) == [
                "no cell of either side fits 'start/*'", "no metric of either side fits 'startup.medain'",
                "no cell of either side fits '*/kata/*'", "no metric of either side fits 'startup.p59'",
                "no cell of either side fits 'nginx'",
            ])
        #expect(errors.map { $0.location?.line } == [1, 3, 3, 5, 5])
        #expect(errors[0].location?.column == 22 && errors[1].location?.column == 14)
        #expect(errors[1].remedy?.hasPrefix("Did you mean 'startup.median'? There are: ") == true)
        #expect(errors.allSatisfy { $0.code == .usage })
    }

    @Test(arguments: [
        ("startup.median", "3MiB", "Write a time, such as 400ms."), ("startup.median", "400", "Write a time"),
        ("footprint.ledger", "10ms", "Write an amount of memory"),
        ("density.instances", "5%", "Write a number without"),
        ("startup.failures", "1s", "Write a share"), ("footprint.idle-cpu", "1MiB", "Write a share"),
        ("startup.*", "1s", "Write an amount of memory, such as 3MiB."),
    ])
    func aUnitThatIsNotTheMetricsIsRefused(metric: String, value: String, remedy: String) throws {
        let errors = try check("bounds:\n  - {metric: \(metric), cell: \"*\", below: \(value)}")
        let error = try #require(errors.first)
        // A pattern may fit figures of several units; any of them refuses it.
        #expect(error.message.hasPrefix("'\(value)' does not fit "), "\(error)")
        if !metric.contains("*") { #expect(error.remedy?.hasPrefix(remedy) == true, "\(error)") }
        #expect(error.location?.line == 2 && error.location?.file == "gate.yaml")
    }

    /// What a tool counts in a unit of its own is bounded by a plain number.
    @Test func aFigureOfAToolIsBoundedWithoutAUnit() throws {
        let run = CompareFixture.compared(SyntheticTasks.run(platforms: [SyntheticRun.runc]))
        func errors(_ value: String) throws -> [TareError] {
            let text = "bounds:\n  - {metric: task.figure.rate, cell: \"task/tool/*\", above: \(value)}"
            do {
                try parse(text).check([run])
                return []
            } catch let errors as SuiteErrors {
                return errors.errors
            }
        }
        #expect(try errors("30000").isEmpty)
        for value in ["30ms", "3KiB", "5%"] {
            let error = try #require(try errors(value).first)
            #expect(
                error.message == "'\(value)' does not fit task.figure.rate, which is counted in events/s", "\(error)")
            #expect(error.remedy == "Write a number of events/s without the unit.")
            #expect(error.location?.line == 2)
        }
    }

    @Test func theSchemaIsTheOneThatIsCommitted() throws {
        // When it is not: `tare gate --schema > Benchmarks/suites/gate-policy.schema.json`.
        let committed = try HostFiles.read(Repository.path + "/Benchmarks/suites/gate-policy.schema.json")
        #expect(committed == GatePolicyFile.schema())
    }

    @Test(
        arguments: [
            ("10%", 0.1), ("2.5%", 0.025), ("1000%", 10), ("0%", nil), ("1001%", nil), ("10", nil), ("-5%", nil),
            ("%", nil),
            ("nan%", nil), ("1e1%", nil), ("٣%", nil),
        ] as [(String, Double?)])
    func effectsOfTheCommandLine(text: String, share: Double?) {
        #expect(EffectShare(argument: text)?.share == share)
    }
}
