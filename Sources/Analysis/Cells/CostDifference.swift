import BenchmarkModel
import Statistics

/// A difference of two figures, with its 95 % interval; nil where one of them has none.
package struct CellDifference: Sendable, Equatable {
    package var value: Double
    /// On how many measurements it rests: the smaller number of the two sides.
    package var n: Int
    package var lower: Double?
    package var upper: Double?

    /// Whether this run tells it apart from none: 0 is not in the interval.
    package var isTold: Bool {
        guard let lower, let upper else { return false }
        return lower > 0 || upper < 0
    }

    /// The interval is made of those of both sides, by the method of variance estimates recovery (Zou and Donner 2008, Construction
    /// of confidence limits about effect measures, Statistics in Medicine 27: 1693-1702).
    init(_ mine: Double, _ interval: Interval?, minus theirs: Double, _ other: Interval?, n: Int) {
        value = mine - theirs
        self.n = n
        guard let interval, let other else { return }
        func root(_ one: Double, _ two: Double) -> Double { (one * one + two * two).squareRoot() }
        lower = value - root(mine - interval.lower, other.upper - theirs)
        upper = value + root(interval.upper - mine, theirs - other.lower)
    }
}

/// What an instance of one pair of workload and platform costs more than one of another, in one run.
struct CostDifference {
    /// Of warm starts, in nanoseconds; nil where one of the two has no sound figure.
    var startup: CellDifference?
    /// Of the ledger's slopes, in bytes an instance.
    var memory: CellDifference?
    /// What stands beside the figures of both sides.
    var caveats: [Caveat] = []

    init(
        of one: (workload: String, platform: String), minus other: (workload: String, platform: String),
        _ analysis: RunAnalysis
    ) {
        func isOf(_ cell: Cell, _ pair: (workload: String, platform: String)) -> Bool {
            cell.workload == pair.workload && cell.platform == pair.platform
        }
        let starts = analysis.startups(of: .warm).filter(\.isSound)
        if let mine = starts.first(where: { isOf($0.cell, one) }), let own = mine.startup,
            let theirs = starts.first(where: { isOf($0.cell, other) }), let its = theirs.startup
        {
            startup = CellDifference(
                own.median, own.interval, minus: its.median, its.interval, n: min(own.count, its.count))
            caveats += mine.caveats + theirs.caveats
        }
        let footprints = analysis.footprints.filter(\.isSound)
        if let mine = footprints.first(where: { isOf($0.cell, one) }), let own = mine.ledger,
            let theirs = footprints.first(where: { isOf($0.cell, other) }), let its = theirs.ledger
        {
            memory = CellDifference(
                own.slope, own.slopeInterval, minus: its.slope, its.slopeInterval,
                n: min(mine.accounting.ok, theirs.accounting.ok))
            caveats += mine.caveats + theirs.caveats
        }
    }
}

extension [Caveat] {
    /// Of cells that may say the same for reasons of their own, one word stands for all.
    var onceEach: [Caveat] { words.uniqued().compactMap { word in first { $0.word == word } } }
}
