import Analysis
import BenchmarkModel
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Reports

/// Text that means something to each of the forms it is written in.
private let nasty =
    "=1+1|`x`</td><script>alert(\"1\")</script>\u{1B}[31m\n\"quoted\"\u{338}, 'a' & *b* _c_ {{d}} \u{202E}"

/// Reads XML with Foundation's parser and keeps the names of the elements.
private final class Elements: NSObject, XMLParserDelegate {
    var names: [String] = []
    var identifiers: [String] = []

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        names.append(element)
        if let id = attributes["id"] { identifiers.append(id) }
    }
}

@Suite struct HistorySectionTests {
    private let changed = HistoryFixture.changed
    private let quiet = HistoryFixture.quiet

    private func report(_ histories: [History]) -> Report {
        Report(RunAnalysis(run: SyntheticRun.full(platforms: [SyntheticRun.runc]), resamples: 10), history: histories)
    }

    private func elements(_ html: String) -> Elements? {
        let parser = XMLParser(data: Data(html.utf8))
        let elements = Elements()
        parser.delegate = elements
        return parser.parse() ? elements : nil
    }

    @Test func aReportWithoutHistoryHasNoSection() throws {
        #expect(report([]).document.sections.allSatisfy { $0.id != "history" })
        let html = try report([]).html()
        #expect(!html.contains("id=\"history\""))
    }

    /// What changed is open and comes first; what did not is folded.
    @Test func whatChangedComesFirst() throws {
        let report = report([quiet, changed])
        let section = try #require(report.document.sections.first { $0.id == "history" })
        let figures = section.blocks.compactMap { block -> Reports.Figure? in
            if case .figure(let figure) = block { figure } else { nil }
        }
        #expect(figures.map(\.isFolded) == [false, true])
        #expect(
            figures.first?.caption
                == "median, noop on runc (warm). 8 runs: first 31.0 ms, last 36.0 ms, min 31.0 ms, max 37.0 ms. From run run-4 on: "
                + "31.0 ms -> 36.0 ms, +16.1 %, worse [4 runs before, 4 after], p = 0.00200. The scale does not begin at zero."
        )
        let html = try report.html()
        let page = try #require(elements(html))
        #expect(Set(page.identifiers).count == page.identifiers.count)
        #expect(html.contains("<summary>median, noop on process (warm). 10 runs: "))
        #expect(
            report.markdown().contains(
                "## History\n\nThis run and those before it that may be set beside it. 1 of 2 series changed."))
        #expect(
            report.terminal(width: 200, color: false).contains(
                "History: what changed over the runs\nmedian, noop on runc (warm) changed with run run-4: 31.0 ms"))
    }

    @Test func whatIsQuietIsFoldedAndNotOnATerminal() throws {
        let report = report([quiet])
        #expect(!report.terminal(width: 100, color: false).contains("History"))
        #expect(report.markdown().contains("<details><summary>Each series over its runs, the oldest first</summary>"))
        #expect(report.markdown().contains("There is no change point in 1 series."))
    }

    @Test func aDozenIsEnough() throws {
        let many = (0..<30).map {
            $0 == 29 ? changed : HistoryFixture.history([31, 31, 31, 31], cell: "startup/noop/p\($0)/warm")
        }
        let report = report(many)
        let section = try #require(report.document.sections.first { $0.id == "history" })
        let figures = section.blocks.count { block in if case .figure = block { true } else { false } }
        #expect(figures == 12)
        #expect(report.markdown().contains("1 of 30 series changed. 12 are shown here; `tare history '*'` shows all."))
    }

    @Test func nothingFromOutsideIsObeyed() throws {
        var worst = changed
        worst.cell = nasty
        worst.metric.title = nasty
        worst.metric.id = nasty
        worst.leftOut = [.init(nasty, 1)]
        for index in worst.points.indices {
            worst.points[index].run = nasty
            worst.points[index].caveats = [nasty]
        }
        worst.steps[0].run = nasty
        for histories in [[worst], [worst, quiet]] {
            let history = HistoryReport(histories, suite: nasty)
            for text in [
                history.terminal(width: 80, color: false), report(histories).terminal(width: 80, color: false),
            ] {
                #expect(!text.unicodeScalars.contains { $0 != "\n" && Escape.isControl($0) })
            }
            for markdown in [history.markdown(), report(histories).markdown()] {
                #expect(!markdown.contains("<script") && !markdown.contains("\u{1B}"))
                let rows = markdown.split(separator: "\n").filter { $0.hasPrefix("| =1+1") }
                #expect(rows.count == 2)
                // Unescaped ends of cells: as many as the table has columns, and one.
                let ends = rows.map { $0.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" } }
                #expect(ends == [8, 10])
            }
            let html = try report(histories).html()
            let page = try #require(elements(html))
            // The page's own scripts, and none besides.
            #expect(page.names.filter { $0 == "script" }.count <= 3)
            #expect(!html.contains("\u{1B}") && !html.contains("\u{202E}"))
            #expect(Set(page.identifiers).count == page.identifiers.count)
            let json = try history.json()
            #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
        }
    }
}
