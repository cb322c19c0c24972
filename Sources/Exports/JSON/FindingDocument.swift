import Analysis
import BenchmarkModel
import Statistics

/// A figure of a cell; see the head of `JSONExport.swift`.
struct FindingDocument: Encodable {
    var metric, title, unit, polarity: String
    var definitionVersion: Int
    var cell: String
    var estimate: Double
    var interval: [Double]?
    var n: Int
    var isAtLeast: Bool
    var caveats: [String]

    init(_ finding: Finding) {
        metric = finding.metric.id
        title = finding.metric.title
        unit = finding.metric.unit.rawValue
        polarity = finding.metric.polarity.rawValue
        definitionVersion = finding.metric.definitionVersion
        cell = finding.cell
        estimate = finding.estimate
        interval = finding.interval.flatMap(\.ends)
        n = finding.n
        isAtLeast = finding.isLowerBound
        caveats = finding.caveats.words
    }
}
