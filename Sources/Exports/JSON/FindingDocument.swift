package import Analysis
import BenchmarkModel
import Statistics

/// A figure of a cell; see the head of `JSONExport.swift`.
struct FindingDocument: Encodable {
    var metric, title, unit, polarity: String
    var definitionVersion: Int
    var isHeadline: Bool
    var cell, workload, platform: String
    var estimate: Double
    var interval: [Double]?
    var n: Int
    var isAtLeast: Bool
    var caveats: [String]
    var scale: ScaleWord
    var resolution: Double?
    var comparedEstimate: Double?
    var standardError: Double?
    var degreesOfFreedom: Double?
    var blocks: Int
    var events, trials: Int?
    var refusal: String?

    /// - Parameter figure: the same as it is compared.
    init(_ finding: Finding, _ figure: Figure) {
        metric = finding.metric.id
        title = finding.metric.title
        unit = finding.metric.unit.rawValue
        polarity = finding.metric.polarity.rawValue
        definitionVersion = finding.metric.definitionVersion
        isHeadline = finding.isHeadline
        cell = finding.cell
        workload = finding.workload
        platform = finding.platform
        estimate = finding.estimate
        interval = finding.interval.flatMap(\.ends)
        n = finding.n
        isAtLeast = finding.isLowerBound
        caveats = finding.caveats.words
        scale = ScaleWord(figure.scale)
        resolution = figure.scale.resolution
        comparedEstimate = figure.estimate == finding.estimate ? nil : figure.estimate.ifFinite
        standardError = figure.standardError?.ifFinite
        degreesOfFreedom = figure.degreesOfFreedom.ifFinite
        blocks = figure.blocks
        events = figure.counts?.events
        trials = figure.counts?.trials
        refusal = figure.refusal
    }
}

/// How a scale is called in files.
package enum ScaleWord: String, Sendable, Codable, CaseIterable {
    case ratio
    case difference

    package init(_ scale: Scale) {
        switch scale {
        case .ratio: self = .ratio
        case .difference: self = .difference
        }
    }

    /// - Parameter resolution: of a difference; none where it is absent.
    package func scale(resolution: Double?) -> Scale {
        switch self {
        case .ratio: .ratio
        case .difference: .difference(resolution: resolution ?? 0)
        }
    }
}

extension Scale {
    /// That of a difference; nil for a ratio.
    package var resolution: Double? {
        switch self {
        case .ratio: nil
        case .difference(let resolution): resolution
        }
    }
}
