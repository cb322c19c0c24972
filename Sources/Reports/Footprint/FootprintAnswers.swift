import Analysis
import BenchmarkModel
import Charts
import Statistics

enum FootprintAnswers {
    /// A sentence for each workload: what one more idle instance costs.
    static func all(_ cells: [FootprintCell]) -> [Answer] {
        cells.map(\.cell.workload).uniqued().map { workload in
            let mine = cells.filter { $0.cell.workload == workload }
            let sound = cells.inOrderOfNaming(workload)
            guard !sound.isEmpty else {
                return Answer(
                    workload: workload, mode: "footprint",
                    pieces: [.text("There is no footprint to state for "), .strong(workload), .text(" on this host.")])
            }
            var pieces: [Inline] = [.text("One more idle "), .strong(workload), .text(" costs this host ")]
            for (index, cell) in sound.enumerated() {
                if index > 0 { pieces.append(.text(index == sound.count - 1 ? " and " : ", ")) }
                pieces += cost(cell) + [.text(" \(cell.place)")]
                if let ratio = cell.ratioToReference, ratio > 1.2 || ratio < 0.8, cell.traits?.isFloor != true {
                    pieces += [.text(", "), .strong("\(Format.number(ratio)) times"), .text(" as much")]
                }
            }
            let most = sound.map(\.mostInstances)
            let range = most.min() == most.max() ? "\(most.max() ?? 0)" : "\(most.min() ?? 0) to \(most.max() ?? 0)"
            pieces.append(.text(" (\(sound.map(\.accounting.ok).min() ?? 0) ladders each, up to \(range) instances)."))
            let rest = mine.filter { !$0.isSound && $0.cell.impossible == nil }
            if !rest.isEmpty {
                pieces.append(.text(" No claim is made for \(Format.enumeration(rest.map(\.cell.platform)))."))
            }
            return Answer(
                workload: workload, mode: "footprint", pieces: pieces,
                picture: CardPicture("Footprint of \(workload)", unit: .bytes, rows: sound.compactMap(row)))
        }
    }

    private static func row(_ cell: FootprintCell) -> CardPicture.Row? {
        cell.ledger.map { line in
            CardPicture.Row(
                platform: cell.cell.platform, caveats: cell.caveats.words, value: line.slope,
                interval: line.slopeInterval.map { $0.lower...$0.upper }, text: Format.slope(line).plain)
        }
    }

    private static func cost(_ cell: FootprintCell) -> [Inline] {
        guard let line = cell.ledger else { return [.text("an unknown amount")] }
        return Format.slope(line).marked(cell.caveats)
    }
}
