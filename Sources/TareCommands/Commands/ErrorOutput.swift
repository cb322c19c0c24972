import ArgumentParser
import BenchmarkModel
import Glibc

/// The last word of a command that failed.
enum ErrorOutput {
    /// Prints an error to standard error and returns the exit code that belongs to it.
    static func report(_ error: any Error) -> Int32 {
        if let errors = error as? SuiteErrors {
            Console.error(errors.description)
            return errors.exitCode
        }
        if let error = error as? TareError {
            Console.error("tare: \(error.description)")
            return error.exitCode
        }
        let code = TareCommand.exitCode(for: error)
        let text = TareCommand.fullMessage(for: error)
        if code == .success {
            // --help and --version come this way.
            Console.output(text)
        } else if !text.isEmpty {
            Console.error(text)
        }
        return code.rawValue
    }
}
