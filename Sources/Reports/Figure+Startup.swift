import BenchmarkModel
import Statistics

extension ReportModel {
    /// Every counted sample of a workload as a dot, a strip for each platform; nil where nothing is ok.
    func strip(of cells: [CellReport], workload: String, mode: StartupMode) -> Figure? {
        let shown = cells.filter { $0.startup != nil }
        let values = shown.flatMap { $0.samples.filter(\.counted).compactMap(\.startupNanoseconds).map { Double($0) } }
        guard let axis = Axis(values: values, medians: shown.compactMap { $0.startup?.median }) else { return nil }
        let rowHeight = 62
        let bottom = shown.count * rowHeight
        var drawing = Drawing(
            id: "strip-\(Self.identifier(workload))-\(mode.key)", title: "Samples of \(workload), \(mode.key)",
            description: shown.map(Self.inWords).joined(separator: " "), height: bottom + 22)
        drawing.axis(axis, bottom: bottom)
        for (index, cell) in shown.enumerated() { draw(cell, at: index * rowHeight, on: axis, in: &drawing) }
        var legend = [Figure.LegendEntry(style: "dot", label: "a sample")]
        if shown.contains(where: \.emulated) { legend.append(.init(style: "dot hollow", label: "a sample, emulated")) }
        if shown.contains(where: { $0.invalid > 0 }) {
            legend.append(.init(style: "dot bad", label: "an invalid sample"))
        }
        legend.append(.init(style: "median", label: "the median, with its 95 % interval"))
        let scale =
            axis.logarithmic
            ? "Logarithmic scale, because platforms differ more than \(Int(Axis.ratioForLogarithm)) times: equal "
                + "distances are equal ratios." : "Linear scale from zero."
        return Figure(
            caption: "\(workload), \(mode.key): every counted sample, from top to bottom in the order of measurement. "
                + scale, legend: legend, svg: drawing.svg)
    }

    private func draw(_ cell: CellReport, at top: Int, on axis: Axis, in drawing: inout Drawing) {
        guard let startup = cell.startup else { return }
        let name = "\(cell.cell.platform)\(cell.marks.map { " (\($0))" }.joined())"
        drawing.text(name, percent: 0, y: top + 15, style: "label")
        drawing.text(
            "\(Format.duration(startup.median)), n = \(startup.count)", percent: 100, y: top + 15, anchor: .end,
            style: "value")
        if let interval = startup.interval {
            drawing.bar(
                from: axis.percent(interval.lower), to: axis.percent(interval.upper), y: top + 22, height: 34,
                style: "interval",
                tip:
                    "95 % interval: \(Format.duration(interval.lower)) to \(Format.duration(interval.upper))"
            )
        }
        let samples = cell.samples.filter { $0.counted && $0.startupNanoseconds != nil }
        for (index, sample) in samples.enumerated() {
            guard let nanoseconds = sample.startupNanoseconds else { continue }
            let step = samples.count > 1 ? 28.0 / Double(samples.count - 1) : 0
            let good = CellReport.outcome(of: sample) == .ok
            drawing.dot(
                percent: axis.percent(Double(nanoseconds)), y: Double(top) + 25 + Double(index) * step,
                style: good ? (cell.emulated ? "dot hollow" : "dot") : "dot bad",
                tip:
                    "sample \(sample.number): \(Format.duration(Double(nanoseconds)))\(good ? "" : ", invalid")"
            )
        }
        drawing.vertical(percent: axis.percent(startup.median), from: top + 20, to: top + 58, style: "median")
    }

    /// The phases of a workload as one bar for each platform; nil where there is nothing to draw.
    func bars(of cells: [CellReport], workload: String, mode: StartupMode) -> Figure? {
        let rows = cells.map { cell in (cell: cell, phases: cell.phases.filter { $0.to != .stopped }) }
            .filter { row in row.phases.reduce(0) { $0 + $1.median } > 0 }
        let totals = rows.map { row in row.phases.reduce(0) { $0 + $1.median } }
        guard let longest = totals.max(), let shortest = totals.min() else { return nil }
        let ownScale = longest / shortest > Axis.ratioForLogarithm
        let rowHeight = 46
        let words = rows.map { row in
            "\(row.cell.cell.platform)\(row.cell.emulated ? " (emulated)" : ""): "
                + row.phases.map { "to \($0.to.rawValue) \(Format.duration($0.median))" }.joined(separator: ", ") + "."
        }
        var drawing = Drawing(
            id: "phases-\(Self.identifier(workload))-\(mode.key)", title: "Phases of \(workload), \(mode.key)",
            description: words.joined(separator: " "), height: rows.count * rowHeight)
        for (index, row) in rows.enumerated() {
            let top = index * rowHeight
            let name = "\(row.cell.cell.platform)\(row.cell.marks.map { " (\($0))" }.joined())"
            drawing.text(name, percent: 0, y: top + 15, style: "label")
            drawing.text(
                Format.duration(totals[index]), percent: 100, y: top + 15, anchor: .end, style: "value")
            var passed = 0.0
            for phase in row.phases {
                let whole = ownScale ? totals[index] : longest
                drawing.bar(
                    from: 100 * passed / whole, to: 100 * (passed + phase.median) / whole, y: top + 21, height: 16,
                    style: "phase \(phase.to.rawValue)",
                    tip: "\(phase.from.rawValue) to \(phase.to.rawValue): \(Format.duration(phase.median))")
                passed += phase.median
            }
        }
        let scale =
            ownScale
            ? "Each bar fills the width, because platforms differ more than \(Int(Axis.ratioForLogarithm)) times: "
                + "compare the shares within a bar; the figures at the right compare the bars."
            : "All bars share one linear scale."
        let seen = MarkName.allCases.filter { name in rows.contains { $0.phases.contains { $0.to == name } } }
        return Figure(
            caption: "\(workload), \(mode.key): where the time goes, sums of the phases' medians. \(scale)",
            legend: seen.map { .init(style: "phase \($0.rawValue)", label: "to \($0.rawValue)") }, svg: drawing.svg)
    }

    private static func inWords(_ cell: CellReport) -> String {
        guard let startup = cell.startup else { return "" }
        let marks = cell.marks.map { " (\($0))" }.joined()
        return "\(cell.cell.platform)\(marks): \(startup.count) samples from \(Format.duration(startup.minimum)) to "
            + "\(Format.duration(startup.maximum)), median \(Format.duration(startup.median))."
    }

    /// A name with all that may not stand in an identifier of HTML replaced.
    static func identifier(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}
