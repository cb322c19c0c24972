import BenchmarkModel

@testable import TareCommands

/// Small suites: a good one, and that one with a part replaced.
enum SuiteText {
    static let good = """
        name: test
        workloads:
          - name: noop
            image: {packages: [busybox-static]}
            command: [/.tare/witness, pause]
        platforms:
          - process
          - {name: runc, oci: {}}
        experiments:
          startup: {}

        """

    /// The good suite with a line put behind its last, or before a line.
    static func with(_ addition: String, before line: String? = nil) -> String {
        guard let line else { return good + addition + "\n" }
        return good.replacing(line, with: addition + "\n" + line)
    }

    /// The errors of a text; empty for a good one.
    static func errors(_ text: String, in directory: String = "/nowhere") -> [TareError] {
        do {
            _ = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: directory)
            return []
        } catch let errors as SuiteErrors {
            return errors.errors
        } catch {
            return [TareError(.failed, "\(error)")]
        }
    }
}
