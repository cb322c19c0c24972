import Analysis
import BenchmarkModel
import Charts
import Statistics

/// Every counted sample of a workload in one mode, a strip for each platform.
enum StripFigure {
    /// nil where nothing is ok.
    static func figure(of cells: [StartupCell], workload: String, mode: StartupMode) -> Figure? {
        let floors = floors(of: cells)
        let lines = floors.map { "A dashed line: \($0.label)." }
        let chart = StripChart(
            id: "strip-\(Format.identifier(workload))-\(mode.key)", title: "Samples of \(workload), \(mode.key)",
            description: (cells.compactMap(words) + lines).joined(separator: " "), unit: .nanoseconds,
            references: floors, rows: cells.compactMap(row))
        guard let chart else { return nil }
        let scale =
            switch chart.scale.kind {
            case .logarithmic:
                "Logarithmic scale, because platforms differ more than \(Int(Scale.ratioForLogarithm)) times: equal "
                    + "distances are equal ratios."
            case .linear: "Linear scale from zero."
            }
        return Figure(
            caption: "\(workload), \(mode.key): every counted sample, from top to bottom in the order of measurement. "
                + scale, legend: chart.legend, svg: chart.svg)
    }

    /// The medians of the floors that have other cells above them.
    private static func floors(of cells: [StartupCell]) -> [StripChart.Reference] {
        let measured = cells.filter { $0.startup != nil }
        return measured.flatMap(\.floors).map(\.platform).uniqued().compactMap { name -> StripChart.Reference? in
            let floor = measured.first { $0.cell.platform == name }
            guard measured.count > 1, let floor, let startup = floor.startup else { return nil }
            let caveats = floor.caveats.words.inParentheses
            return StripChart.Reference(
                value: startup.median,
                label: "the floor, \(floor.place)\(caveats): median \(Format.duration(startup.median))")
        }
    }

    private static func row(_ cell: StartupCell) -> StripChart.Row? {
        guard let startup = cell.startup else { return nil }
        let observations = cell.observed.observations
        var measured: [Glimpse] = []
        for index in observations.indices {
            let one = observations.glimpse(at: index)
            if one.counted, one.startupNanoseconds != nil { measured.append(one) }
        }
        // Nobody can point at a dot of a cloud, and words for each of them would take longer than all else.
        let isPointedAt = measured.count <= StripChart.mostDots
        let samples = measured.map { one in
            let nanoseconds = Double(one.startupNanoseconds ?? 0)
            let isValid = one.verdict == .ok
            let words = isPointedAt ? "\(Format.duration(nanoseconds))\(isValid ? "" : ", invalid")" : ""
            return StripChart.Sample(
                value: nanoseconds, isValid: isValid, tip: isPointedAt ? "sample \(one.number): \(words)" : "")
        }
        let interval = startup.interval.map { interval in
            StripChart.Interval(
                interval.lower...interval.upper,
                tip: "95 % interval: \(Format.duration(interval.lower)) to \(Format.duration(interval.upper))")
        }
        return StripChart.Row(
            name: cell.cell.platform, caveats: cell.caveats.words,
            value: "\(Format.duration(startup.median)), n = \(startup.count)", samples: samples, median: startup.median,
            interval: interval, hollow: cell.emulated ? Caveat.emulated.word : nil)
    }

    private static func words(_ cell: StartupCell) -> String? {
        guard let startup = cell.startup else { return nil }
        let caveats = cell.caveats.words.inParentheses
        return "\(cell.cell.platform)\(caveats): \(startup.count) samples from \(Format.duration(startup.minimum)) to "
            + "\(Format.duration(startup.maximum)), median \(Format.duration(startup.median))."
    }
}
