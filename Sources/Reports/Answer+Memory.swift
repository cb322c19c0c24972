import BenchmarkModel
import Statistics

extension ReportModel {
    /// A sentence for each workload: what one more idle instance costs.
    var footprintAnswers: [MemoryAnswer] {
        footprints.map(\.cell.workload).uniqued().map { workload in
            let mine = footprints.filter { $0.cell.workload == workload }
            let sound = ordered(mine.filter(\.isSound)) { $0.platform }
            guard let first = sound.first else {
                return MemoryAnswer(
                    workload: workload, experiment: "footprint",
                    pieces: [.text("There is no footprint to state for "), .strong(workload), .text(" on this host.")])
            }
            var pieces: [Inline] = [.text("One more idle "), .strong(workload), .text(" costs this host ")]
            for (index, cell) in sound.enumerated() {
                if index > 0 { pieces.append(.text(index == sound.count - 1 ? " and " : ", ")) }
                pieces += cost(cell) + [.text(" \(Answer.place(cell.cell.platform, cell.platform))")]
                if index > 0, let ratio = ratio(cell, to: first), ratio > 1.2 || ratio < 0.8, !isFloor(cell) {
                    pieces += [.text(", "), .strong("\(Format.number(ratio)) times"), .text(" as much")]
                }
            }
            let most = sound.map(\.mostInstances)
            let range = most.min() == most.max() ? "\(most.max() ?? 0)" : "\(most.min() ?? 0) to \(most.max() ?? 0)"
            pieces.append(.text(" (\(sound.map(\.ok).min() ?? 0) ladders each, up to \(range) instances)."))
            let rest = mine.filter { !$0.isSound && $0.cell.impossible == nil }
            if !rest.isEmpty {
                pieces.append(.text(" No claim is made for \(Format.enumeration(rest.map(\.cell.platform)))."))
            }
            return MemoryAnswer(workload: workload, experiment: "footprint", pieces: pieces)
        }
    }

    /// A sentence for each workload: how many fit in the budget.
    var densityAnswers: [MemoryAnswer] {
        densities.map(\.cell.workload).uniqued().map { workload in
            let all = densities.filter { $0.cell.workload == workload }
            let mine = ordered(all.filter(\.isSound)) { $0.platform }
            let budget = Format.bytes(run.suite.density?.budgetBytes ?? 0)
            var pieces: [Inline] = [.text("In "), .strong(budget), .text(" of memory: ")]
            if mine.isEmpty {
                pieces = [.text("There is no density to state for "), .strong(workload), .text(" in \(budget).")]
            }
            for (index, cell) in mine.enumerated() {
                guard let answer = cell.answer else { continue }
                if index > 0 { pieces.append(.text("; ")) }
                let count = Format.instances(Double(answer.instances))
                pieces += [Inline.strong("\(cell.isAtLeast ? "at least " : "")\(count) \(workload)")].marked(cell.marks)
                pieces.append(.text(" \(Answer.place(cell.cell.platform, cell.platform)), "))
                pieces.append(
                    .text(
                        cell.isAtLeast ? "where the suite's own ceiling stopped it" : "stopped by: \(answer.cause.text)"
                    ))
            }
            if !mine.isEmpty { pieces.append(.text(".")) }
            let rest = all.filter { !$0.isSound && $0.cell.impossible == nil }
            if !rest.isEmpty {
                pieces.append(.text(" No claim is made for \(Format.enumeration(rest.map(\.cell.platform)))."))
            }
            return MemoryAnswer(workload: workload, experiment: "density", pieces: pieces)
        }
    }

    private func cost(_ cell: FootprintReport) -> [Inline] {
        guard let line = cell.ledger else { return [.text("an unknown amount")] }
        return Format.slope(line).marked(cell.marks)
    }

    private func ratio(_ cell: FootprintReport, to first: FootprintReport) -> Double? {
        guard let mine = cell.ledger?.slope, let theirs = first.ledger?.slope, theirs > 0 else { return nil }
        return mine / theirs
    }

    private func isFloor(_ cell: FootprintReport) -> Bool { cell.platform?.kind.isFloor ?? false }

    /// Containers first, then guests, then floors; parts of the isolation are in their own table.
    private func ordered<Cell>(_ cells: [Cell], _ platform: (Cell) -> PlatformSpec?) -> [Cell] {
        func rank(_ cell: Cell) -> Int? {
            switch platform(cell)?.kind {
            case .oci?: 0
            case .libvirt?: 1
            case .namespaces?: 2
            case .process?: 3
            case nil: 4
            case .isolation?: nil
            }
        }
        return (0...4).flatMap { wanted in cells.filter { rank($0) == wanted } }
    }
}

/// The answer of the footprint or the density experiment for one workload.
public struct MemoryAnswer: Sendable, Equatable {
    /// The workload's name.
    public var workload: String
    /// `footprint` or `density`.
    public var experiment: String
    /// The sentences.
    public var pieces: [Inline]
    /// The sentences without markup; marks stand in parentheses.
    public var text: String { pieces.plain }
}
