import BenchmarkModel
import Foundation
import Testing

@testable import Exports

/// The forms of a gate that gives no verdict.
@Suite struct RefusedGateTests {
    private static let plain = RefusedGate(
        TareError(.notComparable, "the runs differ in 'CPU model'", remedy: "Insist with --despite 'CPU model'."))
    private static let odd = RefusedGate(TareError(.notComparable, GateFixture.odd))

    private func lines(_ text: String) -> [String] { text.components(separatedBy: "\n").dropLast() }

    @Test func theSentenceHoldsTheError() {
        #expect(
            RefusedGateTests.plain.sentence
                == "Not comparable: the gate gave no verdict: the runs differ in 'CPU model'. Insist with --despite 'CPU "
                + "model'.")
        #expect(RefusedGate(TareError(.notComparable, "no")).sentence.hasSuffix("verdict: no."))
    }

    @Test func theJSONIsOfTheUsualSchema() throws {
        for refused in [RefusedGateTests.plain, RefusedGateTests.odd] {
            let object = try JSONSerialization.jsonObject(with: Data(try refused.json().utf8))
            let json = try #require(object as? [String: Any])
            #expect(Set(json.keys) == ["schema", "tareVersion", "outcome", "exitCode", "sentence"])
            #expect(json["schema"] as? String == GateJSON.schema && json["outcome"] as? String == "not comparable")
            #expect(json["exitCode"] as? Int == 5 && json["sentence"] as? String == refused.sentence)
        }
    }

    @Test func theJUnitHasOneError() throws {
        for refused in [RefusedGateTests.plain, RefusedGateTests.odd] {
            let text = refused.junit()
            #expect(text.components(separatedBy: "<testcase ").count == 2)
            #expect(text.components(separatedBy: "<error type=\"not comparable\" message=\"").count == 2)
            #expect(text.contains("<testsuites name=\"tare\" tests=\"1\" failures=\"0\" errors=\"1\">"))
            #expect(!text.contains("<&") && !text.contains("\u{1B}"))
        }
    }

    @Test func theMetricsTellTheExitCode() {
        let text = RefusedGateTests.odd.gitLabMetrics()
        #expect(text.contains("\ntare_gate_exit_code 5\n") && text.contains("\ntare_gate_checks{fate=\"missing\"} 1\n"))
        #expect(text.hasSuffix("# EOF\n"))
    }

    @Test func noFormCanBeEscaped() {
        let github = RefusedGateTests.odd.gitHub()
        #expect(github.hasPrefix("::error title=tare%3A gate::Not comparable") && lines(github).count == 1)
        let azure = RefusedGateTests.odd.azure()
        #expect(lines(azure).count == 2 && azure.contains("##vso[task.complete result=Failed;]Not comparable"))
        let markdown = RefusedGateTests.odd.markdown()
        #expect(lines(markdown).count == 3 && markdown.contains("&lt;&amp;\"&gt;\\]\\]&gt;"))
        for text in [github, azure, markdown] { #expect(!text.contains("\u{1B}")) }
    }
}
