import Analysis
import BenchmarkModel
import TestSupport
import Testing

@testable import Reports

/// A report that is kept within so many bytes.
@Suite struct MarkdownBudgetTests {
    private static func words(_ word: String) -> String { word + String(repeating: " and more", count: 30) }

    private static func table(_ cell: String, caption: String = "", isFolded: Bool = false) -> Table {
        Table(caption: caption, columns: [.init("column")], rows: [[[.text(words(cell))]]], isFolded: isFolded)
    }

    private static func paragraph(_ word: String) -> Document.Block { .paragraph([.text(words(word))]) }

    /// In the order in which they are left out.
    private static let markers = [
        "CODE-TWO", "CODE-ONE", "FOLDED-CELL", "ONLY-CELL", "HOST-CELL", "REPEAT-WORDS", "HOST-WORDS", "SECOND-WORDS",
        "FIRST-CAPTION", "FIRST-WORDS", "SUBTITLE", "BANNER-TWO", "BANNER-ONE",
    ]

    private static let first = Document.Section(
        id: "first", title: "First",
        blocks: [
            paragraph("FIRST-WORDS"), .table(table("FIRST-CELL", caption: words("FIRST-CAPTION"))),
            .table(table("FOLDED-CELL", caption: "FOLDED", isFolded: true)),
        ])
    private static let second = Document.Section(
        id: "second", title: "Second | <b>", blocks: [paragraph("SECOND-WORDS"), .table(table("SECOND-CELL"))])
    private static let host = Document.Section(
        id: "host", title: "Host", blocks: [.table(table("HOST-CELL")), paragraph("HOST-WORDS")])
    private static let only = Document.Section(id: "only", title: "Only", blocks: [.table(table("ONLY-CELL"))])
    private static let again = Document.Section(
        id: "repeat", title: "Repeat",
        blocks: [
            .paragraph([.text("The command:")]), .code(words("CODE-ONE"), language: "sh"),
            .paragraph([.text("The file:")]), .code(words("CODE-TWO"), language: "yaml"), paragraph("REPEAT-WORDS"),
        ])
    private static let document = Document(
        title: "Title", subtitle: [.text(words("SUBTITLE"))],
        answers: [[.text("ANSWER-ONE")], [.strong("ANSWER-TWO")]],
        banners: [
            Banner(kind: .emulation, text: words("BANNER-ONE")), Banner(kind: .threat, text: words("BANNER-TWO")),
        ], sections: [first, second, host, only, again])

    private let page = MarkdownPage(MarkdownBudgetTests.document)
    private let budget = MarkdownBudget(background: ["host", "only", "repeat"], command: "tare report R")

    private func text(_ bytes: Int) throws -> String { try budget.text(of: page, within: bytes) }

    /// So many bytes are needed at least.
    private func least() throws -> Int {
        let error = try #require(#expect(throws: TareError.self) { try text(0) })
        return try #require(error.remedy?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    /// The whole, and what is left each time that one byte is missing for the one before.
    private func steps() throws -> [String] {
        let least = try least()
        var steps = [page.text]
        while let last = steps.last, last.utf8.count > least { steps.append(try text(last.utf8.count - 1)) }
        return steps
    }

    @Test func whatFitsIsWhole() throws {
        let whole = MarkdownRenderer.render(Self.document)
        let (exact, ample) = (try text(whole.utf8.count), try text(.max))
        #expect(exact == whole && ample == whole)
        for marker in Self.markers { #expect(whole.contains(marker), "\(marker)") }
        #expect(!whole.contains("For want of room"))
    }

    /// The answers are always there, and nothing is missing while something lesser is there.
    @Test func detailGoesFirst() throws {
        let steps = try steps()
        for text in steps {
            #expect(text.hasPrefix("# Title\n") && text.contains("ANSWER-ONE\n\n**ANSWER-TWO**\n"))
            let shown = Self.markers.map { text.contains($0) }
            let first = shown.firstIndex(of: true) ?? shown.endIndex
            #expect(!shown[first...].contains(false), "\(shown)")
            // The cells of tables that have words beside them, and lines that say what comes, go along.
            #expect(text.contains("SECOND-CELL") == text.contains("SECOND-WORDS"))
            #expect(text.contains("FIRST-CELL") == text.contains("FIRST-WORDS"))
            #expect(text.contains("The file:") == text.contains("CODE-TWO"))
            #expect(text.contains("The command:") == text.contains("CODE-ONE"))
            // No heading without anything below it.
            #expect(text.contains("## Only") == text.contains("ONLY-CELL"))
            #expect(text.contains("## Repeat") == text.contains("REPEAT-WORDS"))
        }
        for text in steps.dropFirst() { #expect(text.hasSuffix("`tare report R` writes all of it.\n")) }
        // Each marker goes by itself: the sentence grows by less than any of them takes.
        #expect(steps.count == Self.markers.count + 1)
    }

    @Test func noLimitIsExceeded() throws {
        for bytes in stride(from: try least(), through: page.text.utf8.count, by: 61) {
            let (one, other) = (try text(bytes), try text(bytes))
            #expect(one.utf8.count <= bytes && one == other)
        }
    }

    @Test func theSentenceNamesWhatIsLeftOut() throws {
        let steps = try steps()
        func sentence(_ missing: String) throws -> String {
            let text = try #require(steps.first { !$0.contains(missing) })
            return String(try #require(text.split(separator: "\n").last))
        }
        let closing = "`tare report R` writes all of it."
        let code = try sentence("CODE-TWO")
        #expect(code == "For want of room this leaves out the code of 'Repeat': \(closing)")
        let table = try sentence("HOST-CELL")
        #expect(
            table
                == "For want of room this leaves out the code of 'Repeat'; what is folded in 'First'; the tables of "
                + "'Host'; the section 'Only': \(closing)")
        let section = try sentence("SECOND-WORDS")
        #expect(
            section
                == "For want of room this leaves out what is folded in 'First'; the sections 'Second \\| &lt;b&gt;', "
                + "'Host', 'Only' and 'Repeat': \(closing)")
        let caption = try sentence("FIRST-CAPTION")
        #expect(caption.contains("; the captions of 'First'; the sections "))
        let subtitle = try sentence("SUBTITLE")
        #expect(subtitle.hasSuffix("and 'Repeat'; the line below the title: \(closing)"))
        let (one, both) = (try sentence("BANNER-TWO"), try sentence("BANNER-ONE"))
        #expect(one.contains("; the line below the title; 1 warning above the figures: "))
        #expect(both.contains("; the line below the title; 2 warnings above the figures: "))
    }

    @Test func tooLittleIsRefused() throws {
        let least = try least()
        let smallest = try text(least)
        #expect(smallest.utf8.count == least)
        for bytes in [Int.min, -1, 0, 1, least - 1] {
            let error = try #require(#expect(throws: TareError.self) { try text(bytes) })
            #expect(error.code == .usage && error.exitCode == 64)
            #expect(error.message.hasPrefix("the report cannot be kept within \(bytes) byte"))
            #expect(error.remedy == "Allow \(least) bytes or more.")
        }
    }

    @Test func aPageWithoutSectionsIsWholeOrNothing() throws {
        let bare = MarkdownPage(Document(title: "T", answers: [[.text("An answer.")]], sections: []))
        let whole = try budget.text(of: bare, within: 16)
        #expect(whole == "# T\n\nAn answer.\n")
        let error = try #require(
            #expect(throws: TareError.self) { try budget.text(of: bare, within: 15) })
        #expect(error.remedy == "Allow 16 bytes or more.")
    }

    /// Of a run: what a comment or a summary holds.
    @Test func aReportIsKeptWithin() throws {
        var run = SyntheticClimbs.run()
        run.suiteText = String(repeating: "# ](javascript:alert(1)) <script> |\n", count: 4_000)
        let report = Report(run: run)
        let whole = report.markdown()
        #expect(whole.utf8.count > 140_000)
        for bytes in [8_192, 12_288, 16_384, 24_576, 32_768, 65_536] {
            let text = try report.markdown(within: bytes)
            let again = try Report(run: run).markdown(within: bytes)
            #expect(text.utf8.count <= bytes && text == again)
            #expect(!text.contains("javascript") && !text.contains("!["))
            for answer in report.document.answers { #expect(text.contains(MarkdownRenderer.line(answer))) }
            for banner in report.banners { #expect(text.contains("> **\(banner.kind.title)**")) }
            #expect(text.hasSuffix("`tare report \(run.id)` writes all of it.\n"))
            // The tables of what the figures rest on go before the figures themselves.
            if text.contains("| Synthetic 9000 |") { #expect(text.contains("## Startup, warm")) }
        }
        let (text, shown) = (try report.markdown(within: 1 << 20), try report.markdown(within: 1 << 20, charts: "c"))
        #expect(text == whole && shown == report.markdown(charts: "c"))
    }
}
