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
            "Intervals are 95 % expanded percentile-bootstrap intervals over blocks (\(analysis.resamples) draws\(groups)); "
            + "those of a ratio draw the same blocks on both sides. Quantiles are of type 7 (Hyndman and Fan); a start that "
            + "failed is later than any other in them."
            + (analysis.tasks.isEmpty ? "" : " A task that failed is worse than any other.")
        let exception =
            analysis.tasks.contains { !$0.figures.isEmpty }
            ? ", save what commands print of themselves" : ""
        return Document.Section(
            id: "method", title: "What was measured, and how",
            blocks: [
                .list(
                    items + [
                        [
                            .strong("One clock."),
                            .text(" Every time is read on the host from CLOCK_MONOTONIC, by one process\(exception)."),
                        ],
                        [
                            .strong("Parity."),
                            .text(
                                " All platforms get the same root filesystem, command, user, environment, standard input, "
                                    + "limits, readiness condition, memory and CPU time, judged by the same witness, which "
                                    + "is the first process everywhere; a line of output by the host, everywhere. "
                                    + parity(analysis)
                            ),
                        ],
                        [.strong("Figures."), .text(" " + intervals)],
                    ]),
                .table(workloadTable(analysis.run)),
            ]
                + [WorkloadTables.figures(analysis.run), WorkloadTables.volumes(analysis.run)].compactMap { table in
                    table.map { .table($0) }
                })
    }

    /// What became of the promise.
    private static func parity(_ analysis: RunAnalysis) -> String {
        guard !analysis.parities.isEmpty else { return "What a workload really saw was not observed." }
        let unequal = analysis.cells.filter { !$0.observed.inequality.isEmpty }.map(\.cell.platform).uniqued()
        let found =
            unequal.isEmpty
            ? "the sides differ in the isolation and in nothing else that it can see"
            : "beyond the isolation there are differences, marked beside the figures of \(Format.enumeration(unequal))"
        return "What the witness saw from inside stands under 'What a workload sees': \(found)."
    }

    private static func workloadTable(_ run: Run) -> Table {
        Table(
            caption: "Workloads",
            columns: [
                .init("workload", header: true), .init("image"), .init("command"), .init("ready when"),
                .init("deadline", numeric: true), .init("memory", numeric: true), .init("CPUs", numeric: true),
                .init("network"),
            ],
            rows: run.suite.workloads.map { workload in
                let readiness = workload.readiness
                return [
                    [.text(workload.name)], [.text(workload.image.text)],
                    workload.command.isEmpty
                        ? [.text("the image's own")] : [.code(workload.command.joined(separator: " "))],
                    [
                        .text(
                            readiness.text
                                + (readiness.isLookedForAgain ? ", looked for every \(Readiness.interval)" : ""))
                    ],
                    [.text(Format.seconds(workload.readinessDeadlineSeconds))],
                    [.text(Format.bytes(workload.memoryBytes))], [.text("\(workload.cpus)")],
                    [.text(workload.network.rawValue)],
                ]
            })
    }
}
