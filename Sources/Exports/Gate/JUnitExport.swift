package import Analysis
import BenchmarkModel

// JUnit XML, as Jenkins, GitLab, Azure Pipelines and others read it. UTF-8, XML 1.0.
//
//   testsuites      name, tests, failures, errors
//     testsuite     one for each experiment: name, tests, failures, errors, skipped
//       properties  what holds for the gate as a whole: outcome, exitCode, sentence, base, head, design, and, where there are
//                   any, policy, `compared despite`, notes
//       testcase    one for each figure that was judged and each bound in each cell.
//                   classname: the cell's key (`BASE -> HEAD` where one cell of each side is compared);
//                   name: `TITLE (METRIC)`, and for a bound `TITLE (METRIC) below 400ms`: the same in every run
//         failure   it fails the gate; type is the verdict, message all of it in a line, the content a fact a line
//         error     it had to be judged and there is nothing to be judged
//         skipped   it is inconclusive and the policy lets that pass
//         system-out  the facts of what passes
//
// There is no `time`: a testcase is a judgement, and how long it took says nothing. A control character, which XML cannot hold,
// is shown as `\u{1B}`.

/// Writes what a gate says as JUnit XML. What it consists of stands at the head of this file.
package enum JUnitExport {
    package static func encode(_ result: GateResult) -> String {
        let statements = result.statements
        let suites = statements.map(\.experiment).uniqued()
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tare\"\(counts(statements))>\n"
        for suite in suites {
            let cases = statements.filter { $0.experiment == suite }
            let skipped = cases.count { $0.kind == .undecided }
            xml += "  <testsuite\(attribute("name", suite))\(counts(cases)) skipped=\"\(skipped)\">\n"
            xml += "    <properties>\n"
            for (name, value) in properties(result) {
                xml += "      <property\(attribute("name", name))\(attribute("value", value))/>\n"
            }
            xml += "    </properties>\n"
            xml += cases.map(testcase).joined()
            xml += "  </testsuite>\n"
        }
        return xml + "</testsuites>\n"
    }

    private static func counts(_ statements: [GateStatement]) -> String {
        let failures = statements.count { $0.kind == .failure }
        let errors = statements.count { $0.kind == .missing }
        return " tests=\"\(statements.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
    }

    private static func properties(_ result: GateResult) -> [(String, String)] {
        let comparison = result.comparison
        var properties = [
            ("outcome", result.outcome.rawValue), ("exitCode", "\(result.outcome.exitCode)"),
            ("sentence", result.sentence), ("base", comparison.base.name), ("head", comparison.head.name),
            ("design", comparison.design.rawValue),
        ]
        if let file = result.policy.file { properties.append(("policy", file)) }
        properties += comparison.insisted.map { ("compared despite", $0.words) }
        return properties + comparison.notes.map { ("note", $0) }
    }

    private static func testcase(_ statement: GateStatement) -> String {
        let start = "    <testcase\(attribute("classname", statement.cell))\(attribute("name", statement.name))>\n"
        let message = attribute("message", statement.sentence)
        let type = attribute("type", statement.word)
        let facts = XMLText.escaped(statement.details.joined(separator: "\n"))
        let content =
            switch statement.kind {
            case .failure: "<failure\(type)\(message)>\(facts)</failure>"
            case .missing: "<error\(type)\(message)>\(facts)</error>"
            case .undecided: "<skipped\(message)/>"
            case .improvement, .passing: "<system-out>\(facts)</system-out>"
            }
        return "\(start)      \(content)\n    </testcase>\n"
    }

    private static func attribute(_ name: String, _ value: String) -> String {
        " \(name)=\"\(XMLText.escaped(value, isAttribute: true))\""
    }
}

/// Text of XML 1.0, escaped by Unicode scalar.
enum XMLText {
    /// - Parameter isAttribute: in attributes a parser would make a space of line ends and tabulators.
    static func escaped(_ text: String, isAttribute: Bool = false) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.showingControls.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\"" where isAttribute: out.append(contentsOf: "&quot;".unicodeScalars)
            case "\r": out.append(contentsOf: "&#13;".unicodeScalars)
            case "\n" where isAttribute: out.append(contentsOf: "&#10;".unicodeScalars)
            case "\t" where isAttribute: out.append(contentsOf: "&#9;".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
