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

    /// A suite that is about to be measured, and all that has to hold before: the rights, the policy, and enough open files.
    ///
    /// - Parameter ab: the two sides that alternate; nothing else of the suite is left then.
    /// - Returns: the suite, the names of the sides (none without `ab`), and the policy whose budgets the run keeps.
    /// - Throws: ``TareError`` or ``SuiteErrors`` with what is in the way.
    static func toMeasure(
        _ path: String?, ab: String?, policy: PolicyOptions
    ) throws -> (document: SuiteDocument, sides: [String], limits: Policy?) {
        try Rights.needRoot()
        var document = try read(path)
        let sides = try SidesOption.reduce(&document, to: ab)
        let limits = try policy.apply(to: document)
        Rights.raiseOpenFiles()
        try Rights.checkOpenFiles(document.suite)
        return (document, sides, limits)
    }
}
