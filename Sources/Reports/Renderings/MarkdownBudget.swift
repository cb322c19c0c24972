import BenchmarkModel

/// Leaves parts of a page out, the detail first, until it is no longer than it may be: a comment on a pull request
/// holds 65,536 characters, the summary of a step 1 MiB. Whatever goes, goes whole, and a sentence at the end names it.
struct MarkdownBudget {
    /// The sections that say what the figures rest on, by their identity.
    var background: Set<String>
    /// The command that gives the whole.
    var command: String

    /// Something that is left out at once.
    private enum Cut {
        case block(section: Int, block: Int)
        case section(Int)
        case captions(section: Int)
        case subtitle
        case banner(Int)
    }

    /// The whole where it fits, else as much as does. The same page and the same limit give the same text.
    ///
    /// - Parameter bytes: so long is the text at the most, in UTF-8.
    /// - Throws: ``TareError`` where not even the answers fit, which says how many bytes are needed.
    func text(of page: MarkdownPage, within bytes: Int) throws(TareError) -> String {
        let text = page.text
        if text.utf8.count <= bytes { return text }
        var left = page
        var needed = text.utf8.count
        for cut in MarkdownBudget.cuts(of: page, background: background) {
            MarkdownBudget.apply(cut, to: &left)
            let sentence = sentence(left, of: page)
            let size = left.bytes(closing: sentence)
            if size <= bytes { return left.text(closing: sentence) }
            needed = min(needed, size)
        }
        throw TareError(
            .usage,
            "the report cannot be kept within \(Format.count(bytes, "byte")): its answers, and the sentence that says "
                + "what is left out, take \(needed)",
            remedy: "Allow \(needed) bytes or more.")
    }

    /// What is left out first comes first: what the whole report has word for word, what nobody sees at once, what the
    /// figures rest on, then the sections from the last, and never the answers.
    private static func cuts(of page: MarkdownPage, background: Set<String>) -> [Cut] {
        func blocks(_ kind: MarkdownPage.Block.Kind, in sections: (MarkdownPage.Section) -> Bool) -> [Cut] {
            page.sections.indices.reversed().filter { sections(page.sections[$0]) }.flatMap { section -> [Cut] in
                let blocks = page.sections[section].blocks
                return blocks.indices.reversed().filter { blocks[$0].kind == kind }.map {
                    Cut.block(section: section, block: $0)
                }
            }
        }
        var cuts = blocks(.code) { _ in true }
        cuts += blocks(.folded) { _ in true }
        cuts += blocks(.table) { background.contains($0.id) }
        cuts += page.sections.indices.dropFirst().reversed().map { Cut.section($0) }
        if !page.sections.isEmpty { cuts += [.captions(section: 0), .section(0)] }
        cuts.append(.subtitle)
        return cuts + page.banners.indices.reversed().map { Cut.banner($0) }
    }

    private static func apply(_ cut: Cut, to page: inout MarkdownPage) {
        switch cut {
        case .block(let section, let block): page.sections[section].blocks[block].isLeftOut = true
        case .section(let section): page.sections[section].isLeftOut = true
        case .captions(let section): page.sections[section].hasCaptions = false
        case .subtitle: page.subtitle = ""
        case .banner(let banner): _ = page.banners.remove(at: banner)
        }
    }

    private static let kinds: [(kind: MarkdownPage.Block.Kind, words: String)] = [
        (.code, "the code of"), (.folded, "what is folded in"), (.table, "the tables of"),
    ]

    /// What is left out, by the titles of its sections.
    private func sentence(_ page: MarkdownPage, of whole: MarkdownPage) -> String {
        let shown = page.sections.filter { !$0.isGone }
        let gone = page.sections.filter { $0.isGone }
        var parts: [String] = []
        for (kind, words) in MarkdownBudget.kinds {
            let sections = shown.filter { section in
                section.blocks.contains { $0.isLeftOut && $0.kind == kind }
            }
            if !sections.isEmpty { parts.append("\(words) \(MarkdownBudget.names(of: sections))") }
        }
        let bare = shown.filter { section in
            !section.hasCaptions && section.blocks.contains { !$0.isLeftOut && $0.text != $0.bare }
        }
        if !bare.isEmpty { parts.append("the captions of \(MarkdownBudget.names(of: bare))") }
        if !gone.isEmpty {
            parts.append("the section\(gone.count == 1 ? "" : "s") \(MarkdownBudget.names(of: gone))")
        }
        if page.subtitle.isEmpty, !whole.subtitle.isEmpty { parts.append("the line below the title") }
        let banners = whole.banners.count - page.banners.count
        if banners > 0 { parts.append("\(Format.count(banners, "warning")) above the figures") }
        let closing = MarkdownRenderer.line([.code(command), .text(" writes all of it.")])
        return "For want of room this leaves out \(parts.joined(separator: "; ")): \(closing)"
    }

    private static func names(of sections: [MarkdownPage.Section]) -> String {
        Format.enumeration(sections.map { "'\(Escape.markdown($0.title.isEmpty ? $0.id : $0.title))'" })
    }
}
