import Analysis
import ArgumentParser
import Exports
import Glibc
import Reports

/// The forms of a comparison and of what a gate says.
enum ComparisonFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case markdown
    case json

    /// - Throws: ``TareError`` where the encoder refuses.
    func encode(_ comparison: Comparison) throws -> String {
        switch self {
        case .text:
            ComparisonReport(comparison)
                .terminal(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO))
        case .markdown: ComparisonReport(comparison).markdown()
        case .json: try ComparisonJSON.encode(comparison)
        }
    }

    /// - Throws: ``TareError`` where the encoder refuses.
    func encode(_ result: GateResult) throws -> String {
        switch self {
        case .text:
            GateReport(result).terminal(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO))
        case .markdown: GateReport(result).markdown()
        case .json: try GateJSON.encode(result)
        }
    }

    /// What is printed where the gate gives no verdict; nil where the error itself says all.
    ///
    /// - Throws: ``TareError`` where the encoder refuses.
    func encode(_ refused: RefusedGate) throws -> String? {
        switch self {
        case .text: nil
        case .markdown: refused.markdown()
        case .json: try refused.json()
        }
    }
}
