import Analysis
import ArgumentParser
import BenchmarkModel
import Exports
import Glibc
import LinuxSystem
import Reports

/// Where annotations are written for.
enum AnnotationForm: String, ExpressibleByArgument, CaseIterable {
    /// For the runner that this is, as its environment tells; none elsewhere.
    case auto
    case github
    case azure
    case none

    /// - Parameter environment: the value of a variable; nil where it is not set.
    func encode(_ result: GateResult, environment: (String) -> String?) -> String {
        switch chosen(environment) {
        case .github: GitHubAnnotations.encode(result)
        case .azure: AzureLogging.encode(result)
        case .auto, .none: ""
        }
    }

    /// As ``encode(_:environment:)``, of a gate that gives no verdict.
    func encode(_ refused: RefusedGate, environment: (String) -> String?) -> String {
        switch chosen(environment) {
        case .github: refused.gitHub()
        case .azure: refused.azure()
        case .auto, .none: ""
        }
    }

    private func chosen(_ environment: (String) -> String?) -> AnnotationForm {
        guard self == .auto else { return self }
        if environment("GITHUB_ACTIONS") == "true" { return .github }
        return environment("TF_BUILD")?.lowercased() == "true" ? .azure : .none
    }
}

/// A file that a gate writes.
struct GateFile {
    /// The option that names it.
    var option: String
    var path: String
    var encode: (GateResult) throws -> String
    /// What stands in it where the gate gives no verdict.
    var encodeRefused: (RefusedGate) throws -> String

    /// A path without links, as far as it leads to something: two that are the same name the same file.
    static func resolved(_ path: String) -> String {
        func real(_ path: String) -> String? {
            guard let found = realpath(path, nil) else { return nil }
            defer { free(found) }
            return String(cString: found)
        }
        if let whole = real(path) { return whole }
        let folder = Ownership.folder(of: path)
        let name = path.split(separator: "/").last ?? ""
        return real(folder).map { "\($0 == "/" ? "" : $0)/\(name)" } ?? path
    }

    /// Writes it, whole or not at all.
    ///
    /// - Returns: what went wrong; nil where it is written.
    func write(_ result: GateResult) -> TareError? { write { try encode(result) } }

    /// Writes, whole or not at all, that the gate gives no verdict.
    ///
    /// - Returns: what went wrong; nil where it is written.
    func write(_ refused: RefusedGate) -> TareError? { write { try encodeRefused(refused) } }

    private func write(_ text: () throws -> String) -> TareError? {
        do throws(TareError) {
            try ReportFiles.write(try text(), to: path, option: option)
            return nil
        } catch {
            return error
        }
    }
}

/// The summary of a step of GitHub Actions: a file that all steps add to.
enum StepSummary {
    /// Adds what the gate says to `$GITHUB_STEP_SUMMARY`, where that is set.
    ///
    /// - Returns: why it is not there, for a warning: it is a courtesy and decides nothing.
    static func append(_ result: GateResult, environment: (String) -> String?) -> String? {
        append({ GateReport(result).markdown() }, environment)
    }

    /// Adds that the gate gives no verdict.
    ///
    /// - Returns: why that is not there.
    static func append(_ refused: RefusedGate, environment: (String) -> String?) -> String? {
        append({ refused.markdown() }, environment)
    }

    private static func append(_ markdown: () -> String, _ environment: (String) -> String?) -> String? {
        guard let path = environment("GITHUB_STEP_SUMMARY"), !path.isEmpty else { return nil }
        do {
            try HostFiles.append(markdown() + "\n", to: path)
            return nil
        } catch {
            return "tare: warning: the summary is not in $GITHUB_STEP_SUMMARY: \(error)."
        }
    }
}
