package import Analysis
import BenchmarkModel

// Logging commands of Azure Pipelines, one a line:
//
//   ##vso[task.logissue type=error;code=METRIC]MESSAGE   what fails the gate, or is missing
//   ##vso[task.logissue type=warning;code=METRIC]MESSAGE what is inconclusive and passes
//   ##vso[task.complete result=RESULT;]SENTENCE          last: Failed; SucceededWithIssues where something is inconclusive and
//                                                        passes; else Succeeded
//
// In both `%`, CR and LF are written as %AZP25, %0D and %0A, in properties also `;` and `]` as %3B and %5D. (Agents decode
// %AZP25 unless DECODE_PERCENTS is false.) Ten issues of each kind are shown for a task: where there are more, the tenth says
// how many. There is no command for what improved.

/// Writes what a gate says as logging commands of Azure Pipelines. How they are written stands at the head of this file.
package enum AzureLogging {
    /// - Returns: lines for the standard output of a task.
    package static func encode(_ result: GateResult) -> String {
        let statements = result.statements
        let fatal = statements.filter(\.isFatal)
        let undecided = statements.filter { $0.kind == .undecided }
        let state =
            result.outcome != .pass ? "Failed" : undecided.isEmpty ? "Succeeded" : "SucceededWithIssues"
        let sentences = [result.sentence] + (result.insistence.map { [$0] } ?? [])
        let lines =
            issues("error", fatal) + issues("warning", undecided) + [
                "##vso[task.complete result=\(state);]\(data(sentences.joined(separator: " ")))"
            ]
        return lines.map { $0 + "\n" }.joined()
    }

    private static func issues(_ type: String, _ statements: [GateStatement]) -> [String] {
        let messages = statements.map { (code: $0.metric, text: "\($0.title): \($0.sentence)") }
        return AnnotationLimit.applied(to: messages) { ("gate", AnnotationLimit.words($0)) }.map { message in
            "##vso[task.logissue type=\(type);code=\(property(message.code))]\(data(message.text))"
        }
    }

    private static func data(_ text: String) -> String {
        text.showingControls.replacingScalars(["%": "%AZP25", "\r": "%0D", "\n": "%0A"])
    }

    private static func property(_ text: String) -> String {
        text.showingControls.replacingScalars(["%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"])
    }
}
