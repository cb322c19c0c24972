/// Every sample as a dot, a strip for each row, with the median and its interval. From top to bottom samples stand in their
/// order.
///
/// A row of many samples draws them as a cloud instead: dots that fall on one place are drawn once, the stronger the more
/// they are, so that its size does not grow with their number.
package struct StripChart: Sendable {
    package struct Sample: Sendable {
        package var value: Double
        package var isValid: Bool
        /// What is shown to whoever points at it; never in a cloud.
        package var tip: String

        package init(value: Double, isValid: Bool = true, tip: String = "") {
            self.value = value
            self.isValid = isValid
            self.tip = tip
        }
    }

    package struct Interval: Sendable {
        package var range: ClosedRange<Double>
        /// In words.
        package var tip: String

        package init(_ range: ClosedRange<Double>, tip: String) {
            self.range = range
            self.tip = tip
        }
    }

    package struct Row: Sendable {
        package var name: String
        /// The words that stand beside the figure.
        package var caveats: [String]
        /// The figure, as it is written.
        package var value: String
        package var samples: [Sample]
        package var median: Double
        package var interval: Interval?
        /// Why the dots are hollow, in a word; nil where they are not.
        package var hollow: String?

        package init(
            name: String, caveats: [String] = [], value: String, samples: [Sample], median: Double,
            interval: Interval? = nil, hollow: String? = nil
        ) {
            self.name = name
            self.caveats = caveats
            self.value = value
            self.samples = samples
            self.median = median
            self.interval = interval
            self.hollow = hollow
        }

        /// Whether each sample is an element of its own.
        var isDotted: Bool { samples.count <= StripChart.mostDots }
    }

    /// With what all rows are compared.
    package struct Reference: Sendable {
        package var value: Double
        /// In words, with the figure.
        package var label: String

        package init(value: Double, label: String) {
            self.value = value
            self.label = label
        }
    }

    /// The most samples of a row that are drawn one by one.
    package static let mostDots = 300

    private let id: String
    private let title: String
    private let description: String
    private let rows: [Row]
    private let references: [Reference]
    /// The scale of all rows: logarithmic where the medians are far apart.
    package let scale: Scale

    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: the drawing's name.
    ///   - description: the same figures in words for those who do not see it.
    ///   - references: a dashed line over all rows for each; the dashes tell the first from the others.
    /// - Returns: nil where there is nothing to draw.
    package init?(
        id: String, title: String, description: String, unit: Unit, references: [Reference] = [], rows: [Row]
    ) {
        let samples = rows.flatMap { $0.samples.map(\.value) }
        let lines = references.filter(\.value.isFinite)
        let values = samples + lines.map(\.value)
        let isPositive = !values.contains { $0 <= 0 }
        let kind = isPositive ? Scale.kind(for: rows.map(\.median)) : .linear
        guard !samples.isEmpty, let scale = Scale(covering: values, kind: kind, unit: unit) else { return nil }
        self.id = id
        self.title = title
        self.description = description
        self.rows = rows
        self.references = lines
        self.scale = scale
    }

    package var legend: [LegendEntry] {
        var entries: [LegendEntry] = []
        if rows.contains(where: { $0.hollow == nil }) { entries.append(.init(style: "dot", label: "a sample")) }
        for word in rows.compactMap(\.hollow) {
            let entry = LegendEntry(style: "dot hollow", label: "a sample, \(word)")
            if !entries.contains(entry) { entries.append(entry) }
        }
        if rows.contains(where: { $0.samples.contains { !$0.isValid } }) {
            entries.append(.init(style: "dot bad", label: "an invalid sample"))
        }
        if rows.contains(where: { !$0.isDotted }) {
            entries.append(.init(style: "shades", label: "one to many samples on one place"))
        }
        entries.append(.init(style: "median", label: "the median, with its 95 % interval"))
        return entries
            + references.enumerated().map { LegendEntry(style: Self.style(reference: $0), label: $1.label) }
    }

    private static func style(reference: Int) -> String { reference == 0 ? "reference" : "reference f1" }

    private static let stripHeight = 34.0

    package var svg: String {
        var canvas = Canvas(id: id, title: title, description: description)
        let headings = rows.map { RowHeading(name: $0.name, caveats: $0.caveats, value: $0.value) }
        let bottom = headings.reduce(0) { $0 + $1.height + Self.stripHeight + 14 }
        canvas.bottomAxis(scale, top: 0, bottom: bottom)
        for (index, one) in references.enumerated() {
            canvas.vertical(x: scale.share(of: one.value), from: 0, to: bottom, style: Self.style(reference: index))
        }
        var top = 0.0
        for (row, heading) in zip(rows, headings) {
            heading.draw(in: &canvas, top: top)
            top += heading.height + 3
            draw(row, in: &canvas, top: top)
            top += Self.stripHeight + 11
        }
        return canvas.svg(height: Int(bottom) + 22)
    }

    private func draw(_ row: Row, in canvas: inout Canvas, top: Double) {
        if let interval = row.interval {
            canvas.bar(
                from: scale.share(of: interval.range.lowerBound), to: scale.share(of: interval.range.upperBound),
                y: top,
                height: Self.stripHeight, style: "interval", tip: interval.tip)
        }
        if row.isDotted {
            let room = Self.stripHeight - 6
            let step = row.samples.count > 1 ? room / Double(row.samples.count - 1) : 0
            // The invalid ones last: among many dots they must be seen.
            let dots = row.samples.enumerated().filter { $0.element.value.isFinite }
            for (index, sample) in dots.filter({ $0.element.isValid }) + dots.filter({ !$0.element.isValid }) {
                canvas.dot(
                    x: scale.share(of: sample.value), y: top + 3 + Double(index) * step,
                    style: !sample.isValid ? "dot bad" : row.hollow == nil ? "dot" : "dot hollow", tip: sample.tip)
            }
        } else {
            let cloud = SampleCloud(row.samples, on: scale)
            canvas.layer(
                y: top + 2, height: Self.stripHeight - 4, columns: SampleCloud.columns, rows: SampleCloud.rows - 1,
                paths: cloud.paths(isHollow: row.hollow != nil))
        }
        canvas.vertical(
            x: scale.share(of: row.median), from: top - 2, to: top + Self.stripHeight + 2, style: "median")
    }
}
