/// What a terminal shows of a document: the answer, what must be known before it is believed, and the figures.
package enum TerminalSummary {
    /// - Parameters:
    ///   - width: how many characters fit in a line; taken as at least 40.
    ///   - color: whether ANSI sequences may be used.
    static func render(_ document: Document, width: Int, color: Bool) -> String {
        let width = max(40, width)
        var parts = (document.answersOnTerminal ?? document.answers).map { wrap($0.plain, width: width) }
        parts += document.banners.map { banner in
            let lines = wrap("\(banner.kind.title) \(banner.text)", width: width)
            return color ? "\u{1B}[33m\(lines)\u{1B}[0m" : lines
        }
        for summary in document.sections.compactMap(\.summary) {
            var part = ""
            if !summary.heading.isEmpty {
                let heading = Escape.terminal(summary.heading)
                part += (color ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading) + "\n"
            }
            if let table = summary.table { part += TerminalTable(table).render(width: width, color: color) }
            if !summary.lines.isEmpty, summary.heading.isEmpty, !part.isEmpty { part += "\n" }
            part += summary.lines.map { wrap($0, width: width) }.joined()
            if !part.isEmpty { parts.append(part) }
        }
        if !document.closing.isEmpty { parts.append(wrap(document.closing, width: width)) }
        return parts.joined(separator: "\n")
    }

    /// A line with everything shown that a terminal would obey.
    package static func harmless(_ line: String) -> String { Escape.terminal(line) }

    /// Words broken into lines at spaces; a word longer than a line stands on one of its own. Made harmless here.
    package static func wrap(_ text: String, width: Int) -> String {
        var out = ""
        var line = ""
        for word in Escape.terminal(text).split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                out += line + "\n"
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? out : out + line + "\n"
    }
}
