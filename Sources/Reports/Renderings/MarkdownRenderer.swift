import Charts
/// Writes a document as GitHub-flavoured Markdown. Drawings are images, files beside the text, or they are left out:
/// the tables carry the same figures.
enum MarkdownRenderer {
    /// - Parameter charts: the directory of the drawings' files, as the text links to it; nil leaves the drawings out.
    static func render(_ document: Document, charts: String? = nil) -> String {
        MarkdownPage(document, charts: charts).text
    }

    /// - Parameter image: where a drawing is, as a link; nil leaves it out.
    static func block(_ block: Document.Block, image: String? = nil) -> MarkdownPage.Block {
        switch block {
        case .paragraph(let pieces): .init(.words, "\(line(pieces))\n\n")
        case .list(let items): .init(.words, items.map { "- \(line($0))\n" }.joined() + "\n")
        case .heading(let text): .init(.words, "### \(Escape.markdown(text))\n\n")
        case .table(let table): self.table(table)
        case .figure(let figure): image.map { self.figure(figure, $0) } ?? .init(.figure, "")
        case .code(let text, let language): .init(.code, Escape.markdownFence(text, language: language) + "\n")
        case .embedded: .init(.words, "")
        }
    }

    private static func table(_ table: Table) -> MarkdownPage.Block {
        var rows = "| \(table.columns.map { Escape.markdown($0.fullTitle) }.joined(separator: " | ")) |\n"
        rows += "|\(table.columns.map { $0.numeric ? "---:" : "---" }.joined(separator: "|"))|\n"
        for row in table.rows { rows += "| \(row.map(line).joined(separator: " | ")) |\n" }
        if table.isFolded { return .init(.folded, folded(rows, summary: table.caption)) }
        let caption = table.caption.isEmpty ? "" : "\(Escape.markdown(table.caption)):\n\n"
        return .init(.table, "\(caption)\(rows)\n", bare: "\(rows)\n")
    }

    /// An image with its caption. The words of the legend stand with it, for whoever does not see the drawing.
    private static func figure(_ figure: Figure, _ image: String) -> MarkdownPage.Block {
        let shown = "![\(Escape.markdown(figure.drawing?.title ?? ""))](\(image))\n\n"
        let legend = Escape.markdown(figure.legendText)
        if figure.isFolded {
            return .init(
                .folded, folded("\(shown)\(legend.isEmpty ? "" : "\(legend)\n")", summary: figure.caption))
        }
        let words = [Escape.markdown(figure.caption), legend].filter { !$0.isEmpty }.joined(separator: " ")
        return .init(.figure, shown + (words.isEmpty ? "" : "\(words)\n\n"), bare: shown)
    }

    /// What GitHub shows of a page may hold this element, and Markdown in it after an empty line.
    private static func folded(_ text: String, summary: String) -> String {
        // By scalars: to Swift a line end of two is another character than either.
        let line = Escape.html(summary).unicodeScalars.map { $0 == "\n" ? " " : $0 }
        return "<details><summary>\(String(String.UnicodeScalarView(line)))</summary>\n\n\(text)\n</details>\n\n"
    }

    static func line(_ pieces: [Inline]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): return Escape.markdown(text)
            case .strong(let text): return text.isEmpty ? "" : "**\(Escape.markdown(text))**"
            case .code(let text): return code(text)
            case .mark(let text): return "*(\(Escape.markdown(text)))*"
            case .aside: return Escape.markdown(piece.plain)
            }
        }.joined()
    }

    /// A span of code. Backslashes do not escape within one, so what cannot stand in it is written as plain text: a
    /// backtick ends it, and a `|` ends the cell of a table even there.
    private static func code(_ text: String) -> String {
        let unfit = text.unicodeScalars.contains { "`|\\\n\r".unicodeScalars.contains($0) || Escape.isControl($0) }
        return unfit || text.isEmpty ? Escape.markdown(text) : "`\(text)`"
    }
}
