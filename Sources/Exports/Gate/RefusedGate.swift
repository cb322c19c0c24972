package import BenchmarkModel

// What a gate says where it gives no verdict, because the two sides are not comparable: the same forms as of a verdict, so that no
// file of an earlier run passes for this one's.
//
//   JUnit       one testcase `outcome` of the suite `gate`, with an error
//   JSON        `tare-gate/1` with schema, tareVersion, outcome: "not comparable", exitCode: 5, sentence; no other key
//   OpenMetrics tare_gate_checks{fate="missing"} 1 and tare_gate_exit_code 5
//   Markdown    the heading of a gate that has nothing to judge, and the sentence
//   GitHub, Azure   one error; and for Azure `task.complete` with Failed

/// A gate that gives no verdict. Its forms stand at the head of this file.
package struct RefusedGate: Sendable {
    private static let outcome = "not comparable"
    /// The error in a sentence.
    package let sentence: String
    private let exitCode: Int32

    package init(_ error: TareError) {
        let text = error.description
        let end = text.unicodeScalars.last.map { ".!?".unicodeScalars.contains($0) } == true ? "" : "."
        sentence = "Not comparable: the gate gave no verdict: \(text)\(end)"
        exitCode = error.exitCode
    }

    package func junit() -> String {
        func attribute(_ name: String, _ value: String) -> String {
            " \(name)=\"\(XMLText.escaped(value, isAttribute: true))\""
        }
        let counts = " tests=\"1\" failures=\"0\" errors=\"1\""
        let properties = [
            ("outcome", RefusedGate.outcome), ("exitCode", "\(exitCode)"), ("sentence", sentence),
        ]
        let lines =
            ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"tare\"\(counts)>"]
            + ["  <testsuite name=\"gate\"\(counts) skipped=\"0\">", "    <properties>"]
            + properties.map { "      <property\(attribute("name", $0.0))\(attribute("value", $0.1))/>" }
            + ["    </properties>", "    <testcase classname=\"gate\" name=\"outcome\">"]
            + [
                "      <error type=\"\(RefusedGate.outcome)\"\(attribute("message", sentence))>"
                    + "\(XMLText.escaped(sentence))</error>"
            ] + ["    </testcase>", "  </testsuite>", "</testsuites>"]
        return lines.map { $0 + "\n" }.joined()
    }

    private struct Document: Encodable {
        var schema = GateJSON.schema
        var tareVersion = TareVersion.current
        var outcome = RefusedGate.outcome
        var exitCode: Int32
        var sentence: String
    }

    /// - Throws: `TareError` where the encoder refuses.
    package func json() throws -> String {
        try JSONText.encode(Document(exitCode: exitCode, sentence: sentence), of: "the refusal of the gate")
    }

    package func gitLabMetrics() -> String {
        """
        # TYPE tare_gate_checks gauge
        # HELP tare_gate_checks figures and bounds that were judged
        tare_gate_checks{fate="missing"} 1
        # TYPE tare_gate_exit_code gauge
        # HELP tare_gate_exit_code exit code of the gate
        tare_gate_exit_code \(exitCode)
        # EOF

        """
    }

    package func markdown() -> String {
        var table: [Unicode.Scalar: String] = [
            "&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": " ", "\r": " ", "\t": " ",
        ]
        for scalar in "\\`*_[]|#~".unicodeScalars { table[scalar] = "\\\(scalar)" }
        return "# ❌ tare gate: nothing to judge\n\n**\(sentence.showingControls.replacingScalars(table))**\n"
    }

    /// - Returns: a line for the standard output of a step.
    package func gitHub() -> String {
        "::error title=tare%3A gate::"
            + sentence.showingControls.replacingScalars(["%": "%25", "\r": "%0D", "\n": "%0A"]) + "\n"
    }

    /// - Returns: lines for the standard output of a task.
    package func azure() -> String {
        let text = sentence.showingControls.replacingScalars(["%": "%AZP25", "\r": "%0D", "\n": "%0A"])
        return "##vso[task.logissue type=error;code=gate]\(text)\n##vso[task.complete result=Failed;]\(text)\n"
    }
}
