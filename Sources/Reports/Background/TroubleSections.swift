import Analysis
import BenchmarkModel

extension Background {
    /// What failed, what is invalid, what was warned of.
    static func troubleSection(_ analysis: RunAnalysis) -> Document.Section {
        let sums = analysis.accounting
        let warmup = analysis.cells.reduce(0) { $0 + $1.observed.warmup }
        var blocks: [Document.Block] = [
            .paragraph([
                .text(
                    "\(sums.planned) planned = \(sums.ok) ok + \(sums.failed) failed + \(sums.invalid) invalid"
                        + "\(sums.holds ? "." : " does not hold.") "
                        + "\(Format.count(warmup, "warm-up sample")) recorded and not counted.")
            ])
        ]
        if !analysis.run.unreadable.isEmpty {
            blocks += [
                .paragraph([.text("On record, and in no figure because it cannot be read:")]),
                .list(analysis.run.unreadable.map { [.text($0)] }),
            ]
        }
        if analysis.troubles.isEmpty {
            blocks.append(.paragraph([.text("No measurement failed, none is invalid, and none carries a warning.")]))
        } else {
            blocks.append(.table(troubleTable(analysis)))
        }
        return Document.Section(id: "failures", title: "Failures and invalid measurements", blocks: blocks)
    }

    private static func troubleTable(_ analysis: RunAnalysis) -> Table {
        Table(
            caption: "Every measurement that is not simply ok; one with several reasons stands in several rows",
            columns: [
                .init("cell", header: true), .init("outcome"), .init("reason"), .init("count", numeric: true),
                .init("numbers"),
            ],
            rows: analysis.troubles.map { trouble in
                [
                    [.text(analysis.label(of: trouble.cell))],
                    [.text(trouble.counted ? trouble.outcome : "\(trouble.outcome) (warm-up)")],
                    [.text(trouble.reason)], [.text("\(trouble.numbers.count)")],
                    [.text(Format.list(trouble.numbers))],
                ]
            })
    }

    /// Every sighting of a threat.
    static func threatSection(_ analysis: RunAnalysis) -> Document.Section? {
        guard !analysis.run.threats.isEmpty else { return nil }
        let table = Table(
            caption: "What was seen that makes figures doubtful (warning), wrong (invalid), or is only told (note)",
            columns: [.init("detector", header: true), .init("severity"), .init("touches"), .init("what was seen")],
            rows: analysis.run.threats.map { threat in
                let block = threat.block.map { "block \($0)" }
                let cell = threat.cell.map(analysis.label(of:))
                let place = [cell, block].compactMap { $0 }.joined(separator: ", ")
                return [
                    [.text(threat.detector)], [.text(threat.severity.rawValue)],
                    [.text(place.isEmpty ? "the whole run" : place)], [.text(threat.text)],
                ]
            })
        return Document.Section(id: "threats", title: "Threats to validity", blocks: [.table(table)])
    }
}
