import BenchmarkModel
import Foundation

extension ReportModel {
    /// Memory against N for each platform of a workload, both on logarithmic scales; nil where there is nothing to draw.
    func curve(of cells: [DensityReport], workload: String) -> Figure? {
        struct Series {
            var name: String
            var points: [(count: Double, bytes: Double)]
        }
        let series = cells.compactMap { cell -> Series? in
            guard let ramp = cell.answer else { return nil }
            let points = ramp.points.compactMap { point -> (count: Double, bytes: Double)? in
                guard point.instances > 0, let used = ramp.used(at: point), used > 0 else { return nil }
                return (Double(point.instances), Double(used))
            }
            let marks = cell.marks.map { " (\($0))" }.joined()
            return points.isEmpty ? nil : Series(name: cell.cell.platform + marks, points: points)
        }
        let all = series.flatMap(\.points)
        guard let most = all.map(\.count).max(), let least = all.map(\.bytes).min(),
            let highest = all.map(\.bytes).max(),
            highest > 0
        else { return nil }
        let height = 260
        func x(_ count: Double) -> Double { 2 + 94 * (most > 1 ? log(count) / log(most) : 0.5) }
        func y(_ bytes: Double) -> Double {
            let share = highest > least ? log(bytes / least) / log(highest / least) : 0.5
            return Double(height) - 10 - Double(height - 30) * share
        }
        var drawing = Drawing(
            id: "density-\(Self.identifier(workload))", title: "Memory against N for \(workload)",
            description: series.map { one in
                let last = one.points[one.points.count - 1]
                return "\(one.name): \(Format.instances(last.count)) instances use \(Format.signedBytes(last.bytes))."
            }.joined(separator: " "), height: height + 22)
        for tick in Self.powers(from: 1, to: most) {
            drawing.vertical(percent: x(tick), from: 0, to: height, style: "grid")
            drawing.text(Format.instances(tick), percent: x(tick), y: height + 14, anchor: .middle, style: "tick")
        }
        for (index, one) in series.enumerated() {
            for point in one.points {
                drawing.dot(
                    percent: x(point.count), y: y(point.bytes), style: "series s\(index % 5)",
                    tip: "\(one.name): N = \(Format.instances(point.count)), \(Format.signedBytes(point.bytes))")
            }
        }
        return Figure(
            caption:
                "\(workload): memory used (upwards, from \(Format.signedBytes(least)) to \(Format.signedBytes(highest))) "
                + "against the number of instances (to the right); both scales are logarithmic, so that equal slopes are "
                + "equal growth.",
            legend: series.enumerated().map { .init(style: "series s\($0.offset % 5)", label: $0.element.name) },
            svg: drawing.svg)
    }

    private static func powers(from first: Double, to last: Double) -> [Double] {
        var ticks: [Double] = []
        var tick = first
        while tick <= last {
            ticks.append(tick)
            tick *= 10
        }
        return ticks
    }
}
