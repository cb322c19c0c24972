import BenchmarkModel

/// The forms in which a run can be written.
public enum ReportFormat: String, Sendable, CaseIterable {
    /// One self-contained HTML file.
    case html
    /// GitHub-flavoured Markdown.
    case markdown
    /// Raw samples and figures, see ``JSONExport``.
    case json
    /// Raw samples, see ``CSVExport``.
    case csv
    /// Plain text for a terminal, 100 columns wide and without colour; see ``TerminalSummary`` for others.
    case text

    /// What a file of this form is called at its end, without the dot.
    public var fileExtension: String {
        switch self {
        case .html: "html"
        case .markdown: "md"
        case .json: "json"
        case .csv: "csv"
        case .text: "txt"
        }
    }
}

/// Writes a report.
public enum Renderer {
    /// Writes a report in any form.
    ///
    /// - Throws: `TareError` where the form refuses what is to be written.
    public static func render(_ model: ReportModel, as format: ReportFormat) throws -> String {
        switch format {
        case .html: try html(model)
        case .markdown: markdown(model)
        case .json: try JSONExport.encode(model)
        case .csv: CSVExport.encode(model.run)
        case .text: TerminalSummary.render(model, width: 100, color: false)
        }
    }

    /// Writes GitHub-flavoured Markdown.
    public static func markdown(_ model: ReportModel) -> String {
        MarkdownRenderer.render(model.document())
    }

    /// Writes one HTML file that needs no other.
    ///
    /// - Throws: `TareError` where the template within this program is damaged.
    public static func html(_ model: ReportModel) throws -> String {
        do {
            return try HTMLRenderer.render(model.document())
        } catch {
            throw TareError(
                .failed, "the template of the HTML report cannot be read",
                remedy: "This program is damaged: build it again.", cause: "\(error)")
        }
    }
}
