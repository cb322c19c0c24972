import Analysis
import BenchmarkModel

extension Format {
    /// A difference with its interval in brackets, in one unit: `262 ms [246 to 276 ms]`.
    static func difference(_ difference: CellDifference, _ unit: Metric.Unit) -> String {
        let size = figure(abs(difference.value), unit)
        let value = difference.value < 0 ? "-\(size)" : size
        guard let lower = difference.lower, let upper = difference.upper else { return value }
        return "\(value) [\(interval(lower, upper, of: abs(difference.value), unit))]"
    }

    /// The same as a cell of a table, and on how many measurements it rests.
    static func cell(_ difference: CellDifference?, _ unit: Metric.Unit) -> [Inline] {
        [.text(difference.map { Format.difference($0, unit) } ?? "–")]
    }
    static func count(_ difference: CellDifference?) -> [Inline] { [.text(difference.map { "\($0.n)" } ?? "–")] }
}
