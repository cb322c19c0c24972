import Analysis
import BenchmarkModel
import Statistics

/// The tables beside the main one.
enum FootprintTables {
    static func ledger(_ cells: [FootprintCell]) -> Table {
        let kinds = MemoryFigure.ledgerKinds + [.fileCache, .reclaimableSlab]
        return Table(
            caption: "Slopes in KiB an instance; what can be taken back stands at the right and is not in the sum",
            columns: [.init("workload", header: true), .init("platform", header: true), .init("sum", numeric: true)]
                + kinds.map { .init($0.words, numeric: true) },
            rows: cells.map { cell in
                [
                    [.text(cell.cell.workload)],
                    [Inline.text(cell.cell.platform)].marked(cell.emulated ? [.emulated] : []),
                    [.text(Format.kibibytes(cell.ledger?.slope))],
                ] + kinds.map { kind in [.text(Format.kibibytes(cell.slopes[kind]))] }
            })
    }

    static func anatomy(_ cells: [FootprintCell]) -> Table {
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
                    [Inline.text(cell.cell.platform)].marked(cell.emulated ? [.emulated] : []),
                    [.text(Format.kibibytes(cell.ledger?.slope))], slope(.chargedAnonymous), slope(.chargedShared),
                    slope(.chargedKernel), [.text(Format.kibibytes(cell.uncharged))], slope(.pssWorkload),
                    slope(.pssRuntime), [.text(isGuest ? Format.kibibytes(cell.monitorOwn) : "–")],
                    isGuest ? slope(.guestTouched) : [.text("–")], isGuest ? slope(.guestConfigured) : [.text("–")],
                    slope(.residentSet), slope(.uniqueSet),
                ]
            })
    }

    /// One row for each part of the isolation; nil where the suite has no such platforms.
    static func isolation(_ cells: [FootprintCell], starts: [StartupCell]) -> Table? {
        let rows = cells.filter { $0.traits?.parts != nil }
        guard !rows.isEmpty else { return nil }
        return Table(
            caption: "The parts, one at a time",
            columns: [
                .init("workload", header: true), .init("parts", header: true), .init("memory", numeric: true),
                .init("more than none", numeric: true), .init("start, warm (median)", numeric: true),
                .init("more than none", numeric: true),
            ],
            rows: rows.map { cell in
                let parts = (cell.traits?.parts ?? []).map(\.rawValue).joined(separator: ", ")
                let start = starts.first {
                    $0.cell.workload == cell.cell.workload && $0.cell.platform == cell.cell.platform
                }
                return [
                    [.text(cell.cell.workload)], [Inline.text(parts.isEmpty ? "none" : parts)].marked(cell.caveats),
                    [.text(cell.ledger.map { Format.signedBytes($0.slope) } ?? "–")],
                    [.text(cell.moreThanNone.map(Format.signedBytes) ?? "–")],
                    [.text(start?.startup.map { Format.duration($0.median) } ?? "not measured")],
                    [.text(start?.moreThanNone.map(Format.signedDuration) ?? "–")],
                ]
            })
    }

    static func ladders(_ cells: [FootprintCell]) -> Table {
        Table(
            caption: "Every rung; those that are not fitted are below the first step",
            columns: [
                .init("cell", header: true), .init("ladder", numeric: true), .init("ended because"),
                .init("N: ledger an instance in KiB"), .init("idle noise of the ledger", numeric: true),
            ],
            rows: cells.flatMap(\.ladders).sorted { $0.ordinal < $1.ordinal }.map { one in
                let steps = one.steps.map { step in
                    "\(step.instances): \(Format.kibibytes(step.bytesEach))" + (step.isFitted ? "" : " (not fitted)")
                        + (step.settled ? "" : " (not settled)")
                }
                let verdict = one.observation.verdict
                return [
                    [.text(one.observation.cell)], [.text("\(one.ordinal)")],
                    [.text(verdict == .ok ? one.ladder.ending.rawValue : verdict.rawValue)],
                    [.text(steps.joined(separator: ", "))],
                    [.text(Format.signedBytes(Double(one.ladder.ledgerNoise)))],
                ]
            })
    }
}
