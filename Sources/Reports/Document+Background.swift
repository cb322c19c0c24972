import BenchmarkModel
import Statistics

extension ReportModel {
    /// What failed, what is invalid, what was warned of.
    func troubleSection() -> Document.Section {
        let warmup = cells.reduce(0) { $0 + $1.warmup }
        var blocks: [Document.Block] = [
            .paragraph([
                .text(
                    "\(accounting.planned) planned = \(accounting.ok) ok + \(accounting.failed) failed + "
                        + "\(accounting.invalid) invalid\(accounting.holds ? "." : " does not hold.") "
                        + "\(Format.count(warmup, "warm-up sample")) recorded and not counted.")
            ])
        ]
        guard !troubles.isEmpty else {
            blocks.append(.paragraph([.text("No sample failed, none is invalid, and none carries a warning.")]))
            return Document.Section(id: "failures", title: "Failures and invalid samples", blocks: blocks)
        }
        blocks.append(
            .table(
                Table(
                    caption: "Every sample that is not simply ok; one with several reasons stands in several rows",
                    columns: [
                        .init("cell", header: true), .init("outcome"), .init("reason"), .init("count", numeric: true),
                        .init("samples"),
                    ],
                    rows: troubles.map { trouble in
                        [
                            [.text(label(of: trouble.cell))],
                            [.text(trouble.counted ? trouble.outcome : "\(trouble.outcome) (warm-up)")],
                            [.text(trouble.reason)], [.text("\(trouble.samples.count)")],
                            [.text(Format.list(trouble.samples))],
                        ]
                    })))
        return Document.Section(id: "failures", title: "Failures and invalid samples", blocks: blocks)
    }

    /// Every sighting of a threat.
    func threatSection() -> Document.Section? {
        guard !run.threats.isEmpty else { return nil }
        let table = Table(
            caption: "What was seen that makes figures doubtful (warning), wrong (invalid), or is only told (note)",
            columns: [.init("detector", header: true), .init("severity"), .init("touches"), .init("what was seen")],
            rows: run.threats.map { threat in
                let block = threat.block.map { "block \($0)" }
                let cell = threat.cell.map(label(of:))
                let place = [cell, block].compactMap { $0 }.joined(separator: ", ")
                return [
                    [.text(threat.detector)], [.text(threat.severity.rawValue)],
                    [.text(place.isEmpty ? "the whole run" : place)], [.text(threat.text)],
                ]
            })
        return Document.Section(id: "threats", title: "Threats to validity", blocks: [.table(table)])
    }

    /// What was measured and how.
    func methodSection() -> Document.Section {
        let counted = run.plan.blocks.count(where: \.counted)
        let intervals =
            "Intervals are 95 % percentile-bootstrap intervals over blocks (\(resamples) draws); "
            + "those of a ratio draw the same blocks on both sides. Quantiles are of type 7 (Hyndman and Fan)."
        let order =
            "\(Format.count(run.plan.blocks.count - counted, "warm-up block")), recorded and not counted, then "
            + "\(Format.count(counted, "block")); within each, the cells come in an order drawn from the seed "
            + "\(run.plan.seed), so that drift of the host falls on all alike."
        return Document.Section(
            id: "method", title: "What was measured, and how",
            blocks: [
                .list([
                    [
                        .strong("Startup"),
                        .text(
                            " is the time from immediately before the request (t0) to the arrival of the witness's "
                                + "mark that the workload is ready (t1). Image work is done before, and shown below."),
                    ],
                    [
                        .strong("One clock."),
                        .text(" Every time is read on the host from CLOCK_MONOTONIC, by one process."),
                    ],
                    [
                        .strong("Parity."),
                        .text(
                            " All platforms get the same root filesystem, command, readiness condition, memory and "
                                + "number of CPUs, judged by the same witness, which is the first process everywhere."),
                    ],
                    [
                        .strong("CPU of a start"),
                        .text(" is user and system time of all that the start used until ready."),
                    ],
                    [.strong("Order."), .text(" " + order)],
                    [.strong("Figures."), .text(" " + intervals)],
                ]),
                .table(workloadTable()),
            ])
    }

    private func workloadTable() -> Table {
        Table(
            caption: "Workloads",
            columns: [
                .init("workload", header: true), .init("image"), .init("command"), .init("ready when"),
                .init("deadline", numeric: true), .init("memory", numeric: true), .init("CPUs", numeric: true),
            ],
            rows: run.suite.workloads.map { workload in
                let readiness = workload.readiness
                return [
                    [.text(workload.name)], [.text(workload.image.words)],
                    [.code(workload.command.joined(separator: " "))],
                    [.text(readiness.text + (readiness.isProbed ? ", probed every \(Readiness.interval)" : ""))],
                    [.text(Format.seconds(workload.readinessDeadlineSeconds))],
                    [.text(Format.bytes(workload.memoryBytes))], [.text("\(workload.cpus)")],
                ]
            })
    }

    /// What the mark channel costs, and what follows for the error.
    func echoSection() -> Document.Section? {
        guard !echoes.isEmpty else { return nil }
        let probe = Double(Readiness.probeIntervalMicroseconds) * 1_000
        let table = Table(
            caption: "Round trips of single bytes over each platform's mark channel",
            columns: [
                .init("platform", header: true), .init("n", numeric: true), .init("median", numeric: true),
                .init("p95: error of a mark", numeric: true), .init("error of ready, where probed", numeric: true),
            ],
            rows: echoes.map { echo in
                let name = [Inline.text(echo.platform)].marked(
                    emulatedPlatforms.contains(echo.platform) ? ["emulated"] : [])
                guard let median = echo.median, let p95 = echo.p95 else {
                    return [
                        name, [.text("0")], [.text("not measured: \(echo.failure ?? "unknown")")], [.text("unknown")],
                        [.text("unknown")],
                    ]
                }
                return [
                    name, [.text("\(echo.count)")], [.text(Format.shortDuration(median))],
                    [.text(Format.shortDuration(p95))], [.text(Format.shortDuration(p95 + probe))],
                ]
            })
        let words =
            "A mark is taken when its byte arrives. The quantile 0.95 of the round trip bounds what that adds; where "
            + "readiness is probed, the probe interval of \(Readiness.interval) comes on top."
        return Document.Section(
            id: "channel", title: "The bound on the error", blocks: [.paragraph([.text(words)]), .table(table)])
    }

    /// Image work.
    func preparationSection() -> Document.Section? {
        guard !run.preparations.isEmpty else { return nil }
        let table = Table(
            caption: "Image work, done before the clock starts",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("step"),
                .init("time", numeric: true), .init("from"), .init("identity"),
            ],
            rows: run.preparations.map { step in
                [
                    [.text(step.workload)], [.text(step.platform)], [.text(step.step)],
                    [.text(Format.seconds(step.seconds))], [.text(step.cached ? "the cache" : "made now")],
                    step.identity.isEmpty ? [.text("–")] : [.code(String(step.identity.prefix(16)))],
                ]
            })
        return Document.Section(id: "images", title: "Image preparation", blocks: [.table(table)])
    }
}

extension Readiness {
    /// Whether it is found out by asking again and again.
    var isProbed: Bool {
        switch self {
        case .started, .line: false
        case .tcp, .http, .file: true
        }
    }

    /// The probe interval in words.
    static var interval: String { Format.tick(Double(probeIntervalMicroseconds) * 1_000) }
}

extension ImageSpec {
    /// Where the root filesystem comes from, in words.
    var words: String {
        switch self {
        case .packages(let names, let release, let files):
            "Debian \(release): \(names.joined(separator: ", "))"
                + (files.isEmpty ? "" : ", with \(files.keys.sorted().joined(separator: ", "))")
        case .rootfs(let path): path
        }
    }
}
