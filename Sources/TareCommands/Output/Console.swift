import Glibc
import LinuxSystem
import Reports
import Synchronization

/// Results go to standard output, everything else to standard error.
enum Console {
    /// When escape sequences are used.
    enum Color: String, CaseIterable, Sendable {
        /// On a terminal that takes them, unless `NO_COLOR` is set.
        case auto
        case never
        case always
    }

    private struct State {
        var color = Color.auto
        var failure: SystemError?
        var closed: Set<Int32> = []
    }
    private static let state = Mutex(State())

    /// What `--color` says.
    static func setColor(_ color: Color) { state.withLock { $0.color = color } }

    /// Why something that was to be printed on standard output is lost; nil where all was written, or its reader went away.
    static var failure: SystemError? { state.withLock { $0.failure } }

    /// Puts /dev/null in the place of standard streams that are closed: else the next file that is opened, the database say,
    /// would take their numbers and be written to.
    static func secureStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            let null = open("/dev/null", O_RDWR)
            if null >= 0, null != descriptor {
                dup2(null, descriptor)
                close(null)
            }
            state.withLock { _ = $0.closed.insert(descriptor) }
        }
    }

    /// Writes a text and a line end to standard output.
    static func output(_ text: String) {
        write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }

    /// Writes lines to standard output that are meant for the runner of a pipeline.
    static func annotations(_ text: String) { write(text, to: STDOUT_FILENO, isForRunner: true) }

    /// Writes sentences to standard output, broken between words where a terminal shows them.
    static func sentences(_ text: String) {
        output(fitted(text, to: STDOUT_FILENO))
    }

    /// Writes sentences and a line end to standard error, broken between words where a terminal shows them.
    static func error(_ text: String) {
        write(fitted(text, to: STDERR_FILENO) + "\n", to: STDERR_FILENO)
    }

    /// Lines made harmless, for they may quote a workload, a guest, a runtime or a file's name; broken where a terminal shows
    /// them.
    private static func fitted(_ text: String, to descriptor: Int32) -> String {
        let width = isTerminal(descriptor) ? columns(of: descriptor) ?? 80 : nil
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // What is indented already, such as a usage line, was laid out by somebody else.
            guard let width, !line.hasPrefix(" ") else { return TerminalSummary.harmless(String(line)) }
            let wrapped = TerminalSummary.wrap(String(line), width: width)
            return wrapped.hasSuffix("\n") ? String(wrapped.dropLast()) : wrapped
        }
        return lines.joined(separator: "\n")
    }

    /// Writes a text as it is, but for what the runner of a pipeline would obey. What standard output does not take is remembered,
    /// and the command fails in the end.
    ///
    /// - Parameter isForRunner: whether the runner is meant to obey it.
    static func write(_ text: String, to descriptor: Int32, isForRunner: Bool = false) {
        if state.withLock({ $0.closed.contains(descriptor) }) { return lost(descriptor, EBADF) }
        let isSafe = isForRunner || !RunnerCommands.areRead(Directories.environment)
        var bytes = Array((isSafe ? text : RunnerCommands.harmless(text)).utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&polled, 1, 1_000)
                    continue
                }
                return lost(descriptor, errno)
            }
            bytes = bytes.dropFirst(count)
        }
    }

    private static func lost(_ descriptor: Int32, _ number: Int32) {
        // A reader that went away, such as `head`, has seen what it wanted.
        guard descriptor == STDOUT_FILENO, number != EPIPE else { return }
        state.withLock { state in
            state.failure = state.failure ?? SystemError("writing to standard output", number: number)
        }
    }

    /// Whether a person reads the stream.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Whether escape sequences may be written to a stream, for colours or to write a line anew.
    static func usesEscapes(_ descriptor: Int32) -> Bool {
        switch state.withLock({ $0.color }) {
        case .never: return false
        case .always: return true
        case .auto:
            let isPlain = Directories.environment("NO_COLOR") != nil || Directories.environment("TERM") == "dumb"
            return isTerminal(descriptor) && !isPlain
        }
    }

    /// Columns of the terminal; 100 where there is none.
    static var width: Int { columns(of: STDOUT_FILENO) ?? 100 }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
