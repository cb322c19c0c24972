import Glibc
import Harness
import LinuxSystem
import Reports
import Synchronization

/// Progress on standard error: one line that is rewritten on a terminal, plain lines every few seconds elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var shown = ""
        /// What goes on, for somebody who waits for its end.
        var now = ""
        var latestPlainLine: UInt64 = 0
    }
    private let state = Mutex(State())
    private let terminal = Console.usesEscapes(STDERR_FILENO)
    private static let plainLineNanoseconds: UInt64 = 10_000_000_000

    /// A sentence that stays.
    func say(_ text: String) {
        state.withLock { state in
            if terminal, !state.shown.isEmpty { Console.write("\r\u{1b}[K", to: STDERR_FILENO) }
            Console.error(text)
            if terminal, !state.shown.isEmpty { Console.write(state.shown, to: STDERR_FILENO) }
        }
    }

    /// What goes on, in words; empty where nothing is known.
    var now: String { state.withLock { $0.now } }

    /// What goes on now.
    func show(_ text: String) {
        let text = TerminalSummary.harmless(text)
        state.withLock { state in
            state.now = state.now.isEmpty || !text.hasPrefix("[") ? text : state.now
            if terminal {
                state.shown = String(text.prefix(max(20, Console.width - 1)))
                Console.write("\r\u{1b}[K\(state.shown)", to: STDERR_FILENO)
            } else if text != state.shown {
                state.shown = text
                Console.error(text)
            }
        }
    }

    /// How far the run is.
    func update(_ progress: Progress) {
        state.withLock { $0.now = progress.now }
        let percent = progress.total > 0 ? progress.done * 100 / progress.total : 0
        var text = "[\(percent) %] \(progress.done)/\(progress.total) samples, now \(progress.now)"
        if let seconds = progress.secondsLeft { text += ", about \(ProgressLine.duration(seconds)) left" }
        if terminal { return show(text) }
        let now = MonotonicClock.now()
        let due = state.withLock { state in
            guard now - state.latestPlainLine >= ProgressLine.plainLineNanoseconds else { return false }
            state.latestPlainLine = now
            return true
        }
        if due { Console.error(text) }
    }

    /// Takes the line away.
    func finish() {
        state.withLock { state in
            if terminal, !state.shown.isEmpty { Console.write("\r\u{1b}[K", to: STDERR_FILENO) }
            state.shown = ""
        }
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 90 ? "\(whole) s" : "\((whole + 30) / 60) min"
    }
}
