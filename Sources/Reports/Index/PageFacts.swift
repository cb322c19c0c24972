package import Analysis
import BenchmarkModel
import Charts

/// What a page says of its run in its head, for whoever makes a list of pages and has nothing but the files.
package struct PageFacts: Sendable, Equatable {
    /// The version of these facts: a page that says another is not understood.
    static let format = "1"

    /// The run's name.
    package var run: String
    package var suite: String
    /// As `2026-01-31T09:30:00Z`; empty where it is unknown.
    package var started: String
    package var status: String
    /// The version of tare that measured it.
    package var version: String
    /// The model of the host's CPU; empty where it is unknown.
    package var host: String
    /// For each workload the first sentence that is claimed of it.
    package var answers: [String]

    /// A page's facts lie within so many bytes from its beginning.
    package static let mostBytes = 256 << 10
    /// A stranger's page may claim more than a list should hold.
    private static let mostAnswers = 50
    private static let mostLetters = 1_000

    /// - Parameter answers: in the order of the page.
    package init(of analysis: RunAnalysis, answers: [Answer]) {
        let run = analysis.run
        self.run = run.id
        suite = run.suite.name
        started = Format.date(run.startedAt) ?? ""
        status = run.status.rawValue
        version = run.tareVersion
        host = run.facts["CPU model"] ?? ""
        self.answers = answers.map(\.workload).uniqued().prefix(PageFacts.mostAnswers).compactMap { workload in
            answers.first { $0.workload == workload }.map { PageFacts.firstSentence($0.text) }
        }
    }

    /// Up to the first full stop that a space follows and that stands in no parentheses: a caveat may be sentences.
    static func firstSentence(_ text: String) -> String {
        var depth = 0
        var isStop = false
        for index in text.indices {
            switch text[index] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case " " where isStop && depth <= 0: return String(text[..<index])
            default: break
            }
            isStop = text[index] == "."
        }
        return text
    }

    /// What is longer than a list should hold is cut where all can see it.
    private static func shortened(_ text: String) -> String {
        text.count > mostLetters ? "\(text.prefix(mostLetters - 1))…" : text
    }

    /// As they stand in the head of a page: `<meta name="tare-NAME" content="CONTENT"/>`.
    var tags: [(name: String, content: String)] {
        var tags: [(name: String, content: String)] = [
            (name: "report", content: PageFacts.format), (name: "run", content: run), (name: "suite", content: suite),
            (name: "started", content: started), (name: "status", content: status),
            (name: "version", content: version), (name: "host", content: host),
        ]
        for answer in answers { tags.append((name: "answer", content: answer)) }
        return tags
    }

    /// Reads them from the beginning of a page.
    ///
    /// - Returns: nil where there are none, or those of another version.
    package init?(page bytes: [UInt8]) {
        let bytes = bytes.prefix(PageFacts.mostBytes)
        // What follows the head is no place for them.
        let head = bytes[..<(bytes.firstRange(of: Array("<style>".utf8))?.lowerBound ?? bytes.endIndex)]
        var found: [String: [String]] = [:]
        var rest = head
        func next(_ end: String) -> String? {
            guard let range = rest.firstRange(of: Array(end.utf8)) else { return nil }
            defer { rest = rest[range.upperBound...] }
            return String(decoding: rest[..<range.lowerBound], as: UTF8.self)
        }
        while next("<meta name=\"tare-") != nil, let name = next("\" content=\""), let content = next("\"") {
            found[name, default: []].append(PageFacts.shortened(XML.plain(content)))
        }
        func one(_ name: String) -> String { found[name]?.first ?? "" }
        guard one("report") == PageFacts.format, !one("run").isEmpty else { return nil }
        run = one("run")
        suite = one("suite")
        started = one("started")
        status = one("status")
        version = one("version")
        host = one("host")
        answers = Array((found["answer"] ?? []).prefix(PageFacts.mostAnswers))
    }
}

extension Report {
    /// What its page says of itself for programs.
    var pageFacts: PageFacts { PageFacts(of: analysis, answers: answers) }
}
