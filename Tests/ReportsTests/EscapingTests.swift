import BenchmarkModel
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Reports

/// Text that means something to each of the forms it is written in.
private let nasty =
    "=1+1|`x`</td><script>alert(\"1\")</script>\u{1B}[31m\n\"quoted\"\u{338}, 'a' & *b* _c_ {{d}} \u{202E}"

/// A run in which every text that comes from outside is nasty.
private func nastyRun() -> Run {
    var run = SyntheticClimbs.run(platforms: [SyntheticRun.runc, SyntheticRun.vm])
    run.suite.name = nasty
    run.suite.description = nasty
    run.suiteText = "\(nasty)\n```\n````\n]]>"
    run.command = nasty
    run.suite.workloads[0].command = [nasty, nasty]
    run.facts.facts.append(Fact(nasty, nasty))
    run.platforms[0].details.append(Fact(nasty, nasty))
    run.preparations.append(
        Preparation(workload: nasty, platform: nasty, step: nasty, seconds: .nan, cached: false, identity: nasty))
    run.threats.append(Threat(detector: nasty, severity: .warning, text: nasty))
    run.channelEchoes.append(ChannelEcho(platform: nasty, roundTripsNanoseconds: [], failure: nasty))
    run.observations[20].outcome = .failed
    run.observations[20].reasons = [nasty, nasty]
    run.observations[20].warnings = [nasty]
    run.startedAt = .infinity
    run.unreadable = [nasty, nasty]
    var isFirst = true
    for index in run.observations.indices where run.observations[index].startup == nil {
        run.observations[index].warnings = [nasty]
        run.observations[index].changeRamp { ramp in
            ramp.liveness = nasty
            ramp.enforcedBy = nasty
            ramp.cause = isFirst ? .died(nasty) : .launchFailed(nasty)
            isFirst = false
        }
    }
    let ladder = run.observations.firstIndex { $0.ladder != nil } ?? 0
    run.observations[ladder].outcome = .failed
    run.observations[ladder].reasons = [nasty]
    for parameters in [Parameters.startup(.warm), .footprint(most: 1), .density(most: 1, budgetBytes: 1)] {
        var cell = Cell(workload: nasty, platform: nasty, parameters: parameters, impossible: nasty)
        cell.key += nasty
        run.plan.cells.append(cell)
    }
    return run
}

/// Reads XML with Foundation's parser and keeps the names of the elements and the text.
private final class Reader: NSObject, XMLParserDelegate {
    var elements: [String] = []
    var identifiers: [String] = []
    var text = ""

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(element)
        if let id = attributes["id"] { identifiers.append(id) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }
}

@Suite struct EscapingTests {
    private func read(_ html: String) -> (Reader, String?) {
        let parser = XMLParser(data: Data(html.utf8))
        let reader = Reader()
        parser.delegate = reader
        let good = parser.parse()
        return (reader, good ? nil : "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unknown")")
    }

    @Test func htmlIsWellFormedAndHoldsNoMarkupFromOutside() throws {
        for run in [
            SyntheticRun.full(modes: [.warm, .concurrent(2), .occupied(1)]), SyntheticRun.empty(), nastyRun(),
            SyntheticClimbs.run(platforms: SyntheticRun.all),
        ] {
            let html = try Report(run: run).html()
            let (reader, trouble) = read(html)
            #expect(trouble == nil)
            #expect(!reader.elements.contains("script"))
            #expect(Set(reader.identifiers).count == reader.identifiers.count)
            #expect(reader.elements.filter { $0 == "h1" }.count == 1)
            #expect(!html.contains("\u{1B}"))
            #expect(!html.contains("\u{202E}"))
        }
        let (reader, _) = read(try Report(run: nastyRun()).html())
        #expect(reader.text.contains("</td><script>alert(\"1\")</script>"))
    }

    /// A quote followed by a combining mark is one `Character`: escaping by characters would let it end an attribute.
    @Test func quotesWithACombiningMarkAreEscaped() {
        #expect(Escape.html("\"\u{338}").unicodeScalars.elementsEqual("&quot;\u{338}".unicodeScalars))
        #expect(Escape.markdown("|\u{338}").unicodeScalars.elementsEqual("\\|\u{338}".unicodeScalars))
    }

    @Test func htmlNeedsNothingElse() throws {
        let html = try Report(run: SyntheticRun.full()).html()
        for link in ["http:", "https:", " src=", "url(", "@import", "<link", "<script"] {
            #expect(!html.contains(link))
        }
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.contains("role=\"img\""))
        #expect(html.contains("scope=\"row\""))
    }

    /// Every line of a table has as many cells as its head: an unescaped `|` or line end would break that.
    @Test func markdownTablesStayTables() throws {
        let markdown = Report(run: nastyRun()).markdown()
        var columns: Int?
        var rows = 0
        var fence: Substring?
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = fence {
                if line == open { fence = nil }
                continue
            }
            if line.hasPrefix("```") { fence = line.prefix { $0 == "`" } }
            #expect(!line.contains("<script"))
            guard line.hasPrefix("|") else {
                columns = nil
                continue
            }
            let cells = line.replacing("\\\\", with: "").replacing("\\|", with: "").split(
                separator: "|", omittingEmptySubsequences: false
            ).count
            if let columns { #expect(cells == columns, "\(line)") }
            columns = columns ?? cells
            rows += 1
        }
        #expect(rows > 20)
        #expect(fence == nil)
        #expect(!markdown.contains("\u{1B}"))
    }

    @Test func theTerminalObeysNothing() throws {
        let text = Report(run: nastyRun()).terminal(width: 80, color: false)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && Escape.isControl($0) })
        #expect(text.contains("\\u{1B}[31m"))
    }
}
