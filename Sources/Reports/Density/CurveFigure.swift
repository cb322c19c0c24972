import Analysis
import BenchmarkModel
import Charts
import Statistics

/// What became of the host while instances of a workload were added, a curve for each platform.
enum CurveFigure {
    /// Memory, the time of a start, and pressure, each against N; those that nobody measured are left out.
    static func figures(of cells: [DensityCell], workload: String) -> [Figure] {
        [
            memory(of: cells, workload), startup(of: cells, workload),
            pressure(
                of: cells, workload, of: "memory", "all work waited for memory (full)", \.memoryPressurePercent),
            pressure(of: cells, workload, of: "CPU", "some work waited for a CPU (some)", \.cpuPressurePercent),
        ].compactMap { $0 }
    }

    private static func startup(of cells: [DensityCell], _ workload: String) -> Figure? {
        let series = cells.map { cell in
            CurveChart.Series(
                name: cell.cell.platform, caveats: cell.caveats.words,
                points: cell.curve.compactMap { point in
                    point.startupP95Nanoseconds.map { nanoseconds in
                        CurveChart.Point(
                            x: Double(point.instances), y: nanoseconds,
                            tip: "\(cell.name): N = \(Format.instances(Double(point.instances))), "
                                + Format.duration(nanoseconds))
                    }
                })
        }
        let chart = CurveChart(
            id: "density.startup.\(Format.identifier(workload))", title: "Startup against N for \(workload)",
            description: series.compactMap(ends).joined(separator: " "),
            x: .init("instances", unit: .count, kind: .logarithmic),
            y: .init("startup, p95 of 40", unit: .nanoseconds, kind: .logarithmic), series: series)
        return chart.map { chart in
            Figure(
                caption:
                    "\(workload): the p95 of the last 40 starts, from 20 on, while so many instances were there. Both scales are "
                    + "logarithmic.", legend: chart.legend, svg: chart.svg)
        }
    }

    /// Less than this share is nothing that a curve could show: the table says it.
    private static let leastPressurePercent = 1.0

    private static func pressure(
        of cells: [DensityCell], _ workload: String, of what: String, _ meaning: String,
        _ percent: (CurvePoint) -> Double?
    ) -> Figure? {
        let series = cells.map { cell in
            CurveChart.Series(
                name: cell.cell.platform, caveats: cell.caveats.words,
                points: cell.curve.compactMap { point in
                    guard point.instances > 0, let percent = percent(point) else { return nil }
                    return CurveChart.Point(
                        x: Double(point.instances), y: percent / 100,
                        tip: "\(cell.name): N = \(Format.instances(Double(point.instances))), "
                            + "\(Format.number(percent)) %")
                })
        }
        guard series.contains(where: { $0.points.contains { $0.y >= leastPressurePercent / 100 } }) else { return nil }
        let chart = CurveChart(
            id: "density.\(what).\(Format.identifier(workload))",
            title: "Pressure of \(what) against N for \(workload)",
            description: series.compactMap(ends).joined(separator: " "),
            x: .init("instances", unit: .count, kind: .logarithmic), y: .init("pressure of \(what)", unit: .share),
            series: series)
        return chart.map { chart in
            Figure(
                caption: "\(workload): the share of each batch's time in which \(meaning).", legend: chart.legend,
                svg: chart.svg)
        }
    }

    /// The first and the last figure of a curve in words; nil where it has none.
    private static func ends(_ series: CurveChart.Series) -> String? {
        guard let first = series.points.first?.tip, let last = series.points.last?.tip else { return nil }
        return series.points.count > 1 ? "From \(first) to \(last)." : "\(first)."
    }

    /// nil where there is nothing to draw.
    private static func memory(of cells: [DensityCell], _ workload: String) -> Figure? {
        let series = cells.map { cell in
            CurveChart.Series(
                name: cell.cell.platform, caveats: cell.caveats.words, ending: stop(of: cell),
                points: cell.curve.compactMap { point(of: cell, $0) },
                expected: cell.prediction.map { expectation(of: cell, $0) })
        }
        // Both scales are logarithmic, so that equal slopes are equal growth and a guest fits beside a process.
        let chart = CurveChart(
            id: "density.memory-used.\(Format.identifier(workload))", title: "Memory against N for \(workload)",
            description: cells.compactMap(words).joined(separator: " "),
            x: .init("instances", unit: .count, kind: .logarithmic),
            y: .init("memory used", unit: .bytes, kind: .logarithmic), series: series)
        guard let chart else { return nil }
        return Figure(
            caption:
                "\(workload): memory used against the number of instances; both scales are logarithmic, so that equal slopes "
                + "are equal growth."
                + (cells.contains { $0.prediction != nil }
                    ? " A dashed line stands at the N that the footprint predicted for this budget." : ""),
            legend: chart.legend, svg: chart.svg)
    }

    /// What the footprint predicted: it speaks of the budget, and something else may have come first.
    private static func expectation(
        of cell: DensityCell, _ prediction: DensityCell.Prediction
    ) -> CurveChart.Expectation {
        let interval = prediction.interval.map {
            " [\(Format.instances($0.lower)) to \(Format.instances($0.upper))]"
        }
        return CurveChart.Expectation(
            x: prediction.instances,
            label: "\(cell.name), predicted: \(Format.instances(prediction.instances))\(interval ?? "")"
                + (prediction.isOtherQuestion ? ", and something else stopped it before" : ""))
    }

    /// What stopped the ramp at the end of its curve.
    private static func stop(of cell: DensityCell) -> String {
        cell.answer.map { answer in
            let count = Format.instances(Double(answer.instances))
            return "N = \(cell.isAtLeast ? "at least " : "")\(count), stopped by \(answer.cause.shortText)"
        } ?? ""
    }

    private static func point(of cell: DensityCell, _ point: CurvePoint) -> CurveChart.Point? {
        guard point.instances > 0, let used = point.usedBytes, used > 0 else { return nil }
        return CurveChart.Point(
            x: Double(point.instances), y: Double(used),
            tip: "\(cell.name): N = \(words(point.instances, used))")
    }

    private static func words(_ instances: Int, _ used: Int64) -> String {
        "\(Format.instances(Double(instances))), \(Format.signedBytes(Double(used)))"
    }

    private static func words(_ cell: DensityCell) -> String? {
        let last = cell.curve.last { $0.instances > 0 && ($0.usedBytes ?? 0) > 0 }
        guard let last, let used = last.usedBytes else { return nil }
        let caveats = cell.caveats.words.inParentheses
        return "\(cell.cell.platform)\(caveats): \(Format.instances(Double(last.instances))) instances use "
            + "\(Format.signedBytes(Double(used)))."
    }
}
