package import Analysis

/// The forms in which a run is written for programs. A form is a file, a case here, and a case of the switch.
package enum ExportFormat: String, Sendable, CaseIterable {
    /// Everything: see ``JSONExport``.
    case json
    /// One table: see ``CSVExport``.
    case csv
    /// Headline figures of which lower is better, for github-action-benchmark: see ``GABExport``.
    case gab
    /// Those of which higher is better.
    case gabBigger = "gab-bigger"
    /// Instances and their phases on a time line: see ``TraceExport``.
    case trace

    /// - Parameters:
    ///   - table: which one, where the form holds only one.
    ///   - sentences: what reports say of the run; asked for only where the form holds sentences.
    /// - Throws: `TareError` where the form refuses what is to be written.
    package func encode(
        _ analysis: RunAnalysis, table: CSVExport.Table = .samples, sentences: () -> JSONExport.Sentences
    ) throws -> String {
        switch self {
        case .json: try JSONExport.encode(analysis, sentences())
        case .csv: CSVExport.encode(analysis, table: table)
        case .gab: try GABExport.encode(analysis, .smaller)
        case .gabBigger: try GABExport.encode(analysis, .bigger)
        case .trace: try TraceExport.encode(analysis.run)
        }
    }

    /// What of the run is not in what is written, and how to get it, in words; nil where all is.
    package func leftOut(of analysis: RunAnalysis, table: CSVExport.Table = .samples) -> String? {
        switch self {
        case .json: nil
        case .csv: CSVExport.leftOut(of: analysis, table: table)
        case .gab: GABExport.leftOut(of: analysis, .smaller)
        case .gabBigger: GABExport.leftOut(of: analysis, .bigger)
        case .trace: TraceExport.leftOut(of: analysis.run)
        }
    }
}
