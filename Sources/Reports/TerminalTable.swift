/// A table for a terminal that gives up its least important columns where the width does not suffice.
public struct TerminalTable: Sendable {
    /// A column.
    public struct Column: Sendable {
        /// Its heading.
        public var title: String
        /// Whether its cells are aligned at their end.
        public var numeric: Bool
        /// 0 is never given up; of the others the highest goes first.
        public var rank: Int

        /// Makes a column.
        public init(_ title: String, numeric: Bool = false, rank: Int = 0) {
            self.title = title
            self.numeric = numeric
            self.rank = rank
        }
    }

    /// The columns.
    public var columns: [Column]
    /// The cells, raw: they are made harmless when they are written.
    public var rows: [[String]]

    /// Makes a table.
    public init(columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }

    /// Writes the table. What was given up is said beneath it; nothing is cut short in silence.
    ///
    /// - Parameters:
    ///   - width: how many characters fit in a line.
    ///   - color: whether the heading may be set off with ANSI sequences.
    public func render(width: Int, color: Bool) -> String {
        let cells = rows.map { row in
            columns.indices.map { row.indices.contains($0) ? Escape.terminal(row[$0]) : "" }
        }
        let titles = columns.map { Escape.terminal($0.title) }
        let widths = columns.indices.map { index in
            cells.reduce(titles[index].count) { max($0, $1[index].count) }
        }
        var kept = Array(columns.indices)
        func total() -> Int { kept.reduce(0) { $0 + widths[$1] } + 2 * max(0, kept.count - 1) }
        while total() > width, let worst = kept.filter({ columns[$0].rank > 0 }).max(by: { lessImportant($1, $0) }) {
            kept.removeAll { $0 == worst }
        }
        func line(_ row: [String]) -> String {
            let padded = kept.map { index in pad(row[index], to: widths[index], numeric: columns[index].numeric) }
            return TerminalTable.trimmed(padded.joined(separator: "  "))
        }
        let heading = line(titles)
        var out = (color ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading) + "\n"
        for row in cells { out += line(row) + "\n" }
        let dropped = columns.indices.filter { !kept.contains($0) }.map { titles[$0] }
        if !dropped.isEmpty {
            out += TerminalSummary.wrap(
                "(not shown in \(width) columns: \(dropped.joined(separator: ", ")))", width: max(40, width))
        }
        return out
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
