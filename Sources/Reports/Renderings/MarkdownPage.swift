/// A document as GitHub-flavoured Markdown, in parts that stand or fall as wholes.
struct MarkdownPage {
    /// A part of a section.
    struct Block {
        enum Kind {
            case words
            case code
            /// What is shown only to whoever asks for more.
            case folded
            case table
            case figure
        }

        var kind: Kind
        var text: String
        /// The same without its caption.
        var bare: String
        var isLeftOut = false

        init(_ kind: Kind, _ text: String, bare: String? = nil) {
            self.kind = kind
            self.text = text
            self.bare = bare ?? text
        }
    }

    struct Section {
        var id: String
        /// Not yet escaped; may be empty.
        var title: String
        var heading: String
        var blocks: [Block]
        var hasCaptions = true
        var isLeftOut = false

        /// Whether nothing of it is written: it is left out, or all that it says is.
        var isGone: Bool {
            isLeftOut
                || blocks.contains { $0.isLeftOut } && blocks.allSatisfy { $0.isLeftOut || $0.text.isEmpty }
        }

        var parts: [String] {
            guard !isGone else { return [] }
            return [heading] + blocks.filter { !$0.isLeftOut }.map { hasCaptions ? $0.text : $0.bare }
        }
    }

    var title: String
    /// May be empty.
    var subtitle: String
    var answers: [String]
    var banners: [String]
    var sections: [Section]

    /// - Parameter charts: the directory of the drawings' files, as the text links to it; nil leaves the drawings out.
    init(_ document: Document, charts: String? = nil) {
        let names = charts == nil ? nil : ChartNames(document)
        title = "# \(Escape.markdown(document.title))\n\n"
        subtitle = document.subtitle.isEmpty ? "" : "\(MarkdownRenderer.line(document.subtitle))\n\n"
        answers = document.answers.map { "\(MarkdownRenderer.line($0))\n\n" }
        banners = document.banners.map { "> **\($0.kind.title)** \(Escape.markdown($0.text))\n\n" }
        sections = document.sections.enumerated().map { place, section in
            Section(
                id: section.id, title: section.title,
                heading: section.title.isEmpty ? "" : "## \(Escape.markdown(section.title))\n\n",
                blocks: MarkdownPage.blocks(section) { block in
                    guard let charts, let name = names?[place, block] else { return nil }
                    return "\(PercentEncoding.path(charts.utf8))/\(name)"
                })
        }
    }

    /// - Parameter image: where the drawing is that is the block at this position.
    private static func blocks(_ section: Document.Section, image: (Int) -> String?) -> [Block] {
        var blocks: [Block] = []
        for (position, content) in section.blocks.enumerated() {
            var block = MarkdownRenderer.block(content, image: image(position))
            // A line that ends with a colon says what comes, and goes with it.
            if block.kind == .code, position > 0, case .paragraph(let pieces) = section.blocks[position - 1],
                pieces.plain.hasSuffix(":"), let introduction = blocks.popLast()
            {
                block = Block(.code, introduction.text + block.text)
            }
            blocks.append(block)
        }
        return blocks
    }

    private var parts: [String] { [title, subtitle] + answers + banners + sections.flatMap { $0.parts } }

    /// The whole.
    var text: String {
        var out = parts.joined()
        while out.hasSuffix("\n\n") { out.removeLast() }
        return out
    }

    /// The whole with a line at its end.
    func text(closing: String) -> String { parts.joined() + closing + "\n" }

    /// How long ``text(closing:)`` is.
    func bytes(closing: String) -> Int { parts.reduce(closing.utf8.count + 1) { $0 + $1.utf8.count } }
}
