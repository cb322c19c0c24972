import Analysis
import BenchmarkModel
import Charts
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Reports

/// Text that means something to each of the forms it is written in.
private let nasty =
    "[x](javascript:alert(1)) ](javascript:alert(2)) <script>alert(\"1\")</script> | `x`\r\n\r\n# h\n- i "
    + "\u{1B}[31m\u{202E}"

/// The drawings of a report as files, and the Markdown that shows them.
@Suite struct ChartFilesTests {
    private func figure(
        _ id: String, title: String = "Title", caption: String = "A caption.", isFolded: Bool = false
    ) throws -> Reports.Figure {
        let row = StripChart.Row(name: title, value: title, samples: [.init(value: 1), .init(value: 2)], median: 1.5)
        let chart = StripChart(id: id, title: title, description: title, unit: .count, rows: [row])
        return Reports.Figure(
            caption: caption, legend: [LegendEntry(style: "dot", label: title)], svg: try #require(chart).svg,
            isFolded: isFolded)
    }

    private func document(_ figures: [Reports.Figure]) -> Document {
        Document(
            title: "T", answers: [],
            sections: [Document.Section(id: "s", title: "S", blocks: figures.map { .figure($0) })])
    }

    /// Where the images of a text are.
    private func images(_ markdown: String) -> [String] {
        markdown.components(separatedBy: "](charts/").dropFirst().map { String($0.prefix { $0 != ")" }) }
    }

    @Test func everyImageIsAFile() {
        let report = Report(run: SyntheticClimbs.run())
        let files = report.chartFiles
        let names = files.map { $0.name }
        #expect(!names.isEmpty && Set(names).count == names.count)
        #expect(images(report.markdown(charts: "charts")) == names)
        #expect(names.contains("strip-nginx-warm.svg"))
        for file in files {
            #expect(ChartFile.isName(file.name), "\(file.name)")
            #expect(ChartFile.isWritten(file.content.utf8, run: report.analysis.run.id))
            #expect(!ChartFile.isWritten(file.content.utf8, run: "20260131-093000-abce"))
            #expect(XMLParser(data: Data(file.content.utf8)).parse(), "\(file.name)")
        }
    }

    /// Whoever writes no files gets the text alone, as before.
    @Test func withoutADirectoryThereAreNoImages() {
        let report = Report(run: SyntheticClimbs.run())
        let text = report.markdown()
        #expect(!text.contains("![") && text == report.markdown(charts: nil))
        let shown = report.markdown(charts: "charts")
        #expect(shown.utf8.count > text.utf8.count && shown.hasPrefix(text.prefix(200)))
    }

    @Test func anImageHasItsCaptionAndItsLegend() throws {
        let open = MarkdownRenderer.render(document([try figure("one")]), charts: "charts")
        #expect(open == "# T\n\n## S\n\n![Title](charts/one.svg)\n\nA caption. Legend: Title.\n")
        let folded = MarkdownRenderer.render(document([try figure("one", isFolded: true)]), charts: "charts")
        #expect(
            folded
                == "# T\n\n## S\n\n<details><summary>A caption.</summary>\n\n![Title](charts/one.svg)\n\n"
                + "Legend: Title.\n\n</details>\n")
    }

    @Test func whatDidNotChangeIsFolded() {
        let run = SyntheticRun.full(platforms: [SyntheticRun.runc])
        let report = Report(
            RunAnalysis(run: run, resamples: 10), history: [HistoryFixture.quiet, HistoryFixture.changed])
        let markdown = report.markdown(charts: "charts")
        let parts = markdown.components(separatedBy: "<details><summary>median, noop on process (warm). 10 runs: ")
        #expect(parts.count == 2)
        let image = "</summary>\n\n![median, noop on process (warm) over runs](charts/history-1.svg)\n"
        #expect(parts.last?.contains(image) == true)
    }

    /// Two names that differ in what no file may be called, or in case alone, are two files.
    @Test func namesAreSafeAndDiffer() throws {
        let long = String(repeating: "n", count: 300)
        let ids = ["a.b", "a-b", "A-B", "../../etc/passwd", "---", "-x", "a/b|c](d", long]
        let names = document(try ids.map { try figure($0) }).chartFiles(run: "r").map { $0.name }
        #expect(
            names == [
                "a-b.svg", "a-b-2.svg", "A-B-3.svg", "etc-passwd.svg", "chart.svg", "x.svg", "a-b-c--d.svg",
                String(repeating: "n", count: 80) + ".svg",
            ])
        for name in names { #expect(ChartFile.isName(name), "\(name)") }
        for name in ["", ".svg", "-a.svg", "a.svg.svg", "a/b.svg", "..svg", "a.png", "ä.svg", "a b.svg", "a\n.svg"] {
            #expect(!ChartFile.isName(name), "\(name)")
        }
    }

    @Test func whatIsNoDrawingIsLeftOut() {
        let broken = Reports.Figure(caption: "A caption.", legend: [], svg: "<svg/>")
        #expect(document([broken]).chartFiles(run: "r").isEmpty)
        #expect(MarkdownRenderer.render(document([broken]), charts: "charts") == "# T\n\n## S\n")
    }

    @Test(arguments: [false, true]) func nothingFromOutsideIsMarkup(_ isFolded: Bool) throws {
        let document = document([try figure(nasty, title: nasty, caption: nasty, isFolded: isFolded)])
        let markdown = MarkdownRenderer.render(document, charts: "charts")
        #expect(!markdown.contains("<script") && !markdown.contains("\u{1B}") && !markdown.contains("\u{202E}"))
        // Within the summary nothing is Markdown: an element of HTML goes on to the next empty line.
        let lines = markdown.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        for line in lines where !line.hasPrefix("<details>") {
            #expect(!line.replacing("\\]", with: "").contains("](javascript"), "\(line)")
            #expect(!line.hasPrefix("# h") && !line.hasPrefix("- i"), "\(line)")
        }
        #expect(lines.count { $0.hasPrefix("<details>") && $0.hasSuffix("</summary>") } == (isFolded ? 1 : 0))
        let file = try #require(document.chartFiles(run: nasty).first)
        #expect(ChartFile.isName(file.name) && !file.content.contains("<script"))
        #expect(XMLParser(data: Data(file.content.utf8)).parse())
        #expect(ChartFile.isWritten(file.content.utf8, run: nasty))
    }

    /// The same run gives the same files.
    @Test func filesAreTheSameEachTime() {
        let run = SyntheticClimbs.run()
        #expect(Report(run: run).chartFiles == Report(run: run).chartFiles)
    }
}
