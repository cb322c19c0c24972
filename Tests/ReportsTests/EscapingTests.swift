import BenchmarkModel
import Foundation
import FoundationXML
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
    run.samples[20].outcome = .failed
    run.samples[20].reasons = [nasty, nasty]
    run.samples[20].warnings = [nasty]
    run.startedAt = .infinity
    for index in run.ladders.indices { run.ladders[index].warnings = [nasty] }
    run.ladders[0].outcome = .failed
    run.ladders[0].reasons = [nasty]
    for index in run.ramps.indices {
        run.ramps[index].warnings = [nasty]
        run.ramps[index].liveness = nasty
        run.ramps[index].enforcedBy = nasty
        run.ramps[index].cause = index == 0 ? .died(nasty) : .launchFailed(nasty)
    }
    run.plan.footprint?.cells.append(climb("footprint/nasty"))
    run.plan.density?.cells.append(climb("density/nasty"))
    return run
}

/// A cell that cannot be measured, with nasty names.
private func climb(_ key: String) -> ClimbCell {
    ClimbCell(key: key + nasty, workload: nasty, platform: nasty, planned: 0, most: 1, impossible: nasty)
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
            let html = try Renderer.html(ReportModel(run: run, resamples: 50))
            let (reader, trouble) = read(html)
            #expect(trouble == nil)
            #expect(!reader.elements.contains("script"))
            #expect(Set(reader.identifiers).count == reader.identifiers.count)
            #expect(reader.elements.filter { $0 == "h1" }.count == 1)
            #expect(!html.contains("\u{1B}"))
            #expect(!html.contains("\u{202E}"))
        }
        let (reader, _) = read(try Renderer.html(ReportModel(run: nastyRun(), resamples: 50)))
        #expect(reader.text.contains("</td><script>alert(\"1\")</script>"))
    }

    /// A quote followed by a combining mark is one `Character`: escaping by characters would let it end an attribute.
    @Test func quotesWithACombiningMarkAreEscaped() {
        #expect(Escape.html("\"\u{338}").unicodeScalars.elementsEqual("&quot;\u{338}".unicodeScalars))
        #expect(Escape.markdown("|\u{338}").unicodeScalars.elementsEqual("\\|\u{338}".unicodeScalars))
        #expect(Escape.csv("\"\u{338}").unicodeScalars.elementsEqual("\"\"\"\u{338}\"".unicodeScalars))
    }

    @Test func htmlNeedsNothingElse() throws {
        let html = try Renderer.html(ReportModel(run: SyntheticRun.full(), resamples: 50))
        for link in ["http:", "https:", " src=", "url(", "@import", "<link", "<script"] {
            #expect(!html.contains(link))
        }
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.contains("role=\"img\""))
        #expect(html.contains("scope=\"row\""))
    }

    /// Every line of a table has as many cells as its head: an unescaped `|` or line end would break that.
    @Test func markdownTablesStayTables() throws {
        let markdown = Renderer.markdown(ReportModel(run: nastyRun(), resamples: 50))
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
        let text = TerminalSummary.render(ReportModel(run: nastyRun(), resamples: 50), width: 80, color: false)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && Escape.isControl($0) })
        #expect(text.contains("\\u{1B}[31m"))
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
        ("two\r\nlines", "\"two\r\nlines\""),
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), (" =1", "' =1"),
        ("\u{FF1D}1", "'\u{FF1D}1"), ("", ""),
    ])
    func csvFieldsAreSafe(raw: String, expected: String) {
        #expect(Escape.csv(raw).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }
}
