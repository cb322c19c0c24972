import Analysis
import BenchmarkModel

extension Array where Element: AnalysedCell {
    /// How many samples the figures of a sentence about these cells rest on.
    var sampleCounts: String {
        let counts = map(\.accounting.ok)
        guard let least = counts.min(), let most = counts.max() else { return "n = 0" }
        let each = count > 1 ? " each" : ""
        return least == most ? "n = \(least)\(each)" : "n = \(least) to \(most) each"
    }

    /// Why nothing is claimed of some of these cells, in sentences that follow others; empty where all are sound.
    var excuses: [Inline] {
        var incomplete: [String] = []
        var tooFew: [String] = []
        var impossible: [String] = []
        for cell in self {
            switch cell.standing {
            case .sound: break
            case .impossible(let reason):
                impossible.append(" It cannot be measured \(cell.place): \(Format.sentence(reason))")
            case .incomplete:
                let missing = cell.accounting.missing
                let words = missing > 0 ? "\(missing) missing" : "\(-missing) too many"
                incomplete.append("\(cell.place) (\(words) of \(cell.accounting.planned) planned samples)")
            case .tooFew:
                let counts = cell.accounting
                let fates = "\(counts.failed) failed, \(counts.invalid) invalid"
                tooFew.append("\(cell.place) (\(counts.ok) of \(counts.planned) planned samples ok, \(fates))")
            }
        }
        var text = ""
        if !incomplete.isEmpty { text += " No verdict is given \(Format.enumeration(incomplete))." }
        if !tooFew.isEmpty {
            text += " No claim is made \(Format.enumeration(tooFew)): \(Element.fewestForClaim) ok are the fewest."
        }
        text += impossible.joined()
        return text.isEmpty ? [] : [.text(text)]
    }
}
