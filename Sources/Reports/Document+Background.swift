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
        let hasColdStage = modes.contains(.cold) && modes.count > 1
        let intervals =
            "Intervals are 95 % percentile-bootstrap intervals over blocks (\(resamples) draws); "
            + "those of a ratio draw the same blocks on both sides. Quantiles are of type 7 (Hyndman and Fan)."
        let order =
            "\(Format.count(run.plan.blocks.count - counted, "warm-up block")), recorded and not counted, then "
            + "\(Format.count(counted, "block")); within each, the cells come in an order drawn from the seed "
            + "\(run.plan.seed), so that drift of the host falls on all alike."
            + (hasColdStage && isRested ? " Cold cells come in blocks of their own, after all others." : "")
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
                    [.strong("Rest."), .text(" " + restWords)],
                    [.strong("Order."), .text(" " + order)],
                    [.strong("Carry-over."), .text(" " + carryOverWords)],
                    [.strong("Figures."), .text(" " + intervals)],
                ]),
                .table(workloadTable()),
            ])
    }

    /// Whether each start of the run was preceded by a rest: from the second definition of startup on.
    private var isRested: Bool { run.samples.contains { $0.restNanoseconds != nil } }

    private var restWords: String {
        guard let shortest = run.samples.compactMap(\.restNanoseconds).min() else {
            return run.samples.isEmpty
                ? "No start was measured by itself."
                : "There was none before a start (definition 1 of startup): each began from whatever kernel the one before "
                    + "had left."
        }
        return
            "Each start begins from a quiet kernel (definition \(StartupExperiment.definitionVersion) of startup): after all "
            + "that tare prepares for it, nothing is done for \(Format.duration(Double(shortest))) at least, the same on every "
            + "platform and in every mode. A loop that starts one container after the other measures a busy kernel instead, "
            + "in which joining a control group is quicker by milliseconds; requests that are due at once, and ramps, show "
            + "that one."
    }

    private var carryOverWords: String {
        let tested = cells.compactMap { cell in cell.carryOver.map { (cell.cell.key, $0) } }
        guard let least = tested.min(by: { $0.1.pValue < $1.1.pValue }) else {
            return "Too little was measured to see whether a start feels the one before it."
        }
        let found = tested.filter(\.1.isFound).map { label(of: $0.0) }
        let test =
            "Startups are compared by what was measured right before them (by ranks, adjusted after Holm for "
            + "\(Format.count(tested.count, "cell"))): "
        return found.isEmpty
            ? test + "no cell depends on it; the smallest p is \(Format.number(least.1.pValue))."
            : test + "below p = \(Format.number(CarryOver.significance)) lie \(Format.enumeration(found))."
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
