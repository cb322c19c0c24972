import Analysis
import BenchmarkModel
import Statistics

/// A cell with the figures of its experiment, both on one level; see the head of `JSONExport.swift`.
struct CellDocument<Figures: Encodable>: Encodable {
    /// What every cell has.
    private struct Head: Encodable {
        var key, workload, platform: String
        var planned, ok, failed, invalid: Int
        var impossible: String?
        var emulated: Bool
        var marks: [String]
    }

    private var head: Head
    private var figures: Figures

    init<Cell: AnalysedCell>(_ cell: Cell, _ figures: (Cell) -> Figures) {
        let counts = cell.accounting
        head = Head(
            key: cell.cell.key, workload: cell.cell.workload, platform: cell.cell.platform, planned: counts.planned,
            ok: counts.ok, failed: counts.failed, invalid: counts.invalid, impossible: cell.cell.impossible,
            emulated: cell.emulated, marks: cell.caveats.words)
        self.figures = figures(cell)
    }

    func encode(to encoder: any Encoder) throws {
        try head.encode(to: encoder)
        try figures.encode(to: encoder)
    }
}

extension Interval {
    /// Both ends; nil where JSON cannot carry one.
    var ends: [Double]? {
        guard lower.isFinite, upper.isFinite else { return nil }
        return [lower, upper]
    }
}
