/// Series of points, each joined by a line.
package struct CurveChart: Sendable {
    package struct Point: Sendable {
        package var x: Double
        package var y: Double
        /// Between what the value lies; drawn as an area.
        package var band: ClosedRange<Double>?
        /// In words.
        package var tip: String

        package init(x: Double, y: Double, band: ClosedRange<Double>? = nil, tip: String = "") {
            self.x = x
            self.y = y
            self.band = band
            self.tip = tip
        }
    }

    package struct Series: Sendable {
        package var name: String
        /// The words that stand beside the figures.
        package var caveats: [String]
        /// What is to be said of its end; may be empty.
        package var ending: String
        /// In the order in which they are joined.
        package var points: [Point]
        /// What is drawn as a line through them, with its band; where it is empty the points themselves are joined.
        package var fit: [Point]
        /// Where on the axis along the bottom its end was expected; nil where nothing was.
        package var expected: Expectation?
        /// Whether the points themselves are joined, which no point that cannot be shown changes.
        fileprivate let joinsPoints: Bool

        package init(
            name: String, caveats: [String] = [], ending: String = "", points: [Point], fit: [Point] = [],
            expected: Expectation? = nil
        ) {
            self.name = name
            self.caveats = caveats
            self.ending = ending
            self.points = points
            self.fit = fit
            self.expected = expected
            joinsPoints = fit.isEmpty
        }

        /// What its line goes through.
        fileprivate var line: [Point] { joinsPoints ? points : fit }
    }

    package struct Expectation: Sendable {
        package var x: Double
        /// In words.
        package var label: String

        package init(x: Double, label: String) {
            self.x = x
            self.label = label
        }
    }

    package struct Axis: Sendable {
        package var title: String
        package var unit: Unit
        package var kind: Scale.Kind

        package init(_ title: String, unit: Unit, kind: Scale.Kind = .linear) {
            self.title = title
            self.unit = unit
            self.kind = kind
        }
    }

    /// The most points of a series that are joined and have a mark each; beyond them the line says it all.
    package static let mostMarks = 40

    private let id: String
    private let title: String
    private let description: String
    private let xAxis: Axis
    private let yAxis: Axis
    private let series: [Series]
    private let xScale: Scale
    private let yScale: Scale

    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: the drawing's name.
    ///   - description: the same figures in words for those who do not see it.
    ///   - series: points that cannot be shown on the scales are left out.
    /// - Returns: nil where there is nothing to draw.
    package init?(id: String, title: String, description: String, x: Axis, y: Axis, series: [Series]) {
        let shown = series.map { one in
            var copy = one
            copy.points = one.points.filter { Self.isShown($0.x, on: x) && Self.isShown($0.y, on: y) }
            copy.fit = one.fit.filter { Self.isShown($0.x, on: x) && Self.isShown($0.y, on: y) }
            copy.expected = one.expected.flatMap { !copy.points.isEmpty && Self.isShown($0.x, on: x) ? $0 : nil }
            return copy
        }
        let points = shown.flatMap { $0.points + $0.fit }
        let ends = points.compactMap(\.band).flatMap { [$0.lowerBound, $0.upperBound] }
        guard shown.contains(where: { !$0.points.isEmpty }),
            let xScale = Scale(covering: points.map(\.x) + shown.compactMap(\.expected?.x), kind: x.kind, unit: x.unit),
            let yScale = Scale(covering: points.map(\.y) + ends, kind: y.kind, unit: y.unit)
        else { return nil }
        self.id = id
        self.title = title
        self.description = description
        xAxis = x
        yAxis = y
        self.series = shown
        self.xScale = xScale
        self.yScale = yScale
    }

    private static func isShown(_ value: Double, on axis: Axis) -> Bool {
        value.isFinite && (axis.kind == .linear || value > 0)
    }

    /// A series keeps its style whether or not those before it have points.
    package var legend: [LegendEntry] {
        series.enumerated().filter { !$0.element.points.isEmpty }.map { index, one in
            LegendEntry(
                style: "series \(MarkShape.style(series: index))",
                label: one.name + one.caveats.inParentheses
                    + (one.ending.isEmpty ? "" : ": \(one.ending)"))
        }
            + series.enumerated().compactMap { index, one in
                one.expected.map {
                    LegendEntry(style: "expected \(MarkShape.style(series: index))", label: $0.label)
                }
            }
    }

    private static let top = 26.0
    private static let bottom = 276.0

    package var svg: String {
        let ticks = yScale.ticks(atMost: 6)
        let letters = ticks.map { Lettering.width($0.label, size: Canvas.tickSize) }.max() ?? 0
        let gutter = Int(letters.rounded(.up)) + 12
        var canvas = Canvas(id: id, title: title, description: description, gutter: gutter)
        canvas.gutterText(yAxis.title, distance: gutter, y: 12, anchor: .start, style: "axis")
        canvas.leftAxis(yScale, ticks: ticks, top: Self.top, bottom: Self.bottom)
        canvas.bottomAxis(xScale, top: Self.top, bottom: Self.bottom)
        canvas.text(xAxis.title, x: 1, y: Self.bottom + 33, anchor: .end, style: "axis")
        let areas = series.enumerated().map { (data: band(of: $1), style: "area \(MarkShape.style(series: $0))") }
        let lines = series.enumerated().map { index, one in
            let path = one.line.count > 1 ? PathData.through(one.line.map { (x($0.x), y($0.y)) }).text : ""
            return (data: path, style: "curve \(MarkShape.style(series: index))")
        }
        canvas.layer(y: Self.top, height: Self.bottom - Self.top, paths: areas + lines)
        for (index, one) in series.enumerated() {
            guard let expected = one.expected else { continue }
            canvas.vertical(
                x: x(expected.x), from: Self.top, to: Self.bottom, style: "expected \(MarkShape.style(series: index))")
        }
        for (index, one) in series.enumerated() where !one.joinsPoints || one.points.count <= Self.mostMarks {
            let shape = MarkShape(series: index)
            for point in one.points {
                canvas.mark(
                    shape, x: x(point.x), y: Self.top + y(point.y), style: "series \(MarkShape.style(series: index))",
                    tip: point.tip)
            }
        }
        return canvas.svg(height: Int(Self.bottom) + 40)
    }

    private func x(_ value: Double) -> Double { xScale.share(of: value) }

    /// Downwards from the upper end of the plot, in CSS pixels.
    private func y(_ value: Double) -> Double { (Self.bottom - Self.top) * (1 - yScale.share(of: value)) }

    private func band(of series: Series) -> String {
        let banded = series.line.compactMap { point in point.band.map { (x: x(point.x), range: $0) } }
        guard banded.count > 1 else { return "" }
        var path = PathData.through(
            banded.map { ($0.x, y($0.range.upperBound)) } + banded.reversed().map { ($0.x, y($0.range.lowerBound)) })
        path.close()
        return path.text
    }
}
