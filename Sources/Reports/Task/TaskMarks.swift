import Analysis
import BenchmarkModel

/// What stands beside the figures of tasks. There is a figure for each task, platform and measure: what is the same for many of
/// them is said once.
enum TaskMarks {
    /// The words of a cell. Of what its world is unequal in there is only the word: ``notes(_:)`` say the rest.
    static func words(_ cell: TaskCell) -> [String] {
        cell.caveats.map { caveat in
            if case .unequal = caveat { unequal } else { caveat.word }
        }.uniqued()
    }

    /// The words that all have, in the order of the first; none where there is none.
    static func shared(_ all: [[String]]) -> [String] {
        (all.first ?? []).filter { word in all.allSatisfy { $0.contains(word) } }
    }

    /// Likewise, of what need not stand beside each figure of a guest: that it is emulated stays there.
    static func sharedByAll(_ all: [[String]]) -> [String] {
        all.count > 1 ? shared(all).filter { $0 != Caveat.emulated.word } : []
    }

    /// What a caption says of all figures below it; empty where there is nothing to say.
    static func caption(_ words: [String]) -> String {
        words.isEmpty ? "" : "; all figures: \(words.joined(separator: ", "))"
    }

    /// In what the worlds are unequal, a note for each platform and whatever is the same for several of its tasks.
    static func notes(_ cells: [TaskCell]) -> [[Inline]] {
        cells.map(\.cell.platform).uniqued().flatMap { platform -> [[Inline]] in
            let mine = cells.filter { $0.cell.platform == platform }
            let said = mine.map(differences)
            return said.filter { !$0.isEmpty }.uniqued().map { words in
                let tasks = zip(mine, said).filter { $0.1 == words }.map(\.0.cell.workload)
                let what = tasks.count == mine.count ? "" : " for \(Format.enumeration(tasks))"
                return [
                    .strong("On \(platform)\(what)"), .text(": "), .mark(unequal),
                    .text(" \(Format.sentence(words.joined(separator: "; ")))"),
                ]
            }
        }
    }

    private static let unequal = "unequal"

    private static func differences(_ cell: TaskCell) -> [String] {
        cell.caveats.compactMap { caveat in
            if case .unequal(let what) = caveat { what } else { nil }
        }
    }
}
