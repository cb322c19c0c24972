import Analysis
import BenchmarkModel

@testable import Reports

extension Report {
    init(run: Run, resamples: Int = 50) { self.init(RunAnalysis(run: run, resamples: resamples)) }

    /// The drawing of an identity, with its words.
    func figure(_ id: String) -> Reports.Figure? {
        for section in document.sections {
            for case .figure(let figure) in section.blocks where figure.svg.contains("id=\"\(id)-t\"") { return figure }
        }
        return nil
    }

    func answers(of mode: String) -> [Answer] { answers.filter { $0.mode == mode } }
}
