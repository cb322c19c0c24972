/// Writes a document as GitHub-flavoured Markdown. Drawings are left out: the tables carry the same figures.
enum MarkdownRenderer {
    static func render(_ document: Document) -> String {
        var out = "# \(Escape.markdown(document.title))\n\n"
        if !document.subtitle.isEmpty { out += "\(line(document.subtitle))\n\n" }
        for answer in document.answers { out += "\(line(answer))\n\n" }
        for banner in document.banners {
            out += "> **\(banner.kind.title)** \(Escape.markdown(banner.text))\n\n"
        }
        for section in document.sections {
            if !section.title.isEmpty { out += "## \(Escape.markdown(section.title))\n\n" }
            for block in section.blocks { out += render(block) }
        }
        while out.hasSuffix("\n\n") { out.removeLast() }
        return out
    }

    private static func render(_ block: Document.Block) -> String {
        switch block {
        case .paragraph(let pieces): "\(line(pieces))\n\n"
        case .list(let items): items.map { "- \(line($0))\n" }.joined() + "\n"
        case .heading(let text): "### \(Escape.markdown(text))\n\n"
        case .table(let table): render(table)
        case .figure: ""
        case .code(let text, let language): Escape.markdownFence(text, language: language) + "\n"
        }
    }

    private static func render(_ table: Table) -> String {
        var out = table.caption.isEmpty ? "" : "\(Escape.markdown(table.caption)):\n\n"
        // What GitHub shows of a page may hold this element, and a table in it after an empty line.
        if table.isFolded {
            out = "<details><summary>\(Escape.html(table.caption.replacing("\n", with: " ")))</summary>\n\n"
        }
        out += "| \(table.columns.map { Escape.markdown($0.fullTitle) }.joined(separator: " | ")) |\n"
        out += "|\(table.columns.map { $0.numeric ? "---:" : "---" }.joined(separator: "|"))|\n"
        for row in table.rows { out += "| \(row.map(line).joined(separator: " | ")) |\n" }
        return out + (table.isFolded ? "\n</details>\n\n" : "\n")
    }

    private static func line(_ pieces: [Inline]) -> String {
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
