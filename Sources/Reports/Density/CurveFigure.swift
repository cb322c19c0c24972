import Analysis
import BenchmarkModel
import Charts

/// Memory against N for each platform of a workload.
enum CurveFigure {
    /// nil where there is nothing to draw.
    static func figure(of cells: [DensityCell], workload: String) -> Figure? {
        let series = cells.map { cell in
            CurveChart.Series(
                name: cell.cell.platform, caveats: cell.caveats.words,
                points: cell.curve.compactMap { point(of: cell, $0) })
        }
        // Both scales are logarithmic, so that equal slopes are equal growth and a guest fits beside a process.
        let chart = CurveChart(
            id: "density-\(Format.identifier(workload))", title: "Memory against N for \(workload)",
            description: cells.compactMap(words).joined(separator: " "),
            x: .init("instances", unit: .count, kind: .logarithmic),
            y: .init("memory used", unit: .bytes, kind: .logarithmic), series: series)
        guard let chart else { return nil }
        return Figure(
            caption:
                "\(workload): memory used against the number of instances; both scales are logarithmic, so that equal slopes "
                + "are equal growth.", legend: chart.legend, svg: chart.svg)
    }

    private static func point(of cell: DensityCell, _ point: CurvePoint) -> CurveChart.Point? {
        guard point.instances > 0, let used = point.usedBytes, used > 0 else { return nil }
        return CurveChart.Point(
            x: Double(point.instances), y: Double(used),
            tip: "\(cell.cell.platform): N = \(words(point.instances, used))")
    }

    private static func words(_ instances: Int, _ used: Int64) -> String {
        "\(Format.instances(Double(instances))), \(Format.signedBytes(Double(used)))"
    }

    private static func words(_ cell: DensityCell) -> String? {
        let last = cell.curve.last { $0.instances > 0 && ($0.usedBytes ?? 0) > 0 }
        guard let last, let used = last.usedBytes else { return nil }
        let caveats = cell.caveats.words.map { " (\($0))" }.joined()
        return "\(cell.cell.platform)\(caveats): \(Format.instances(Double(last.instances))) instances use "
            + "\(Format.signedBytes(Double(used)))."
    }
}
