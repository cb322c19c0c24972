import BenchmarkModel
import Exports
import Reports

extension Report {
    /// What it says, for forms that hold sentences.
    var sentences: JSONExport.Sentences {
        JSONExport.Sentences(
            answers: answers.map { .init(workload: $0.workload, mode: $0.mode, text: $0.text) },
            banners: banners.map { .init(kind: $0.kind.rawValue, text: $0.text) })
    }

    /// The run with its figures and sentences, see ``JSONExport``.
    ///
    /// - Throws: ``TareError`` where the encoder refuses.
    func json() throws -> String { try JSONExport.encode(analysis, sentences) }
}
