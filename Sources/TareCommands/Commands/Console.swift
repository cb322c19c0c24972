import Glibc
import Reports

/// Results go to standard output, everything else to standard error.
enum Console {
    /// Writes a text and a line end to standard output.
    static func output(_ text: String) {
        write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }

    /// Writes sentences to standard output, broken between words where a terminal shows them.
    static func sentences(_ text: String) {
        output(fitted(text, to: STDOUT_FILENO))
    }

    /// Writes sentences and a line end to standard error, broken between words where a terminal shows them.
    static func error(_ text: String) {
        write(fitted(text, to: STDERR_FILENO) + "\n", to: STDERR_FILENO)
    }

    private static func fitted(_ text: String, to descriptor: Int32) -> String {
        guard isTerminal(descriptor) else { return text }
        let width = columns(of: descriptor) ?? 80
        // What is indented already, such as a usage line, was laid out by somebody else.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix(" ") ? String(line) : TerminalSummary.wrap(String(line), width: width)
        }
        return lines.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n")
    }

    /// Writes a text as it is.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return
            }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Whether a person reads the stream.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal; 100 where there is none.
    static var width: Int { columns(of: STDOUT_FILENO) ?? 100 }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
