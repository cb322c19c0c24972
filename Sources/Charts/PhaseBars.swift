/// The parts of a whole, one after the other, for each row, all on one linear scale from zero. A part begins where the
/// one before it ends, and each kind lies a step lower than the kinds before it: it can be told without its colour.
///
/// Where rows are far apart, all stand once more below, on a scale that the short ones fill.
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
        /// What stands below the parts and belongs to none of them; may be empty.
        package var note: String

        package init(name: String, caveats: [String] = [], value: String, parts: [Part], note: String = "") {
            self.name = name
            self.caveats = caveats
            self.value = value
            self.parts = parts
            self.note = note
        }

        var total: Double { parts.reduce(0) { $0 + $1.size } }
    }

    /// A row below this share of the longest is short.
    private static let shareOfShort = 0.2

    private let id: String
    private let title: String
    private let description: String
    private let unit: Unit
    private let kinds: [Kind]
    private let rows: [Row]
    /// The positions of the kinds that occur, each a step lower than the one before.
    private let lanes: [Int]
    private let scale: Scale
    /// From zero to a round value that no short row exceeds; nil where none is short.
    let zoom: Scale?

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
        guard let longest = shown.map(\.total).max() else { return nil }
        let short = shown.map(\.total).filter { $0 < longest * Self.shareOfShort }
        self.id = id
        self.title = title
        self.description = description
        self.unit = unit
        self.kinds = kinds
        self.rows = shown
        lanes = kinds.indices.filter { kind in shown.contains { $0.parts.contains { $0.kind == kind } } }
        scale = Scale(.linear, from: 0, to: longest, unit: unit)
        zoom = short.max().map { Scale(.linear, from: 0, to: Self.roundEnd(of: $0, unit), unit: unit) }
    }

    /// The least round value of an axis from zero on which a size lies.
    private static func roundEnd(of size: Double, _ unit: Unit) -> Double {
        let ticks = Scale(.linear, from: 0, to: size, unit: unit).ticks(atMost: 6)
        guard ticks.count > 1 else { return size }
        let step = ticks[1].value - ticks[0].value
        return max((size / step).rounded(.up) * step, size)
    }

    /// Where the zoom ends, as it stands at its axis; nil where there is none.
    package var zoomEnd: String? { zoom.map { unit.label($0.upper) } }

    package var legend: [LegendEntry] {
        let parts = lanes.map { LegendEntry(style: "phase \(kinds[$0].style)", label: kinds[$0].label) }
        guard let zoomEnd else { return parts }
        return parts + [LegendEntry(style: "zoom", label: "the first \(zoomEnd), shown again below")]
    }

    private static let barHeight = 12.0
    /// How much lower a kind lies than the one before.
    private static let step = 5.0
    private static let noteHeight = 15.0

    /// What stands above and below the bars of a row.
    private struct Frame {
        var heading: RowHeading
        var notes: [String]
    }

    package var svg: String {
        var canvas = Canvas(id: id, title: title, description: description + zoomWords)
        let frames = rows.map { row in
            Frame(
                heading: RowHeading(name: row.name, caveats: row.caveats, value: row.value),
                notes: Lettering.lines(row.note, size: Canvas.tickSize, width: Lettering.narrowWidth))
        }
        let bottom = height(of: frames)
        if let zoom, let zoomEnd {
            canvas.bar(
                from: 0, to: scale.share(of: zoom.upper), y: 0, height: bottom, style: "zoom",
                tip: "the first \(zoomEnd), shown again below")
        }
        draw(frames, in: &canvas, on: scale, top: 0, bottom: bottom)
        guard let zoom, let zoomEnd else { return canvas.svg(height: Int(bottom) + 22) }
        // Below the figures of the axis, and so far apart that nobody takes one axis for the other's.
        let top = bottom + 30
        canvas.horizontal(y: top, style: "grid")
        canvas.text("Zoom: the first \(zoomEnd)", x: 0, y: top + 18, style: "value")
        let larger = rows.map { row in
            let value = row.total > zoom.upper ? "\(row.value) (cut)" : row.value
            return Frame(heading: RowHeading(name: row.name, caveats: row.caveats, value: value), notes: [])
        }
        let end = top + 26 + height(of: larger)
        draw(larger, in: &canvas, on: zoom, top: top + 26, bottom: end)
        return canvas.svg(height: Int(end) + 22)
    }

    /// What the zoom adds to the words of the drawing.
    private var zoomWords: String {
        guard let zoom, let zoomEnd else { return "" }
        let cut = rows.filter { $0.total > zoom.upper }.map(\.name)
        return " Zoom: the first \(zoomEnd); cut there: \(cut.joined(separator: ", "))."
    }

    private var barsHeight: Double { Self.barHeight + Double(lanes.count - 1) * Self.step }

    private func height(of frames: [Frame]) -> Double { frames.reduce(0) { $0 + height(of: $1) } }

    private func height(of frame: Frame) -> Double {
        frame.heading.height + 2 + barsHeight + Double(frame.notes.count) * Self.noteHeight + 10
    }

    private func draw(_ frames: [Frame], in canvas: inout Canvas, on scale: Scale, top: Double, bottom: Double) {
        canvas.bottomAxis(scale, top: top, bottom: bottom)
        var top = top
        for (row, frame) in zip(rows, frames) {
            frame.heading.draw(in: &canvas, top: top)
            let bars = top + frame.heading.height + 2
            draw(row, in: &canvas, on: scale, top: bars)
            for (line, note) in frame.notes.enumerated() {
                let baseline = bars + barsHeight + Double(line + 1) * Self.noteHeight - 2
                canvas.text(note, x: 0, y: baseline, style: "axis")
            }
            top += height(of: frame)
        }
    }

    /// The bars of a row, cut where the scale ends.
    private func draw(_ row: Row, in canvas: inout Canvas, on scale: Scale, top: Double) {
        var passed = 0.0
        var y = top
        for part in row.parts where passed < scale.upper {
            let end = passed + part.size
            y = top + Double(lanes.firstIndex(of: part.kind) ?? 0) * Self.step
            canvas.bar(
                from: scale.share(of: passed), to: scale.share(of: end), y: y, height: Self.barHeight,
                style: "phase \(kinds[part.kind].style)",
                tip: end > scale.upper ? "\(part.tip), cut at \(unit.label(scale.upper))" : part.tip)
            passed = end
        }
        guard row.total > scale.upper else { return }
        canvas.arrow(
            x: 1, y: y + Self.barHeight / 2, style: "cut",
            tip: "cut at \(unit.label(scale.upper))")
    }
}
