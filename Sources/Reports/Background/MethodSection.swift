import Analysis
import BenchmarkModel
import Statistics

extension Background {
    /// What was measured and how.
    ///
    /// - Parameter items: what the experiments say of themselves.
    static func methodSection(_ analysis: RunAnalysis, _ items: [[Inline]]) -> Document.Section {
        let isGrouped = analysis.cells.contains { $0.observed.countedBlockCount > Bootstrap.mostUnits }
        let groups =
            isGrouped
            ? "; where there are more than \(Bootstrap.mostUnits) blocks, neighbours are drawn together, in "
                + "\(Bootstrap.mostUnits) groups" : ""
        let intervals =
            "Intervals are 95 % percentile-bootstrap intervals over blocks (\(analysis.resamples) draws\(groups)); "
            + "those of a ratio draw the same blocks on both sides. Quantiles are of type 7 (Hyndman and Fan)."
        return Document.Section(
            id: "method", title: "What was measured, and how",
            blocks: [
                .list(
                    items + [
                        [
                            .strong("One clock."),
                            .text(" Every time is read on the host from CLOCK_MONOTONIC, by one process."),
                        ],
                        [
                            .strong("Parity."),
                            .text(
                                " All platforms get the same root filesystem, command, readiness condition, memory and "
                                    + "number of CPUs, judged by the same witness, which is the first process everywhere."
                            ),
                        ],
                        [.strong("Figures."), .text(" " + intervals)],
                    ]),
                .table(workloadTable(analysis.run)),
            ])
    }

    private static func workloadTable(_ run: Run) -> Table {
        Table(
            caption: "Workloads",
            columns: [
                .init("workload", header: true), .init("image"), .init("command"), .init("ready when"),
                .init("deadline", numeric: true), .init("memory", numeric: true), .init("CPUs", numeric: true),
            ],
            rows: run.suite.workloads.map { workload in
                let readiness = workload.readiness
                return [
                    [.text(workload.name)], [.text(workload.image.text)],
                    [.code(workload.command.joined(separator: " "))],
                    [.text(readiness.text + (readiness.isProbed ? ", probed every \(Readiness.interval)" : ""))],
                    [.text(Format.seconds(workload.readinessDeadlineSeconds))],
                    [.text(Format.bytes(workload.memoryBytes))], [.text("\(workload.cpus)")],
                ]
            })
    }
}
