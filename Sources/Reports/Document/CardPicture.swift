import Charts

/// The small picture beside an answer: one figure for each platform, on one scale.
struct CardPicture {
    /// A platform's figure.
    struct Row {
        var platform: String
        var caveats: [String]
        var value: Double
        var interval: ClosedRange<Double>?
        /// The figure as it is written.
        var text: String

        /// The platform with its caveats.
        fileprivate var name: String { platform + caveats.map { " (\($0))" }.joined() }
    }

    /// nil where there are not two figures that could be compared.
    ///
    /// - Parameters:
    ///   - subject: what is drawn, such as `startup of nginx (warm)`; unique in the page.
    static func svg(_ subject: String, unit: Unit, rows: [Row]) -> String? {
        guard rows.count > 1 else { return nil }
        return IntervalChart(
            id: "card-\(Format.identifier(subject))", title: subject,
            description: rows.map { "\($0.name): \($0.text)" }.joined(separator: "; ") + ".", unit: unit,
            series: [.init(name: subject)],
            rows: rows.map { row in
                IntervalChart.Row(
                    name: row.name, value: row.text,
                    points: [.init(series: 0, value: row.value, interval: row.interval, tip: row.text)])
            }, hasAxis: false)?.svg
    }
}
