import Analysis
import BenchmarkModel
import Charts
import Statistics

/// The rungs of a workload's ladders with the line that is drawn through them.
enum LadderFigure {
    /// So many points make a line look like one on logarithmic scales.
    private static let pointsOfALine = 24

    /// nil where there is nothing to draw.
    static func figure(of cells: [FootprintCell], workload: String) -> Figure? {
        let chart = CurveChart(
            id: "ladders-\(Format.identifier(workload))", title: "Cost of N idle instances of \(workload)",
            description: cells.compactMap(words).joined(separator: " "),
            x: .init("instances", unit: .count, kind: .logarithmic),
            y: .init("ledger above the empty host", unit: .bytes, kind: .logarithmic), series: cells.map(series))
        guard let chart else { return nil }
        return Figure(
            caption:
                "\(workload): what N idle instances cost the ledger, every rung of every ladder that counts. The line is the fit: its "
                + "slope is the cost of one more, and the band is the slope's 95 % interval, drawn through the middle of the "
                + "rungs. Both scales are logarithmic.", legend: chart.legend, svg: chart.svg)
    }

    private static func series(_ cell: FootprintCell) -> CurveChart.Series {
        let steps = cell.ladders.filter { $0.observation.verdict == .ok }.flatMap { ladder in
            ladder.steps.map { (ladder: ladder.ordinal, step: $0) }
        }
        return CurveChart.Series(
            name: cell.cell.platform, caveats: cell.caveats.words,
            points: steps.compactMap { point(of: cell, ladder: $0.ladder, $0.step) },
            fit: cell.ledger.map { fit($0, steps.filter(\.step.isFitted).map { Double($0.step.instances) }) } ?? [])
    }

    private static func point(
        of cell: FootprintCell, ladder: Int, _ step: MeasuredLadder.Step
    ) -> CurveChart.Point? {
        guard let each = step.bytesEach else { return nil }
        let bytes = each * Double(step.instances)
        return CurveChart.Point(
            x: Double(step.instances), y: bytes,
            tip: "\(cell.name), ladder \(ladder): \(step.instances) instances cost \(Format.signedBytes(bytes))"
                + (step.isFitted ? "" : ", not fitted"))
    }

    /// The line over the rungs through which it is drawn.
    private static func fit(_ line: Line, _ instances: [Double]) -> [CurveChart.Point] {
        guard let first = instances.min(), let last = instances.max(), first > 0, last > first else { return [] }
        let middle = (first + last) / 2
        return (0..<pointsOfALine).map { index in
            let share = Double(index) / Double(pointsOfALine - 1)
            let x = index == pointsOfALine - 1 ? last : first * Scale.power(last / first, share)
            let ends = line.slopeInterval.map { interval in
                [interval.lower, interval.upper].map { line.intercept + line.slope * middle + $0 * (x - middle) }
            }
            let band = ends.flatMap { ends in
                ends.allSatisfy { $0 > 0 } ? min(ends[0], ends[1])...max(ends[0], ends[1]) : nil
            }
            return CurveChart.Point(x: x, y: line.intercept + line.slope * x, band: band)
        }
    }

    private static func words(_ cell: FootprintCell) -> String? {
        guard let line = cell.ledger else { return nil }
        let caveats = cell.caveats.words.map { " (\($0))" }.joined()
        return "\(cell.cell.platform)\(caveats): one more costs \(Format.slope(line).plain), once "
            + "\(Format.signedBytes(line.intercept)), up to \(Format.count(cell.mostInstances, "instance"))."
    }
}
