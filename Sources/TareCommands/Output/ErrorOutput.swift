import ArgumentParser
import BenchmarkModel
import Glibc
import LinuxSystem

/// The last word of a command that failed.
enum ErrorOutput {
    /// The exit code of a command, which has failed where its results could not be written.
    static func finish(_ code: Int32) -> Int32 {
        guard code == 0, let failure = Console.failure else { return code }
        return report(
            TareError(
                .failed, "the results could not be written", remedy: "Free some space there, or write them elsewhere.",
                cause: "\(failure)"))
    }

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
        if code == .failure, !(error is ExitCode) {
            // Not the parser's: an error of the system or a library that nobody gave a remedy on its way.
            return report(translated(error))
        }
        let text = TareCommand.fullMessage(for: error)
        if code == .success {
            // --help and --version come this way.
            Console.output(text)
        } else if !text.isEmpty {
            Console.error(inOurWords(text))
        }
        return code.rawValue
    }

    /// The parser's message as all others read: `tare: what.` and the usage.
    private static func inOurWords(_ text: String) -> String {
        let prefix = "Error: "
        guard text.hasPrefix(prefix) else { return text }
        var lines = text.dropFirst(prefix.count).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        lines[0] = "tare: " + lines[0].prefix(1).lowercased() + lines[0].dropFirst()
        if let last = lines[0].last, !".?!".contains(last) { lines[0] += "." }
        return lines.joined(separator: "\n")
    }

    private static func translated(_ error: any Error) -> TareError {
        let remedy =
            switch (error as? SystemError)?.number {
            case ENOSPC?, EDQUOT?: "Free some space there."
            case EACCES?, EPERM?, EROFS?: "Check that tare runs as root and may write there."
            case EMFILE?, ENFILE?: "Raise the limit of open files (ulimit -n), or run fewer instances at once."
            case ENOMEM?, EAGAIN?: "Free some memory or processes, or run fewer instances at once."
            default: "'tare doctor' tries by itself everything that a run needs."
            }
        return TareError(.failed, "\(error)", remedy: remedy)
    }
}
