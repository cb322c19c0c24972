import BenchmarkModel
import Dispatch
import Glibc
import LinuxSystem
import Synchronization

// The mark protocol, instance to host, is single bytes on a stream (specified with the witness, Sources/witness):
//   E  entered        X  executed        R  ready        F text \n  failed, with the reason as UTF-8
// A byte's time is the host's CLOCK_MONOTONIC when it has arrived; bytes that arrive together share their time.

/// The host's side of one instance's mark channel. Its bytes are read by the ``MarkReceiver``'s thread.
final class InstanceChannel: MarkChannel {
    /// What has arrived so far.
    struct Received: Sendable {
        var marks: [Mark] = []
        /// The witness's reason, when it reported a failure.
        var failure: String?
        /// Whether the stream ended.
        var ended = false
        /// How many bytes came that do not belong to the protocol, marks that came again and again among them.
        var strangeBytes = 0
        /// The last of what the console printed.
        var console: [UInt8] = []
        /// How many bytes the console printed in all, and how many of them before the witness entered: firmware and kernel.
        var consoleBytes = 0
        var consoleBytesBeforeEntry: Int?

        /// What the console printed since the witness entered, as far as it is kept; nil where it did not enter.
        var consoleSinceEntry: ArraySlice<UInt8>? {
            consoleBytesBeforeEntry.map { console.suffix(consoleBytes - $0) }
        }
    }

    private struct State {
        var received = Received()
        var failureText: [UInt8]?
        var instanceDescriptor: Int32
        var outputDescriptor: Int32
        var directory = ""
    }

    let marksSocketPath: String
    let consoleSocketPath: String
    private let state: Mutex<State>
    private let changed = DispatchSemaphore(value: 0)
    static let consoleLimit = 8_192

    init(instanceDescriptor: Int32, outputDescriptor: Int32, marksSocketPath: String, consoleSocketPath: String) {
        self.marksSocketPath = marksSocketPath
        self.consoleSocketPath = consoleSocketPath
        state = Mutex(State(instanceDescriptor: instanceDescriptor, outputDescriptor: outputDescriptor))
    }

    deinit {
        closeInstanceSide()
    }

    var instanceDescriptor: Int32 { state.withLock { $0.instanceDescriptor } }
    var outputDescriptor: Int32 { state.withLock { $0.outputDescriptor } }
    /// Where its output lies; empty where it has none on the host.
    var directory: String {
        get { state.withLock { $0.directory } }
        set { state.withLock { $0.directory = newValue } }
    }
    var received: Received { state.withLock { $0.received } }

    /// Closes the host's copies of what the instance holds, so that the instance's end is seen as the stream's end.
    func closeInstanceSide() {
        state.withLock { state in
            if state.instanceDescriptor >= 0 { close(state.instanceDescriptor) }
            if state.outputDescriptor >= 0 { close(state.outputDescriptor) }
            state.instanceDescriptor = -1
            state.outputDescriptor = -1
        }
    }

    func record(_ name: MarkName, at nanoseconds: UInt64) {
        state.withLock { $0.received.marks.append(Mark(name, nanoseconds: nanoseconds)) }
        changed.signal()
    }

    /// Records a mark once: `spawned` and `kernel` come with the first byte or connection of several.
    func recordFirst(_ name: MarkName, at nanoseconds: UInt64) {
        state.withLock { state in
            if !state.received.marks.contains(where: { $0.name == name }) {
                state.received.marks.append(Mark(name, nanoseconds: nanoseconds))
            }
        }
        changed.signal()
    }

    /// Of a mark that comes again so many are kept: enough to see that it did.
    static let mostOfOneMark = 2
    /// So many bytes beyond the protocol may come; whoever sends more is not listened to any more.
    static let mostStrangeBytes = 4_096

    /// Takes bytes of the mark channel that arrived at a time.
    ///
    /// - Returns: whether the channel is worth listening to any more.
    func take(_ bytes: ArraySlice<UInt8>, at nanoseconds: UInt64) -> Bool {
        defer { changed.signal() }
        return state.withLock { state in
            func add(_ name: MarkName) {
                if state.received.marks.count(where: { $0.name == name }) < InstanceChannel.mostOfOneMark {
                    state.received.marks.append(Mark(name, nanoseconds: nanoseconds))
                } else {
                    state.received.strangeBytes += 1
                }
            }
            for byte in bytes {
                // Where it is given up must not depend on the pieces in which the bytes happen to arrive.
                guard state.received.strangeBytes <= InstanceChannel.mostStrangeBytes else { return false }
                if state.failureText != nil {
                    if byte == UInt8(ascii: "\n") {
                        state.received.failure = String(decoding: state.failureText ?? [], as: UTF8.self)
                        state.failureText = nil
                    } else if (state.failureText?.count ?? 0) < 1_024 {
                        state.failureText?.append(byte)
                    } else {
                        state.received.strangeBytes += 1
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "E"):
                    add(.entered)
                    let before = state.received.consoleBytesBeforeEntry ?? state.received.consoleBytes
                    state.received.consoleBytesBeforeEntry = before
                case UInt8(ascii: "X"): add(.executed)
                case UInt8(ascii: "R"): add(.ready)
                case UInt8(ascii: "F") where state.received.failure == nil: state.failureText = []
                default: state.received.strangeBytes += 1
                }
            }
            return state.received.strangeBytes <= InstanceChannel.mostStrangeBytes
        }
    }

    /// Takes bytes of the console; only the last are kept.
    func takeConsole(_ bytes: ArraySlice<UInt8>, at nanoseconds: UInt64) {
        recordFirst(.kernel, at: nanoseconds)
        state.withLock { state in
            state.received.console.append(contentsOf: bytes)
            state.received.consoleBytes += bytes.count
            let excess = state.received.console.count - InstanceChannel.consoleLimit
            if excess > 0 { state.received.console.removeFirst(excess) }
        }
    }

    /// The mark channel's stream ended.
    func end() {
        state.withLock { $0.received.ended = true }
        changed.signal()
    }

    /// Waits until a condition holds of what has arrived.
    ///
    /// - Parameters:
    ///   - deadline: `CLOCK_MONOTONIC` in nanoseconds.
    ///   - interrupted: asked ten times a second; true ends the wait.
    /// - Returns: what has arrived when the condition held, the deadline passed, or the wait was interrupted.
    func wait(
        until deadline: UInt64, interrupted: () -> Bool = { false }, _ condition: (Received) -> Bool
    ) -> Received {
        while true {
            let current = received
            let now = MonotonicClock.now()
            if condition(current) || now >= deadline || interrupted() { return current }
            let slice = min(deadline - now, 100_000_000)
            _ = changed.wait(timeout: .now() + .nanoseconds(Int(slice)))
        }
    }
}
