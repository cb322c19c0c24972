import Analysis
import BenchmarkModel

@testable import Reports

extension Report {
    init(run: Run, resamples: Int = 50) { self.init(RunAnalysis(run: run, resamples: resamples)) }

    func answers(of mode: String) -> [Answer] { answers.filter { $0.mode == mode } }
}
