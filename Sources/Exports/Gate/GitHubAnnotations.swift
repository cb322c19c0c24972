package import Analysis
import BenchmarkModel

// Workflow commands of GitHub Actions, one a line: `::error title=TITLE::MESSAGE`, `::warning`, `::notice`.
//
// In both `%`, CR and LF are written as %25, %0D and %0A; in the title also `:` and `,` as %3A and %2C. GitHub shows ten of each
// kind for a step: where there are more, the tenth says how many.
//
//   error     what fails the gate, or is missing
//   warning   what is inconclusive and passes
//   notice    what improved; and on what the two sides differ, where somebody insisted

/// Writes what a gate says as annotations of GitHub Actions. How they are written stands at the head of this file.
package enum GitHubAnnotations {
    /// - Returns: lines for the standard output of a step; empty where there is nothing to be said.
    package static func encode(_ result: GateResult) -> String {
        let statements = result.statements
        func messages(_ kinds: [GateStatement.Kind]) -> [(title: String, text: String)] {
            statements.filter { kinds.contains($0.kind) }.map { ($0.title, $0.sentence) }
        }
        let insistence = result.insistence.map { [(title: "compared all the same", text: $0)] } ?? []
        let lines =
            commands("error", messages([.failure, .missing])) + commands("warning", messages([.undecided]))
            + commands("notice", insistence + messages([.improvement]))
        return lines.map { $0 + "\n" }.joined()
    }

    private static func commands(_ name: String, _ messages: [(title: String, text: String)]) -> [String] {
        AnnotationLimit.applied(to: messages) { ("more", AnnotationLimit.words($0)) }.map { message in
            "::\(name) title=\(property("tare: \(message.title)"))::\(data(message.text))"
        }
    }

    private static func data(_ text: String) -> String {
        text.showingControls.replacingScalars(["%": "%25", "\r": "%0D", "\n": "%0A"])
    }

    private static func property(_ text: String) -> String {
        text.showingControls.replacingScalars(["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }
}

/// GitHub and Azure show so many annotations of a kind for a step and drop the rest in silence.
enum AnnotationLimit {
    static let most = 10

    /// The messages, or the first of them and a last one that tells how many there are besides.
    static func applied<Message>(to messages: [Message], more: (Int) -> Message) -> [Message] {
        guard messages.count > most else { return messages }
        return messages.prefix(most - 1) + [more(messages.count - most + 1)]
    }

    static func words(_ count: Int) -> String { "\(count) more of this kind; the summary of the gate tells all" }
}

extension String {
    /// With some Unicode scalars written otherwise.
    func replacingScalars(_ table: [Unicode.Scalar: String]) -> String {
        var out = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if let other = table[scalar] {
                out.append(contentsOf: other.unicodeScalars)
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }
}
