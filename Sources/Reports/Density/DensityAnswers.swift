import Analysis
import BenchmarkModel
import Charts

enum DensityAnswers {
    /// A sentence for each workload: how many fit in the budget.
    static func all(_ cells: [DensityCell]) -> [Answer] {
        cells.map(\.cell.workload).uniqued().map { workload in
            let all = cells.filter { $0.cell.workload == workload }
            let mine = cells.inOrderOfNaming(workload)
            let budget = Format.bytes(all.first?.budgetBytes ?? 0)
            var pieces: [Inline] = [.text("In "), .strong(budget), .text(" of memory: ")]
            if mine.isEmpty {
                pieces = [.text("There is no density to state for "), .strong(workload), .text(" in \(budget).")]
            }
            for (index, cell) in mine.enumerated() {
                guard let answer = cell.answer else { continue }
                if index > 0 { pieces.append(.text("; ")) }
                let count = Format.instances(Double(answer.instances))
                pieces += [Inline.strong("\(cell.isAtLeast ? "at least " : "")\(count) \(workload)")].marked(
                    cell.caveats)
                pieces.append(.text(" \(cell.place), "))
                pieces.append(
                    .text(
                        cell.isAtLeast
                            ? "where the suite's own ceiling stopped it" : "stopped by: \(answer.cause.shortText)"
                    ))
            }
            if !mine.isEmpty { pieces.append(.text(".")) }
            let rest = all.filter { !$0.isSound && $0.cell.impossible == nil }
            if !rest.isEmpty {
                pieces.append(.text(" No claim is made for \(Format.enumeration(rest.map(\.cell.platform)))."))
            }
            return Answer(
                workload: workload, mode: "density", pieces: pieces,
                picture: CardPicture(
                    "Density of \(workload)", unit: .count, bar: "least to most of the ramps",
                    rows: mine.compactMap(row)))
        }
    }

    private static func row(_ cell: DensityCell) -> CardPicture.Row? {
        cell.answer.map { answer in
            let count = Format.instances(Double(answer.instances))
            return CardPicture.Row(
                platform: cell.cell.platform, caveats: cell.caveats.words, value: Double(answer.instances),
                interval: cell.range.flatMap { range in
                    range.count > 1 ? Double(range.lowerBound)...Double(range.upperBound) : nil
                },
                text: cell.isAtLeast ? "at least \(count)" : count)
        }
    }
}
