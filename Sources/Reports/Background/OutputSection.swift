import Analysis
import BenchmarkModel
import Statistics

extension Background {
    /// How much the workloads printed and which way it took: a workload that prints much is charged for that.
    static func outputSection(_ analysis: RunAnalysis) -> Document.Section? {
        var printed: [Plan.Pair: [Double]] = [:]
        func add(_ bytes: [Double], _ cell: Cell) {
            printed[Plan.Pair(workload: cell.workload, platform: cell.platform), default: []] += bytes
        }
        for one in analysis.startups { add(one.outputBytes, one.cell) }
        for one in analysis.tasks {
            add(one.observed.observations.compactMap { $0.task?.start.outputBytes.map(Double.init) }, one.cell)
        }
        let rows = analysis.run.plan.pairs.compactMap { row($0, printed: printed[$0] ?? [], analysis) }
        guard !rows.isEmpty else { return nil }
        let table = Table(
            caption: "What a workload printed until it was ready or had ended, over all measurements",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("n", numeric: true),
                .init("median", numeric: true), .init("most", numeric: true), .init("over"),
            ], rows: rows)
        return Document.Section(id: "output", title: "What the workloads printed", blocks: [.table(table)])
    }

    /// - Returns: nil where nothing was printed, or nobody counted.
    private static func row(_ pair: Plan.Pair, printed: [Double], _ analysis: RunAnalysis) -> [[Inline]]? {
        guard let printed = Quantiles(printed), printed.maximum > 0 else { return nil }
        let record = analysis.run.platforms.first { $0.platform == pair.platform }
        let way = record?.details.first { $0.name == "the workload's output" }?.value ?? "into a file of the host"
        return [
            [.text(pair.workload)], [.text(pair.platform)], [.text("\(printed.count)")],
            [.text(Format.bytes(UInt64(printed.median)))], [.text(Format.bytes(UInt64(printed.maximum)))], [.text(way)],
        ]
    }
}
