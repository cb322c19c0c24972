import BenchmarkModel
import Statistics

extension ReportModel {
    /// The section of the footprint experiment; nil where the suite asks for none.
    func footprintSection() -> Document.Section? {
        guard !footprints.isEmpty else { return nil }
        var blocks: [Document.Block] = [
            .paragraph([.text(FootprintReport.definition)]), .table(footprintTable()),
        ]
        let notes = footprintNotes()
        if !notes.isEmpty { blocks.append(.list(notes)) }
        let measured = footprints.filter { $0.ledger != nil }
        if !measured.isEmpty {
            blocks += [
                .heading("The ledger by kind"), .table(ledgerTable(measured)),
                .heading("Anatomy: where the cost of an instance is"),
                .paragraph([.text(FootprintReport.anatomyDefinition)]), .table(anatomyTable(measured)),
            ]
        }
        if let isolation = isolationTable() {
            blocks += [
                .heading("What each part of the kernel's isolation costs"),
                .paragraph([
                    .text(
                        "Each row switches on one part of the isolation and nothing else; the difference is to the row "
                            + "with none. It is the same workload everywhere.")
                ]), .table(isolation),
            ]
        }
        if footprints.contains(where: { !$0.ladders.isEmpty }) {
            blocks += [
                .heading("The ladders"), .paragraph([.text(FootprintReport.ladderDefinition)]), .table(ladderTable()),
            ]
        }
        return Document.Section(id: "footprint", title: "Footprint: what one more idle instance costs", blocks: blocks)
    }

    private func footprintTable() -> Table {
        Table(
            caption: "For each further idle instance; n is the number of ladders",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("n", numeric: true),
                .init("failed", numeric: true), .init("invalid", numeric: true), .init("up to N", numeric: true),
                .init("ledger [95 % interval]", numeric: true), .init("fixed cost", numeric: true),
                .init("charged to it", numeric: true), .init("sum of PSS", numeric: true),
                .init("fall of MemAvailable", numeric: true), .init("residual (noise)", numeric: true),
                .init("unexplained", numeric: true),
                .init("idle CPU", numeric: true),
            ],
            rows: footprints.map { cell in
                let name = [Inline.text(cell.cell.platform)].marked(
                    cell.cell.impossible == nil ? cell.marks : ["impossible"])
                let pss = [MemoryFigure.pssWorkload, .pssRuntime, .pssVMM].compactMap { cell.slopes[$0] }
                return [
                    [.text(cell.cell.workload)], name, [.text("\(cell.ok) of \(cell.planned)")],
                    [.text("\(cell.failed)")], [.text("\(cell.invalid)")], [.text("\(cell.mostInstances)")],
                    cell.ledger.map { Format.slope($0) } ?? [.text("–")],
                    [.text(cell.ledger.map { Format.signedBytes($0.intercept) } ?? "–")],
                    [.text(cell.charged.map { Format.signedBytes($0.slope) } ?? "–")],
                    [.text(pss.isEmpty ? "–" : Format.signedBytes(pss.reduce(0, +)))],
                    [.text(cell.availableFall.map { Format.signedBytes($0.slope) } ?? "–")],
                    [
                        .text(
                            cell.residual.map {
                                "\(Format.signedBytes($0.bytes)) (\(Format.signedBytes($0.noiseBytes)))"
                            } ?? "–")
                    ], [.text(cell.residual?.parts.map { Format.signedBytes($0.unexplained) } ?? "–")],
                    [.text(cell.idleCPU.map { Format.cpuShare($0) } ?? "–")],
                ]
            })
    }

    private func footprintNotes() -> [[Inline]] {
        footprints.flatMap { cell -> [[Inline]] in
            var notes: [String] = []
            let place = "\(cell.cell.workload) on \(cell.cell.platform)"
            if let why = cell.cell.impossible { notes.append("\(place) cannot be measured: \(why)") }
            if cell.isLinear == false, let line = cell.ledger {
                let percent = Format.number(line.worstResidual * 100)
                notes.append(
                    "\(place) is not linear: a rung is \(percent) % off the line, so its slope and all that builds on it "
                        + "hold only within the measured range")
            }
            if let residual = cell.residual, residual.isFlagged || residual.share > FootprintReport.residualTolerance {
                notes.append(residual.words(place))
            }
            let reasons = cell.ladders.filter { $0.outcome != .ok }.flatMap { ladder in
                ladder.reasons.map { "ladder \(ladder.number) of \(place) is \(ladder.outcome.rawValue): \($0)" }
            }
            return (notes + reasons + cell.warnings.map { "\(place): \($0)" }).map { [.text(ReportModel.sentence($0))] }
        }
    }

    private func ledgerTable(_ cells: [FootprintReport]) -> Table {
        let kinds = MemoryFigure.ledgerKinds + [.fileCache, .reclaimableSlab]
        return Table(
            caption: "Slopes in KiB an instance; what can be taken back stands at the right and is not in the sum",
            columns: [.init("workload", header: true), .init("platform", header: true), .init("sum", numeric: true)]
                + kinds.map { .init($0.words, numeric: true) },
            rows: cells.map { cell in
                [
                    [.text(cell.cell.workload)],
                    [Inline.text(cell.cell.platform)].marked(cell.emulated ? ["emulated"] : []),
                    [.text(Format.kibibytes(cell.ledger?.slope))],
                ] + kinds.map { kind in [.text(Format.kibibytes(cell.slopes[kind]))] }
            })
    }

    private func anatomyTable(_ cells: [FootprintReport]) -> Table {
        Table(
            caption: "Slopes in KiB an instance",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("ledger", numeric: true),
                .init("= charged: anonymous", numeric: true), .init("+ charged: shared", numeric: true),
                .init("+ charged: kernel", numeric: true), .init("+ kernel, charged to nobody", numeric: true),
                .init("workload (PSS)", numeric: true), .init("runtime (PSS)", numeric: true),
                .init("VMM without guest RAM (PSS)", numeric: true), .init("guest RAM touched", numeric: true),
                .init("of configured", numeric: true), .init("RSS", numeric: true), .init("USS", numeric: true),
            ],
            rows: cells.map { cell in
                let isGuest = cell.slopes[.guestConfigured] != nil
                func slope(_ figure: MemoryFigure) -> [Inline] { [.text(Format.kibibytes(cell.slopes[figure]))] }
                return [
                    [.text(cell.cell.workload)],
                    [Inline.text(cell.cell.platform)].marked(cell.emulated ? ["emulated"] : []),
                    [.text(Format.kibibytes(cell.ledger?.slope))], slope(.chargedAnonymous), slope(.chargedShared),
                    slope(.chargedKernel), [.text(Format.kibibytes(cell.uncharged))], slope(.pssWorkload),
                    slope(.pssRuntime), [.text(isGuest ? Format.kibibytes(cell.monitorOwn) : "–")],
                    isGuest ? slope(.guestTouched) : [.text("–")], isGuest ? slope(.guestConfigured) : [.text("–")],
                    slope(.residentSet), slope(.uniqueSet),
                ]
            })
    }

    /// One row for each part of the isolation; nil where the suite has no such platforms.
    private func isolationTable() -> Table? {
        let rows = footprints.filter { if case .isolation? = $0.platform?.kind { $0.ledger != nil } else { false } }
        guard !rows.isEmpty else { return nil }
        func none(_ workload: String) -> FootprintReport? {
            rows.first { $0.cell.workload == workload && $0.platform?.kind == .isolation([]) }
        }
        func start(_ cell: FootprintReport) -> Double? {
            cells.first {
                $0.cell.workload == cell.cell.workload && $0.cell.platform == cell.cell.platform
                    && $0.cell.mode == .warm
            }?.startup?.median
        }
        return Table(
            caption: "The parts, one at a time",
            columns: [
                .init("workload", header: true), .init("parts", header: true), .init("memory", numeric: true),
                .init("more than none", numeric: true), .init("start, warm (median)", numeric: true),
                .init("more than none", numeric: true),
            ],
            rows: rows.map { cell in
                let base = none(cell.cell.workload)
                var parts = "none"
                if let list = cell.platform?.kind.isolationParts, !list.isEmpty {
                    parts = list.map(\.rawValue).joined(separator: ", ")
                }
                let memory = cell.ledger?.slope ?? 0
                let time = start(cell)
                return [
                    [.text(cell.cell.workload)], [Inline.text(parts)].marked(cell.marks),
                    [.text(Format.signedBytes(memory))],
                    [.text(base?.ledger.map { Format.signedBytes(memory - $0.slope) } ?? "–")],
                    [.text(time.map { Format.duration($0) } ?? "not measured")],
                    [
                        .text(
                            time.flatMap { time in base.flatMap(start).map { Format.signedDuration(time - $0) } } ?? "–"
                        )
                    ],
                ]
            })
    }

    private func ladderTable() -> Table {
        Table(
            caption: "Every rung; those that are not fitted are below the first step",
            columns: [
                .init("cell", header: true), .init("ladder", numeric: true), .init("ended because"),
                .init("N: ledger an instance in KiB"), .init("idle noise of the ledger", numeric: true),
            ],
            rows: footprints.flatMap(\.ladders).sorted { $0.number < $1.number }.map { ladder in
                let fitted = Set(ladder.fittedRungs.map(\.instances))
                let rungs = ladder.rungs.filter { $0.instances > 0 }.map { rung in
                    let each =
                        ladder.cost(of: rung).map { Format.kibibytes(Double($0) / Double(rung.instances)) } ?? "–"
                    return "\(rung.instances): \(each)" + (fitted.contains(rung.instances) ? "" : " (not fitted)")
                        + (rung.settled ? "" : " (not settled)")
                }
                return [
                    [.text(ladder.cell)], [.text("\(ladder.number)")],
                    [.text(ladder.outcome == .ok ? ladder.ending.rawValue : ladder.outcome.rawValue)],
                    [.text(rungs.joined(separator: ", "))], [.text(Format.signedBytes(Double(ladder.ledgerNoise)))],
                ]
            })
    }
}

extension FootprintReport.Residual {
    /// What is said of a residual above 10 %, or of one that is not explained.
    fileprivate func words(_ place: String) -> String {
        var text =
            "\(place): MemAvailable fell by \(Format.number(share * 100)) % \(bytes < 0 ? "less" : "more") than the ledger grew"
        guard let parts else {
            return text + (isFlagged ? ", which its noise does not explain" : ", which is within its noise")
        }
        text +=
            ": of \(Format.signedBytes(bytes)) an instance, \(Format.signedBytes(parts.freeLists)) are the growth of the "
            + "kernel's lists of free pages per CPU, which MemAvailable does not see, and "
            + "\(Format.signedBytes(parts.uncountedCache)) that of caches of which it takes half off; "
        return text
            + (isFlagged
                ? "\(Format.signedBytes(parts.unexplained)) are in no counter of the kernel"
                : "what remains, \(Format.signedBytes(parts.unexplained)), is below 10 % or within the noise")
    }
}

extension FootprintReport {
    static let definition =
        "The ledger is what the kernel says is in use and cannot be taken back (/proc/meminfo: anonymous and shared memory, "
        + "unreclaimable slab, kernel stacks, page tables, per-CPU memory, huge pages), without tare's own part and without "
        + "free objects in half-empty slabs (/proc/slabinfo), which new instances fill first. Its slope "
        + "over N idle, ready instances (Theil-Sen over the fitted rungs of all ladders, 95 % interval by resampling "
        + "ladders, with Student's t, for they are few) is what one more costs; the line's value at N = 0 is the fixed cost. "
        + "Charged to it: anonymous, shared and kernel memory of the instances' control "
        + "groups. Residual: the fall of MemAvailable minus the ledger; unexplained of it is what is left without the kernel's "
        + "lists of free pages per CPU and the half of caches that MemAvailable takes off: memory that no counter names. "
        + "Idle CPU: time that one instance uses in a second."
    static let anatomyDefinition =
        "The ledger is what is charged to the instances and kernel memory that is charged to nobody: network namespaces, "
        + "control group directories, mounts. The columns behind it split the same memory by process; they overlap with "
        + "it, RSS and USS are never part of a sum, and PSS counts file pages, which the ledger does not."
    static let ladderDefinition =
        "A ladder starts on a quiet host with dropped caches and shrunk slabs and adds instances without teardown. Rungs are "
        + "fitted from 16 instances or 64 MiB on, for slab and per-CPU memory grow in steps. It ends "
        + "when the cost exceeds 50 times the idle noise and the slopes between its last three fitted rungs are within 5 % "
        + "of each other (an instance of 16 MiB and more needs only the noise), near the host's memory, or at the suite's cap."
}

extension MemoryFigure {
    /// The figure in words, for tables.
    var words: String {
        switch self {
        case .anonymous: "anonymous"
        case .shared: "shared"
        case .unreclaimableSlab: "slab, unreclaimable"
        case .kernelStacks: "kernel stacks"
        case .pageTables: "page tables"
        case .perCPU: "per-CPU"
        case .hugePages: "huge pages"
        case .fileCache: "file cache"
        case .reclaimableSlab: "slab, reclaimable"
        default: rawValue
        }
    }
}
