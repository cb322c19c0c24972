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
        // The parts of the isolation have a table of their own.
        let cells = cells.filter { $0.traits?.parts == nil }
        let hidden = cells.flatMap(steps).count { !(($0.step.bytesEach ?? 1) > 0) }
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
                + "rungs. Both scales are logarithmic."
                + (hidden > 0 ? " \(Format.count(hidden, "rung")) at or below zero: in the table only." : ""),
            legend: chart.legend, svg: chart.svg)
    }

    private static func steps(_ cell: FootprintCell) -> [(ladder: Int, step: MeasuredLadder.Step)] {
        cell.ladders.filter { $0.observation.verdict == .ok }.flatMap { ladder in
            ladder.steps.map { (ladder: ladder.ordinal, step: $0) }
        }
    }

    private static func series(_ cell: FootprintCell) -> CurveChart.Series {
        let steps = steps(cell)
        return CurveChart.Series(
            name: cell.cell.platform, caveats: cell.caveats.words,
            points: steps.compactMap { point(of: cell, ladder: $0.ladder, $0.step) },
            fit: cell.ledger.map { fit($0, steps.map(\.step).filter(\.isFitted)) } ?? [])
    }

    private static func point(
        of cell: FootprintCell, ladder: Int, _ step: MeasuredLadder.Step
    ) -> CurveChart.Point? {
        guard let each = step.bytesEach else { return nil }
        let bytes = each * Double(step.instances)
        return CurveChart.Point(
            x: Double(step.instances), y: bytes,
            tip: "\(cell.name), ladder \(ladder): \(step.instances) instances cost \(Format.signedBytes(bytes))"
                + (step.isFitted ? "" : ", not fitted") + (step.settled ? "" : ", not settled"))
    }

    /// The line over the rungs through which it is drawn.
    private static func fit(_ line: Line, _ steps: [MeasuredLadder.Step]) -> [CurveChart.Point] {
        let instances = steps.map { Double($0.instances) }
        let costs = steps.compactMap { step in step.bytesEach.map { $0 * Double(step.instances) } }
        // A logarithmic scale has no zero: a band that reaches so far ends below the least that was measured.
        let least = (costs.filter { $0 > 0 }.min() ?? 1) / 2
        guard let first = instances.min(), let last = instances.max(), first > 0, last > first else { return [] }
        let middle = (first + last) / 2
        let scale = Scale(.logarithmic, from: first, to: last, unit: .count)
        return (0..<pointsOfALine).map { index in
            let share = Double(index) / Double(pointsOfALine - 1)
            let x = index == pointsOfALine - 1 ? last : scale.value(at: share)
            let ends = line.slopeInterval.map { interval in
                [interval.lower, interval.upper].map { line.intercept + line.slope * middle + $0 * (x - middle) }
            }
            let band = ends.flatMap { ends in
                let (lower, upper) = (min(ends[0], ends[1]), max(ends[0], ends[1]))
                return upper > 0 ? min(max(lower, least), upper)...upper : nil
            }
            return CurveChart.Point(x: x, y: line.intercept + line.slope * x, band: band)
        }
    }

    private static func words(_ cell: FootprintCell) -> String? {
        guard let line = cell.ledger else { return nil }
        let caveats = cell.caveats.words.inParentheses
        return "\(cell.cell.platform)\(caveats): one more costs \(Format.slope(line).plain), once "
            + "\(Format.signedBytes(line.intercept)), up to \(Format.count(cell.mostInstances, "instance"))."
    }
}
