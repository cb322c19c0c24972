import BenchmarkModel
import Glibc

/// Where a suite comes from: a file, or the quick suite that is part of tare.
enum SuiteSource {
    /// A suite, its text and the places of its parts.
    static func read(_ path: String?) throws -> SuiteDocument {
        if let path { return try SuiteReader.read(path: path) }
        return try SuiteReader.parse(
            text: SuiteResources.quick, file: "quick.yaml (part of tare)", baseDirectory: "/")
    }
}
