/// Values with their intervals on one scale, in rows: a mark for each of several series, and a line at what they are compared with.
package struct IntervalChart: Sendable {
    package struct Series: Sendable {
        package var name: String
        /// The words that stand beside the figures.
        package var caveats: [String]

        package init(name: String, caveats: [String] = []) {
            self.name = name
            self.caveats = caveats
        }
    }

    package struct Point: Sendable {
        /// The position of its ``Series``.
        package var series: Int
        package var value: Double
        package var interval: ClosedRange<Double>?
        /// In words.
        package var tip: String

        package init(series: Int, value: Double, interval: ClosedRange<Double>? = nil, tip: String = "") {
            self.series = series
            self.value = value
            self.interval = interval
            self.tip = tip
        }
    }

    package struct Row: Sendable {
        package var name: String
        /// The words that stand beside the figures of the row.
        package var caveats: [String]
        /// What stands at the right of the name.
        package var value: String
        /// Each on a line of its own; none where there is no figure.
        package var points: [Point]

        package init(name: String, caveats: [String] = [], value: String = "", points: [Point]) {
            self.name = name
            self.caveats = caveats
            self.value = value
            self.points = points
        }
    }

    private let id: String
    private let title: String
    private let description: String
    private let series: [Series]
    private let rows: [Row]
    private let reference: Double?
    private let hasAxis: Bool
    /// Logarithmic where the values are far apart.
    package let scale: Scale

    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: the drawing's name.
    ///   - description: the same figures in words for those who do not see it.
    ///   - reference: where a line stands over all rows; nil for none.
    ///   - series: in the order of the legend.
    ///   - rows: values that cannot be shown on the scale are left out.
    ///   - hasAxis: whether the scale is drawn; small pictures go without.
    /// - Returns: nil where there is nothing to draw.
    package init?(
        id: String, title: String, description: String, unit: Unit, reference: Double? = nil, series: [Series],
        rows: [Row], hasAxis: Bool = true
    ) {
        let shown = rows.map { row in
            var copy = row
            copy.points = row.points.filter { $0.value.isFinite && series.indices.contains($0.series) }
            return copy
        }
        let values = shown.flatMap { $0.points.map(\.value) }
        // Ratios are as far from one another as their logarithms.
        let kind: Scale.Kind =
            unit == .ratio && values.allSatisfy { $0 > 0 } ? .logarithmic : Scale.kind(for: values)
        let ends = shown.flatMap(\.points).compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }
        guard !values.isEmpty,
            let scale = Scale(
                covering: values + ends.filter(\.isFinite) + [reference].compactMap { $0 }, kind: kind, unit: unit)
        else { return nil }
        self.id = id
        self.title = title
        self.description = description
        self.series = series
        self.rows = shown
        self.reference = reference
        self.scale = scale
        self.hasAxis = hasAxis
    }

    /// A series keeps its style whether or not those before it have points.
    package var legend: [LegendEntry] {
        series.enumerated().filter { index, _ in
            rows.contains { $0.points.contains { $0.series == index } }
        }.map { index, one in
            LegendEntry(
                style: "series \(MarkShape.style(series: index))",
                label: one.name + one.caveats.inParentheses)
        }
    }

    private static let lineHeight = 14.0
    private static let gap = 8.0

    package var svg: String {
        var canvas = Canvas(id: id, title: title, description: description)
        let headings = rows.map { RowHeading(name: $0.name, caveats: $0.caveats, value: $0.value) }
        let bottom = zip(rows, headings).reduce(0) { sum, one in
            sum + one.1.height + Double(one.0.points.count) * Self.lineHeight + Self.gap
        }
        if hasAxis { canvas.bottomAxis(scale, top: 0, bottom: bottom) }
        if let reference { canvas.vertical(x: scale.share(of: reference), from: 0, to: bottom, style: "reference") }
        var top = 0.0
        for (row, heading) in zip(rows, headings) {
            heading.draw(in: &canvas, top: top)
            top += heading.height
            for point in row.points {
                draw(point, in: &canvas, middle: top + Self.lineHeight / 2)
                top += Self.lineHeight
            }
            top += Self.gap
        }
        return canvas.svg(height: Int(bottom) + (hasAxis ? 22 : 0))
    }

    private func draw(_ point: Point, in canvas: inout Canvas, middle: Double) {
        let style = MarkShape.style(series: point.series)
        if !hasAxis { canvas.horizontal(y: middle, style: "grid") }
        if let interval = point.interval {
            canvas.bar(
                from: scale.share(of: interval.lowerBound), to: scale.share(of: interval.upperBound), y: middle - 2,
                height: 4, style: "whisker \(style)", tip: point.tip)
        }
        canvas.mark(
            MarkShape(series: point.series), x: scale.share(of: point.value), y: middle, style: "series \(style)",
            tip: point.tip)
    }
}
