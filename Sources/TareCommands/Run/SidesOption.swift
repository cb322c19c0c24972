import ArgumentParser
import BenchmarkModel

/// `--ab A,B`: two platforms or two workloads that alternate within each block.
enum SidesOption {
    static let help = ArgumentHelp(
        "Measure two platforms, or two workloads, in turn within each block, and nothing else: the base first.",
        valueName: "a,b")

    /// Takes all else out of the suite.
    ///
    /// - Returns: the two names, base first; empty where the option is not given.
    /// - Throws: ``TareError`` with code `usage`, see ``Suite/checkedSides(_:)``, and where nothing is left to be measured.
    static func reduce(_ document: inout SuiteDocument, to text: String?) throws -> [String] {
        guard let text else { return [] }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let sides = try document.suite.checkedSides(names)
        document.suite = document.suite.reduced(to: sides)
        let plan = SamplePlan.plan(of: document.suite, sides: sides.names)
        guard plan.totalObservations > 0 else {
            throw TareError(
                .usage, "--ab: there is no cell of \(sides.names[0]) with another of \(sides.names[1]) beside it",
                remedy: "Let an experiment of the suite measure both.",
                cause: plan.cells.compactMap(\.impossible).first)
        }
        return sides.names
    }

    /// The words of a command line that ask for these sides.
    static func words(_ sides: [String]) -> [String] {
        sides.isEmpty ? [] : ["--ab", sides.joined(separator: ",")]
    }
}
