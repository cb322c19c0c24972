package import Analysis
import BenchmarkModel

extension Headroom {
    /// Writes it for a terminal.
    ///
    /// - Parameter notes: sentences to be said besides.
    package func text(width: Int, color: Bool, notes: [String] = []) -> String {
        TerminalSummary.render(document(notes), width: width, color: color)
    }

    /// A sentence for each workload and platform, those that end before first.
    package var sentences: [String] {
        let said = rows.sorted { (fits($0) ?? true ? 1 : 0) < (fits($1) ?? true ? 1 : 0) }.map(sentence)
        return said + unmeasured.map(sentence)
    }

    private func sentence(_ row: CapacityPlan.Row) -> String {
        let name = "\(row.workload) on \(row.platform)\(row.emulated ? " (emulated)" : "")"
        let asked = Format.instances(Double(instances))
        if let refusal = row.refusal {
            let cause = fits(row) == nil ? "nothing can be said" : "ends before \(asked)"
            return "\(name): \(cause): \(refusal.text)."
        }
        guard let most = row.perHost, let bound = row.binds else { return "\(name): nothing can be said." }
        let holds = Format.range(most, Format.instances)
        guard most.value < Double(instances) else {
            let perhaps = most.lower < Double(instances) ? ", perhaps not all" : ""
            return "\(name): \(asked) fit\(perhaps); the first limit is \(bound.text), at \(holds)."
        }
        return "\(name): ends at \(holds), before \(asked): \(bound.text)\(remedy(bound))."
    }

    private func sentence(_ unmeasured: Unmeasured) -> String {
        let share = unmeasured.openFiles
        return
            "\(unmeasured.platform), not measured: tare holds \(share.amount(share.each.value)) files open for each instance, "
            + "so that at most \(share.holdsText) run (\(share.resource.rawValue))."
    }

    /// What is in the way, and where it is set.
    private func remedy(_ bound: CapacityPlan.Bound) -> String {
        guard case .limit(let share) = bound else { return "" }
        let (used, limit) = (share.amount(share.inUse), share.amount(Double(share.limit.value)))
        return "; \(used) of \(limit) are in use, and it is set by \(share.limit.source)"
    }

    private func document(_ notes: [String]) -> Document {
        let from = runs.isEmpty ? "" : " From run \(runs.joined(separator: ", "))."
        let question =
            "\(Format.instances(Double(instances))) instances on this host, with \(Format.bytes(host.availableBytes)) of "
            + "memory available, \(Format.bytes(DensityExperiment.defaultReserveBytes)) of it kept free, and \(host.cpus) "
            + "CPU\(host.cpus == 1 ? "" : "s").\(from)"
        let lines = statements.map(\.text) + notes
        let table = rows.isEmpty ? nil : table
        return Document(
            title: "Headroom", answers: ([question] + sentences).map { [.text($0)] },
            sections: [
                Document.Section(
                    id: "headroom", title: "",
                    blocks: (table.map { [.table($0)] } ?? []) + [.list(lines.map { [.text($0)] })],
                    summary: Document.Summary(heading: "", table: table, lines: lines))
            ])
    }

    private var table: Table {
        var columns: [Table.Column] = [
            .init("workload", header: true), .init("platform", header: true), .init("fits"),
            .init("ends at", numeric: true), .init("by"), .init("then", rank: 2), .init("basis", rank: 1),
        ]
        let cells = rows.map(cells)
        for index in columns.indices where cells.contains(where: { $0[index].hasAside }) {
            columns[index].aside = "what an instance takes"
        }
        return Table(caption: "", columns: columns, rows: cells)
    }

    private func cells(_ row: CapacityPlan.Row) -> [[Inline]] {
        let next = row.limits.first { share in
            if case .limit(let first) = row.binds { return share.resource != first.resource }
            return true
        }
        let ends = row.perHost.map { Format.range($0, Format.instances) } ?? (fits(row) == false ? "0" : "–")
        let then = next.map { "\($0.resource.rawValue) at \(Format.endlessInstances($0.holds.value))" }
        return [
            [.text(row.workload)], [Inline.text(row.platform)].marked(row.caveats),
            [.text(fits(row).map { $0 ? "yes" : "NO" } ?? "unknown")], [.text(ends)],
            row.refusal.map { [.text($0.text)] } ?? row.bindsInline, [.text(then ?? "–")],
            [.text(row.refusal == nil ? row.basisText : "–")],
        ]
    }
}
