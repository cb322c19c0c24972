/// A table for a terminal that gives up its least important columns where the width does not suffice.
package struct TerminalTable: Sendable {
    package typealias Column = Table.Column

    package var columns: [Column]
    /// The cells, raw: they are made harmless when they are written.
    package var rows: [[String]]
    /// The same without asides.
    private var shortRows: [[String]]

    package init(columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
        shortRows = rows
    }

    init(_ table: Table) {
        columns = table.columns
        let table = table.withShortMarks
        rows = table.rows.map { $0.map(\.plain) }
        shortRows = table.rows.map { row in
            row.map { pieces in pieces.filter { if case .aside = $0 { false } else { true } }.plain }
        }
    }

    /// Writes the table. What was given up is said beneath it; nothing is cut short in silence.
    ///
    /// - Parameters:
    ///   - width: how many characters fit in a line.
    ///   - color: whether the heading may be set off with ANSI sequences.
    package func render(width: Int, color: Bool) -> String {
        let shown = shown(in: width)
        func line(_ part: (Shown) -> String) -> String {
            let padded = shown.map { one in pad(part(one), to: one.width, numeric: columns[one.index].numeric) }
            return TerminalTable.trimmed(padded.joined(separator: "  "))
        }
        let heading = line(\.title)
        var out = (color ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading) + "\n"
        for row in rows.indices { out += line { $0.cells[row] } + "\n" }
        let missing = columns.indices.compactMap { index -> String? in
            guard let one = shown.first(where: { $0.index == index }) else { return columns[index].fullTitle }
            return one.isFull ? nil : "\(columns[index].aside) of \(columns[index].title)"
        }
        if !missing.isEmpty {
            out += TerminalSummary.wrap(
                "(not shown in \(width) columns: \(missing.joined(separator: ", ")))", width: max(40, width))
        }
        return out
    }

    /// A column as it is written.
    private struct Shown {
        var index: Int
        /// Whether its asides are there.
        var isFull: Bool
        var title: String
        var cells: [String]
        var width: Int
    }

    private func column(_ index: Int, isFull: Bool) -> Shown {
        let title = Escape.terminal(isFull ? columns[index].fullTitle : columns[index].title)
        let cells = (isFull ? rows : shortRows).map { row in
            row.indices.contains(index) ? Escape.terminal(row[index]) : ""
        }
        return Shown(
            index: index, isFull: isFull, title: title, cells: cells,
            width: cells.reduce(title.count) { max($0, $1.count) })
    }

    /// What fits: the asides of the least important column are given up first, and columns once there are no asides left.
    private func shown(in width: Int) -> [Shown] {
        var shown = columns.indices.map { column($0, isFull: true) }
        func total() -> Int { shown.reduce(0) { $0 + $1.width } + 2 * max(0, shown.count - 1) }
        func worst(_ mayGo: (Shown) -> Bool) -> Int? {
            shown.indices.filter { mayGo(shown[$0]) }.max { lessImportant(shown[$1].index, shown[$0].index) }
        }
        while total() > width {
            if let place = worst({ $0.isFull && !columns[$0.index].aside.isEmpty }) {
                shown[place] = column(shown[place].index, isFull: false)
            } else if let place = worst({ columns[$0.index].rank > 0 }) {
                shown.remove(at: place)
            } else {
                break
            }
        }
        return shown
    }

    /// Whether the second of two columns goes before the first: the one of the higher rank, of equals the later.
    private func lessImportant(_ first: Int, _ second: Int) -> Bool {
        columns[first].rank == columns[second].rank ? first > second : columns[first].rank > columns[second].rank
    }

    private func pad(_ text: String, to width: Int, numeric: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return numeric ? space + text : text + space
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension Table {
    /// In what sides are unequal takes a sentence, which stands in the answers and on the page: a row of a terminal has room for
    /// the word.
    fileprivate var withShortMarks: Table {
        var copy = self
        copy.rows = rows.map { row in
            row.map { pieces in
                var short: [Inline] = []
                for piece in pieces {
                    guard case .mark(let text) = piece, text.hasPrefix("unequal: ") else {
                        short.append(piece)
                        continue
                    }
                    if short.contains(.mark("unequal")) {
                        // With the blank before it.
                        short.removeLast()
                    } else {
                        short.append(.mark("unequal"))
                    }
                }
                return short
            }
        }
        return copy
    }
}
