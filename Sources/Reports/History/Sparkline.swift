import Analysis
import Statistics

/// A series in one line of a terminal, from the lowest block for its least value to the highest for its largest.
struct Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let digits = Array("12345678")

    /// For each column its height, from 0 to 7.
    let levels: [Int]
    /// The columns in which a change point is.
    private let marked: Set<Int>

    /// - Parameters:
    ///   - width: where there are more points than columns, a column is the median of neighbours.
    init(_ history: History, width: Int) {
        let values = history.points.map { history.scale.value($0.estimate) ?? 0 }
        let count = min(values.count, max(1, width))
        let columns = (0..<count).map { column -> Double in
            let group = values[(column * values.count / count)..<((column + 1) * values.count / count)]
            return Quantiles(Array(group))?.median ?? 0
        }
        let least = columns.min() ?? 0
        let most = columns.max() ?? 0
        // What counts as the same is drawn as the same: noise of less than a percent is no mountain.
        let isFlat = !(most - least > history.scale.margin)
        levels = columns.map { isFlat ? 3 : Int(((($0 - least) / (most - least)) * 7).rounded()) }
        marked = Set(
            history.steps.map { step in
                (0..<count).last { $0 * values.count / count <= step.index } ?? 0
            })
    }

    /// - Parameter isPlain: whether the terminal has no blocks; digits from 1 to 8 stand for them.
    func text(isPlain: Bool) -> String {
        String(levels.map { (isPlain ? Self.digits : Self.blocks)[min(max($0, 0), 7)] })
    }

    /// Points at the change points from below; nil where there is none.
    var marks: String? {
        guard let last = marked.max() else { return nil }
        return String((0...last).map { marked.contains($0) ? "^" : " " })
    }
}
