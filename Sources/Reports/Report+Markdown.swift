import Analysis
package import BenchmarkModel

extension Report {
    /// GitHub-flavoured Markdown with its drawings, which are files beside it.
    ///
    /// - Parameter charts: the directory of ``chartFiles``, as the text links to it; nil leaves the drawings out.
    package func markdown(charts: String?) -> String { MarkdownRenderer.render(document, charts: charts) }

    /// GitHub-flavoured Markdown that is no longer than a place for it allows. What does not fit is left out, the
    /// detail first, and named in a sentence at the end.
    ///
    /// - Parameters:
    ///   - bytes: so long is the text at the most, in UTF-8.
    ///   - charts: as in ``markdown(charts:)``.
    /// - Throws: ``TareError`` where not even the answers fit.
    package func markdown(within bytes: Int, charts: String? = nil) throws(TareError) -> String {
        let budget = MarkdownBudget(
            background: Set(Background.sections(analysis, method: []).map(\.id)),
            command: "tare report \(analysis.run.id)")
        return try budget.text(of: MarkdownPage(document, charts: charts), within: bytes)
    }

    /// The drawings of the Markdown, each a file of its own.
    package var chartFiles: [ChartFile] { document.chartFiles(run: analysis.run.id) }
}
