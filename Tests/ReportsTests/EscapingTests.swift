import BenchmarkModel
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Reports

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
            SyntheticRun.full(modes: [.warm, .concurrent(2), .occupied(1)]), SyntheticRun.empty(), HostileRun.run(),
            SyntheticClimbs.run(platforms: SyntheticRun.all),
        ] {
            let html = try Report(run: run).html()
            let (reader, trouble) = read(html)
            #expect(trouble == nil)
            // The page's own: the figures of the planner, and a script each for it and for the samples.
            #expect(reader.elements.filter { $0 == "script" }.count <= 3)
            #expect(Set(reader.identifiers).count == reader.identifiers.count)
            #expect(reader.elements.filter { $0 == "h1" }.count == 1)
            #expect(!html.contains("\u{1B}"))
            #expect(!html.contains("\u{202E}"))
        }
        let (reader, _) = read(try Report(run: HostileRun.run()).html())
        #expect(reader.text.contains("</td><script>alert(\"1\")</script>"))
    }

    /// A quote followed by a combining mark is one `Character`: escaping by characters would let it end an attribute.
    @Test func quotesWithACombiningMarkAreEscaped() {
        #expect(Escape.html("\"\u{338}").unicodeScalars.elementsEqual("&quot;\u{338}".unicodeScalars))
        #expect(Escape.markdown("|\u{338}").unicodeScalars.elementsEqual("\\|\u{338}".unicodeScalars))
    }

    @Test func htmlNeedsNothingElse() throws {
        let html = try Report(run: SyntheticRun.full()).html()
        for link in ["http:", "https:", " src=", "url(", "@import", "<link", "fetch(", "XMLHttp"] {
            #expect(!html.contains(link))
        }
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.contains("role=\"img\""))
        #expect(html.contains("scope=\"row\""))
    }

    /// Every line of a table has as many cells as its head: an unescaped `|` or line end would break that.
    @Test func markdownTablesStayTables() throws {
        let markdown = Report(run: HostileRun.run()).markdown()
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
        let text = Report(run: HostileRun.run()).terminal(width: 80, color: false)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && Escape.isControl($0) })
        #expect(text.contains("\\u{1B}[31m"))
    }
}
