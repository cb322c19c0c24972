import Charts

/// The small picture beside an answer: one figure for each platform, on one scale.
struct CardPicture: Sendable, Equatable {
    /// A platform's figure.
    struct Row {
        var platform: String
        var caveats: [String]
        var value: Double
        var interval: ClosedRange<Double>?
        /// The figure as it is written, with its interval.
        var text: String

        /// The platform with its caveats.
        fileprivate var name: String { platform + caveats.inParentheses }
    }

    /// Every text in it is escaped already.
    var svg: String
    /// What its scale is, and its bars.
    var caption: String

    /// nil where there are not two figures that could be compared.
    ///
    /// - Parameters:
    ///   - subject: what is drawn, such as `Startup of nginx, warm`; unique in the page.
    ///   - bar: what the bar of a row is.
    init?(_ subject: String, unit: Unit, bar: String = "95 % interval", rows: [Row]) {
        guard rows.count > 1 else { return nil }
        let chart = IntervalChart(
            id: "card-\(Format.identifier(subject))", title: subject,
            description: rows.map { "\($0.name): \($0.text)" }.joined(separator: "; ") + ".", unit: unit,
            series: [.init(name: subject)],
            rows: rows.map { row in
                IntervalChart.Row(
                    name: row.name, value: row.text,
                    points: [.init(series: 0, value: row.value, interval: row.interval, tip: row.text)])
            }, hasAxis: false)
        guard let chart else { return nil }
        svg = chart.svg
        caption = chart.scale.words + (rows.contains { $0.interval != nil } ? "; bar: \(bar)." : ".")
    }
}

extension Scale {
    /// How it is read, without a full stop.
    var words: String {
        switch kind {
        case .logarithmic: "Logarithmic scale: equal distances are equal ratios"
        case .linear: "Linear scale from zero"
        }
    }
}
