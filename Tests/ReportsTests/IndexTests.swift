import Analysis
import BenchmarkModel
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Reports

/// Text that means something to each of the forms it is written in.
private let nasty = "](javascript:alert(1)) <script>alert(\"1\")</script> | &amp; 'x'\n\"/><b>"

/// Reads XML with Foundation's parser and keeps the names of the elements, the links and the text.
private final class Page: NSObject, XMLParserDelegate {
    var names: [String] = []
    var links: [String] = []
    var text = ""
    /// Whether it is well-formed.
    private(set) var isWhole = false

    init(_ html: String) {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        isWhole = parser.parse()
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        names.append(element)
        if let link = attributes["href"] { links.append(link) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

/// The list of the reports of a directory.
@Suite struct IndexTests {
    private func facts(_ run: String, started: String = "", status: String = "complete") -> PageFacts {
        var facts = Report(run: SyntheticRun.empty()).pageFacts
        facts.run = run
        facts.started = started
        facts.status = status
        return facts
    }

    /// The head of a page with these facts.
    private func head(_ facts: PageFacts) -> [UInt8] {
        let tags = facts.tags.map { "<meta name=\"tare-\($0.name)\" content=\"\(Escape.html($0.content))\"/>\n" }
        return Array("<!DOCTYPE html>\n<html>\n<head>\n\(tags.joined())<style>\n</style>\n</head>".utf8)
    }

    private func entry(_ name: String, _ facts: PageFacts?) -> RunIndex.Entry {
        RunIndex.Entry(name: name, bytes: Array(name.utf8), facts: facts)
    }

    @Test func aReportKnowsItsFacts() {
        let facts = Report(run: SyntheticRun.full()).pageFacts
        #expect(facts.run == "20260131-093000-abcd" && facts.suite == "synthetic" && facts.status == "complete")
        #expect(facts.started == "2026-01-31T09:30:00Z" && facts.host == "Synthetic 9000")
        // One sentence for each workload.
        #expect(facts.answers.count == 2)
        #expect(facts.answers.first?.hasPrefix("On this host noop, started warm, is ready in ") == true)
        #expect(facts.answers.allSatisfy { $0.hasSuffix(".") })
        var run = SyntheticRun.empty()
        run.facts = HostFacts()
        run.startedAt = .infinity
        let unknown = Report(run: run).pageFacts
        #expect(unknown.host.isEmpty && unknown.started.isEmpty)
    }

    @Test func theFirstSentenceIsOne() {
        #expect(PageFacts.firstSentence("It takes 1.5 ms. No verdict.") == "It takes 1.5 ms.")
        #expect(PageFacts.firstSentence("It takes 1.5 ms.") == "It takes 1.5 ms.")
        #expect(PageFacts.firstSentence("") == "")
    }

    /// The page of a report says what its list needs.
    @Test func theFactsAreReadFromThePage() throws {
        for run in [SyntheticRun.full(), SyntheticClimbs.run(), SyntheticRun.empty(workloads: [], platforms: [])] {
            let report = Report(run: run)
            let html = try report.html()
            let read = try #require(PageFacts(page: Array(html.utf8)))
            #expect(read == report.pageFacts)
        }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        var written = facts("20260131-093000-abcd", started: "2026-01-31T09:30:00Z")
        written.suite = nasty
        written.host = nasty
        written.version = nasty
        written.answers = [nasty, "plain", ""]
        #expect(PageFacts(page: head(written)) == written)
    }

    @Test func whatIsNotUnderstoodIsNothing() {
        #expect(PageFacts(page: []) == nil)
        #expect(PageFacts(page: Array("<html><head><title>x</title></head></html>".utf8)) == nil)
        #expect(PageFacts(page: [0xFF, 0xFE, 0x00, 0x3C]) == nil)
        let page = String(decoding: head(facts("r")), as: UTF8.self)
        func read(_ old: String, _ new: String) -> PageFacts? {
            PageFacts(page: Array(page.replacing(old, with: new).utf8))
        }
        #expect(read("tare-report", "tare-report")?.run == "r")
        #expect(read("tare-report\" content=\"1\"", "tare-report\" content=\"2\"") == nil)
        #expect(read("tare-run\"", "tare-other\"") == nil)
        // Below its head a page may say what it likes.
        #expect(read("<head>", "<head><style></style>") == nil)
        #expect(read("\"/>", "") == nil)
        // One that goes on for ever, and one that claims too much.
        var much = facts("r")
        much.answers = [String](repeating: "answer", count: 1_000)
        #expect(PageFacts(page: head(much))?.answers.count == 50)
        much.answers = [String(repeating: "x", count: 100_000)]
        #expect(PageFacts(page: head(much))?.answers.first?.count == 1_000)
        #expect(PageFacts(page: Array(String(repeating: "<meta name=\"tare-", count: 20_000).utf8)) == nil)
    }

    @Test func theNewestComesFirst() {
        let entries = [
            entry("b", nil), entry("old", facts("run-1", started: "2025-01-31T09:30:00Z")), entry("a", nil),
            entry("new", facts("run-3", started: "2026-01-31T09:30:00Z", status: "interrupted")),
            entry("undated", facts("run-0", started: "yesterday")),
            entry("middle", facts("run-2", started: "2025-12-31T09:30:00Z")),
        ]
        let html = RunIndex(entries).html
        let page = Page(html)
        #expect(page.isWhole)
        #expect(page.links == ["new", "middle", "old", "undated", "a", "b"].map { "\($0)/report.html" })
        let summary = "6 reports, the newest first; 2 made by another version, or not by tare."
        #expect(html.contains("<p class=\"subtitle\">\(summary)</p>"))
        #expect(html.contains("<h2><a href=\"new/report.html\">run-3</a></h2>"))
        #expect(html.contains(">synthetic, started 2026-01-31T09:30:00Z, <span class=\"mark"))
        #expect(html.contains(">interrupted</span>; tare 0.1.0; Synthetic 9000; in new</p>"))
        #expect(html.contains("<li>There is no figure to state for nginx, started warm, on this host.</li>"))
        #expect(html.contains("\">a</a></h2>\n<p class=\"subtitle\">made by another version, or not by tare</p>"))
        #expect(RunIndex(entries.reversed()).html == html)
    }

    @Test func anEmptyOneSaysSo() {
        let html = RunIndex([]).html
        #expect(Page(html).isWhole && html.contains("There is no report in this directory."))
    }

    /// It is one file that needs no other but those it links to, with the style of a report.
    @Test func itNeedsNothingElse() throws {
        let html = RunIndex([entry("a", facts("run-1"))]).html
        for link in ["http:", "https:", " src=", "url(", "@import", "<link", "<script"] {
            #expect(!html.contains(link), "\(link)")
        }
        func style(_ html: String) throws -> String {
            let rest = html.components(separatedBy: "<style>").last
            return try #require(rest?.components(separatedBy: "</style>").first)
        }
        let (mine, report) = (try style(html), try style(try Report(run: SyntheticRun.empty()).html()))
        #expect(mine == report && mine.count > 1_000)
        #expect(html.contains(RunIndex.mark))
    }

    /// A directory may be called anything, and a page may say anything.
    @Test func nothingFromOutsideIsMarkup() {
        var hostile = facts(nasty, started: nasty, status: nasty)
        hostile.suite = nasty
        hostile.host = nasty
        hostile.version = nasty
        hostile.answers = [nasty]
        let names = ["javascript:alert(1)", "http:", "a b\"><script>", "#?%", "../..", "ä", "a\nb", "&amp;"]
        let entries =
            names.map { entry($0, $0.hasPrefix("a") ? hostile : nil) }
            + [RunIndex.Entry(name: "\\xFF", bytes: [0xFF, 0x2E], facts: nil)]
        let html = RunIndex(entries).html
        let page = Page(html)
        #expect(page.isWhole)
        #expect(!page.names.contains("script") && !page.names.contains("b") && !html.contains("<script"))
        #expect(
            Set(page.links)
                == Set(
                    [
                        "javascript%3Aalert%281%29", "http%3A", "a%20b%22%3E%3Cscript%3E", "%23%3F%25", "..%2F..",
                        "%C3%A4", "a%0Ab", "%26amp%3B", "%FF.",
                    ].map { "\($0)/report.html" }))
        #expect(page.text.contains("](javascript:alert(1)) <script>alert(\"1\")</script> | &amp; 'x'"))
    }

    @Test func pathsInLinksKeepTheirSlashes() {
        #expect(PercentEncoding.path("/a b/c:d/~e-f_g.h".utf8) == "/a%20b/c%3Ad/~e-f_g.h")
        #expect(PercentEncoding.part("a/b".utf8) == "a%2Fb")
        #expect(PercentEncoding.path([0x00, 0x7F, 0x80, 0xFF] as [UInt8]) == "%00%7F%80%FF")
    }
}
