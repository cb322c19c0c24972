/// A figure over runs, the oldest at the left and all at the same distance, with the places where it changed.
package struct SeriesChart: Sendable {
    package struct Point: Sendable {
        package var value: Double
        /// When it was measured, as short as it stands at an axis; may be empty.
        package var moment: String
        /// In words.
        package var tip: String

        package init(value: Double, moment: String = "", tip: String = "") {
            self.value = value
            self.moment = moment
            self.tip = tip
        }
    }

    /// From one of the points on the series lies elsewhere.
    package struct Step: Sendable {
        /// The position of the first point after it.
        package var index: Int
        /// The change as it is written at its line.
        package var label: String
        package var isWorse: Bool

        package init(index: Int, label: String, isWorse: Bool) {
            self.index = index
            self.label = label
            self.isWorse = isWorse
        }
    }

    /// The most points that have a mark each; beyond them the line says it all.
    package static let mostMarks = 40

    private let id: String
    private let title: String
    private let description: String
    private let points: [Point]
    private let steps: [Step]
    /// Where the series lies before the first step, and after each.
    private let levels: [Double]
    /// It begins at zero only where that does not hide what happens.
    package let scale: Scale

    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: the drawing's name.
    ///   - description: the same figures in words for those who do not see it.
    ///   - points: the oldest first; those without a finite value keep their place and are not drawn.
    ///   - steps: in the order of the points; those that are not between two points are left out.
    ///   - levels: of the points between neighbouring steps, one more than there are steps; none are drawn where it is another number.
    /// - Returns: nil where there is nothing to draw.
    package init?(
        id: String, title: String, description: String, unit: Unit, points: [Point], steps: [Step] = [],
        levels: [Double] = []
    ) {
        guard let scale = Self.scale(of: points.map(\.value), unit) else { return nil }
        self.id = id
        self.title = title
        self.description = description
        self.points = points
        self.steps = steps.filter { $0.index > 0 && $0.index < points.count }
        self.levels = self.steps.count == steps.count && levels.count == steps.count + 1 ? levels : []
        self.scale = scale
    }

    /// Around the values, and so wide that a few percent do not fill it.
    private static func scale(of values: [Double], _ unit: Unit) -> Scale? {
        let finite = values.filter(\.isFinite)
        guard let least = finite.min(), let most = finite.max() else { return nil }
        if Scale.kind(for: finite) == .logarithmic { return Scale(covering: finite, kind: .logarithmic, unit: unit) }
        let middle = least + (most - least) / 2
        let half = max((most - least) * 0.55, abs(middle) * 0.1)
        let lower = middle - half
        return Scale(.linear, from: least >= 0 ? max(0, lower) : lower, to: middle + half, unit: unit)
    }

    package var legend: [LegendEntry] {
        var entries = [LegendEntry(style: "series s0", label: "a run")]
        if !steps.isEmpty { entries.append(LegendEntry(style: "median", label: "a change point")) }
        if !levels.isEmpty {
            entries.append(LegendEntry(style: "series s1", label: "the median between change points"))
        }
        return entries
    }

    private static let height = 96.0
    private static let lineHeight = 14.0

    package var svg: String {
        let ticks = scale.ticks(atMost: 4)
        let letters = ticks.map { Lettering.width($0.label, size: Canvas.tickSize) }.max() ?? 0
        let gutter = Int(letters.rounded(.up)) + 12
        var canvas = Canvas(id: id, title: title, description: description, gutter: gutter)
        let labels = placed()
        let lines = Double((labels.map(\.line).max() ?? -1) + 1)
        let top = 6 + lines * Self.lineHeight
        let bottom = top + Self.height
        canvas.leftAxis(scale, ticks: ticks, top: top, bottom: bottom)
        canvas.layer(y: top, height: Self.height, paths: [(curve, "curve s0"), (levelLines, "curve s1")])
        for (step, label) in zip(steps, labels) {
            let baseline = 11 + Double(label.line) * Self.lineHeight
            canvas.vertical(x: edge(step.index), from: baseline + 4, to: bottom, style: "median")
            canvas.text(
                step.label, x: edge(step.index), y: baseline, anchor: label.anchor,
                style: step.isWorse ? "caveat" : "axis")
        }
        let marked = points.count <= Self.mostMarks ? Set(points.indices) : Set(steps.map(\.index))
        for (index, point) in points.enumerated() where marked.contains(index) && point.value.isFinite {
            canvas.mark(.circle, x: middle(index), y: top + y(point.value), style: "series s0", tip: point.tip)
        }
        canvas.text(points.first?.moment ?? "", x: 0, y: bottom + 17, style: "tick")
        if points.count > 1 {
            canvas.text(points.last?.moment ?? "", x: 1, y: bottom + 17, anchor: .end, style: "tick")
        }
        return canvas.svg(height: Int(bottom) + 24)
    }

    /// Where a point stands, from 0 to 1.
    private func middle(_ index: Int) -> Double { (Double(index) + 0.5) / Double(points.count) }

    /// Between a point and the one before it.
    private func edge(_ index: Int) -> Double { Double(index) / Double(points.count) }

    /// Downwards from the upper end of the plot, in CSS pixels.
    private func y(_ value: Double) -> Double { Self.height * (1 - scale.share(of: value)) }

    private var curve: String {
        let shown = points.enumerated().filter { $0.element.value.isFinite }
        guard shown.count > 1 else { return "" }
        return PathData.through(shown.map { (middle($0.offset), y($0.element.value)) }).text
    }

    private var levelLines: String {
        let bounds = [0] + steps.map(\.index) + [points.count]
        var path = PathData()
        for (number, level) in levels.enumerated() where level.isFinite {
            path.move(edge(bounds[number]), y(level))
            path.line(edge(bounds[number + 1]), y(level))
        }
        return path.text
    }

    /// The labels of the steps, each on the first line where it touches none that stands there in a narrow drawing.
    private func placed() -> [(line: Int, anchor: Canvas.Anchor)] {
        var ends: [Double] = []
        return steps.map { step in
            let width = Lettering.width(step.label, size: Canvas.tickSize)
            let x = edge(step.index) * Lettering.narrowWidth
            let anchor: Canvas.Anchor =
                x < width / 2 ? .start : Lettering.narrowWidth - x < width / 2 ? .end : .middle
            let left = anchor == .start ? x : anchor == .end ? x - width : x - width / 2
            let line = ends.firstIndex { $0 + 8 <= left } ?? ends.count
            if line == ends.count { ends.append(0) }
            ends[line] = left + width
            return (line, anchor)
        }
    }
}
