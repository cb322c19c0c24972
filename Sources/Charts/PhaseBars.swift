/// The parts of a whole, one after the other: a bar for each row.
package struct PhaseBars: Sendable {
    /// A kind of part.
    package struct Kind: Sendable {
        /// The class of the style sheet.
        package var style: String
        /// What it is, for the legend.
        package var label: String

        package init(style: String, label: String) {
            self.style = style
            self.label = label
        }
    }

    package struct Part: Sendable {
        /// The position of its ``Kind``.
        package var kind: Int
        package var size: Double
        /// In words.
        package var tip: String

        package init(kind: Int, size: Double, tip: String) {
            self.kind = kind
            self.size = size
            self.tip = tip
        }
    }

    package struct Row: Sendable {
        package var name: String
        /// The words that stand beside the figure.
        package var caveats: [String]
        /// The figure of the whole, as it is written.
        package var value: String
        package var parts: [Part]

        package init(name: String, caveats: [String] = [], value: String, parts: [Part]) {
            self.name = name
            self.caveats = caveats
            self.value = value
            self.parts = parts
        }

        var total: Double { parts.reduce(0) { $0 + $1.size } }
    }

    private let id: String
    private let title: String
    private let description: String
    private let unit: Unit
    private let kinds: [Kind]
    private let rows: [Row]
    /// Whether each bar fills the width, because the rows are too far apart for one scale.
    package let isEachOnItsOwnScale: Bool

    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: the drawing's name.
    ///   - description: the same figures in words for those who do not see it.
    ///   - kinds: in the order of the legend.
    ///   - rows: those whose parts come to nothing are left out.
    /// - Returns: nil where there is nothing to draw.
    package init?(id: String, title: String, description: String, unit: Unit, kinds: [Kind], rows: [Row]) {
        let shown = rows.map { row in
            var copy = row
            copy.parts = row.parts.filter { $0.size.isFinite && $0.size > 0 && kinds.indices.contains($0.kind) }
            return copy
        }.filter { $0.total > 0 }
        guard !shown.isEmpty else { return nil }
        self.id = id
        self.title = title
        self.description = description
        self.unit = unit
        self.kinds = kinds
        self.rows = shown
        isEachOnItsOwnScale = Scale.kind(for: shown.map(\.total)) == .logarithmic
    }

    package var legend: [LegendEntry] {
        kinds.enumerated().filter { kind in
            rows.contains { $0.parts.contains { $0.kind == kind.offset } }
        }.map { LegendEntry(style: "phase \($0.element.style)", label: $0.element.label) }
    }

    private static let barHeight = 16.0

    package var svg: String {
        var canvas = Canvas(id: id, title: title, description: description)
        let longest = rows.map(\.total).max() ?? 1
        let headings = rows.map { RowHeading(name: $0.name, caveats: $0.caveats, value: $0.value) }
        let bottom = headings.reduce(0) { $0 + $1.height + Self.barHeight + 12 }
        if !isEachOnItsOwnScale {
            canvas.bottomAxis(Scale(.linear, from: 0, to: longest, unit: unit), top: 0, bottom: bottom)
        }
        var top = 0.0
        for (row, heading) in zip(rows, headings) {
            heading.draw(in: &canvas, top: top)
            top += heading.height + 2
            let whole = isEachOnItsOwnScale ? row.total : longest
            var passed = 0.0
            for part in row.parts {
                canvas.bar(
                    from: passed / whole, to: (passed + part.size) / whole, y: top, height: Self.barHeight,
                    style: "phase \(kinds[part.kind].style)", tip: part.tip)
                passed += part.size
            }
            top += Self.barHeight + 10
        }
        return canvas.svg(height: Int(bottom) + (isEachOnItsOwnScale ? 0 : 22))
    }
}
