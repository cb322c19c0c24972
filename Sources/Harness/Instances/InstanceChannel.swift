import BenchmarkModel
import Dispatch
import Glibc
import LinuxSystem
import Synchronization

/// The host's side of one instance's mark channel. Its bytes are read by the ``MarkReceiver``'s thread.
final class InstanceChannel: MarkChannel {
    /// What has arrived so far.
    struct Received: Sendable {
        var marks: [Mark] = []
        /// The witness's reason, when it reported a failure.
        var failure: String?
        /// How the command ended, where the witness was its parent.
        var ending: CommandEnding?
        /// How long the command took by the instance's own clock, where the witness was its parent, in nanoseconds.
        var instanceNanoseconds: UInt64?
        /// The files that figures are read from.
        var files = ReceivedFiles()
        /// What the witness told of the world, without the empty record that ends it; nil until that has come.
        var world: [UInt8]?
        /// Whether the stream ended, and when.
        var ended = false
        var endedNanoseconds: UInt64?
        /// What came over the port that carries the workload's output alone.
        var output = KeptOutput()
        /// Whether there is such a port: the VMM connected it; and whether the VMM has closed it and all of it was judged.
        var hasPort = false
        var outputEnded = false
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

    /// What looks for the line that makes the instance ready, in its output and on its console.
    private struct Matchers: @unchecked Sendable {
        // Safe to share: used only while the lock is held.
        var output: LineMatcher?
        var console: LineMatcher?
    }

    private struct State {
        var received = Received()
        var stream = MarkStream()
        /// What could not be judged before it had to be given back, in bytes.
        var unjudgedBytes: UInt64 = 0
        /// When the line that makes the instance ready was seen.
        var lineNanoseconds: UInt64?
        var instanceDescriptor: Int32
        var outputDescriptor: Int32
        var directory = ""
        var sendBack: (@Sendable (UInt8) -> Void)?
    }

    let marksSocketPath: String
    let consoleSocketPath: String
    let outputSocketPath: String
    private let state: Mutex<State>
    /// Apart from the state: marks must not wait until a long output is judged.
    private let matchers = Mutex(Matchers())
    private let isLineAwaited = Atomic<Bool>(false)
    /// A guest's output that arrived and is yet to be judged, in bytes.
    private let waiting = Atomic<Int>(0)
    /// Where guests' output is judged, in the order in which it came: an expression may take long, and marks must not wait for it.
    private static let judging = DispatchQueue(label: "tare-guest-lines")
    private static let mostWaitingBytes = 64 << 20
    private let changed = DispatchSemaphore(value: 0)
    static let consoleLimit = 8_192

    init(
        instanceDescriptor: Int32, outputDescriptor: Int32, marksSocketPath: String, consoleSocketPath: String,
        outputSocketPath: String = ""
    ) {
        self.marksSocketPath = marksSocketPath
        self.outputSocketPath = outputSocketPath
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

    /// How a byte gets to the instance; set by the receiver, which holds the connection.
    func answer(by sendBack: @escaping @Sendable (UInt8) -> Void) {
        state.withLock { $0.sendBack = sendBack }
    }

    func askToEnd() { state.withLock { $0.sendBack }?(UInt8(ascii: "S")) }

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

    /// Lets a line of the output that matches make the instance ready.
    func await(line pattern: String) {
        isLineAwaited.store(true, ordering: .relaxed)
        matchers.withLock { matchers in
            matchers.output = LineMatcher(pattern)
            // Where a guest's kernel has no port, its console bears both: the kernel's own lines are no output.
            matchers.console = LineMatcher(pattern) { line in
                line.first == UInt8(ascii: "[")
                    && LaunchedInstance.isKernelMessage(String(decoding: line.prefix(64), as: UTF8.self)[...])
            }
        }
    }

    /// Asked by the thread of all marks, which must not wait until a long output is judged.
    var awaitsLine: Bool { isLineAwaited.load(ordering: .relaxed) }
    var hasSeenLine: Bool { state.withLock { $0.lineNanoseconds != nil } }
    /// How many lines of output were judged.
    var linesJudged: Int { matchers.withLock { max($0.output?.lines ?? 0, $0.console?.lines ?? 0) } }

    /// Judges bytes of the output.
    ///
    /// - Returns: whether they complete the line that is awaited.
    func judge(_ bytes: UnsafeRawBufferPointer, at nanoseconds: UInt64) -> Bool {
        let isFound = matchers.withLock { $0.output?.take(bytes) == true }
        if isFound { noteLine(at: nanoseconds) }
        return isFound
    }

    /// Output that was printed faster than it could be judged.
    func noteUnjudged(_ bytes: UInt64) {
        state.withLock { $0.unjudgedBytes += bytes }
        // What was before the gap and what comes behind it is no line.
        matchers.withLock { matchers in
            matchers.output?.forgetLine()
            matchers.console?.forgetLine()
        }
    }
    var unjudgedBytes: UInt64 { state.withLock { $0.unjudgedBytes } }

    private func noteLine(at nanoseconds: UInt64) {
        state.withLock { state in
            guard state.lineNanoseconds == nil else { return }
            state.lineNanoseconds = nanoseconds
            InstanceChannel.settleLine(&state)
        }
        changed.signal()
    }

    /// A line that was seen makes ready what was executed: the two come over different ways, and the line may be first.
    private static func settleLine(_ state: inout State) {
        guard let line = state.lineNanoseconds, !state.received.marks.contains(where: { $0.name == .ready }),
            let executed = state.received.marks.first(where: { $0.name == .executed })
        else { return }
        state.received.marks.append(Mark(.ready, nanoseconds: max(line, executed.nanoseconds)))
    }

    /// Counts a command that ended as ready by what it did, at the time at which the stream ended. That it was executed is
    /// certain then, whether or not its mark came through.
    func becameReadyByItsEnd() {
        state.withLock { state in
            guard !state.received.marks.contains(where: { $0.name == .ready }) else { return }
            let time = state.received.endedNanoseconds ?? MonotonicClock.now()
            if !state.received.marks.contains(where: { $0.name == .executed }) {
                state.received.marks.append(Mark(.executed, nanoseconds: time))
            }
            state.received.marks.append(Mark(.ready, nanoseconds: time))
        }
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

    /// Takes the records of a world, which are strange bytes otherwise.
    func awaitWorld() { state.withLock { $0.stream.awaitsWorld = true } }

    /// Takes so many files, which are strange bytes otherwise.
    func awaitFiles(_ count: Int) { state.withLock { $0.received.files = ReceivedFiles(expected: count) } }

    /// Keeps so many bytes of the beginning of the output, so that what is no longer is there as a whole.
    func keepOutput(firstBytes: Int) {
        state.withLock { $0.received.output = KeptOutput(mostFirst: firstBytes) }
    }

    /// How many bytes of the beginning of the output are kept.
    var firstBytes: Int { state.withLock { $0.received.output.mostFirst } }

    /// So many bytes beyond the protocol may come; whoever sends more is not listened to any more.
    static let mostStrangeBytes = 4_096

    /// Takes bytes of the mark channel that arrived at a time.
    ///
    /// - Returns: whether the channel is worth listening to any more.
    func take(_ bytes: ArraySlice<UInt8>, at nanoseconds: UInt64) -> Bool {
        defer { changed.signal() }
        return state.withLock { state in
            let isListening = state.stream.take(bytes, at: nanoseconds, into: &state.received)
            InstanceChannel.settleLine(&state)
            return isListening
        }
    }

    /// The VMM connected the port that carries a guest's output.
    func connectPort() { state.withLock { $0.received.hasPort = true } }

    /// Takes bytes of the port that carries a guest's output.
    func takeOutput(_ bytes: ArraySlice<UInt8>, at nanoseconds: UInt64) {
        state.withLock { $0.received.output.append(bytes) }
        judgeLater(bytes) { [self] in _ = judge($0, at: nanoseconds) }
    }

    /// The VMM closed the port.
    func endOutput() {
        InstanceChannel.judging.async { [self] in
            state.withLock { $0.received.outputEnded = true }
            changed.signal()
        }
    }

    private func judgeLater(_ bytes: ArraySlice<UInt8>, _ judge: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
        guard awaitsLine, !hasSeenLine else { return }
        let count = bytes.count
        guard waiting.load(ordering: .relaxed) <= InstanceChannel.mostWaitingBytes else {
            return noteUnjudged(UInt64(count))
        }
        waiting.add(count, ordering: .relaxed)
        let copy = Array(bytes)
        InstanceChannel.judging.async { [self] in
            copy.withUnsafeBytes { judge($0) }
            waiting.subtract(count, ordering: .relaxed)
        }
    }

    /// Takes bytes of the console; only the last are kept.
    func takeConsole(_ bytes: ArraySlice<UInt8>, at nanoseconds: UInt64) {
        recordFirst(.kernel, at: nanoseconds)
        var hasEntered = false
        state.withLock { state in
            state.received.console.append(contentsOf: bytes)
            state.received.consoleBytes += bytes.count
            let excess = state.received.console.count - InstanceChannel.consoleLimit
            if excess > 0 { state.received.console.removeFirst(excess) }
            hasEntered = state.received.consoleBytesBeforeEntry != nil
        }
        guard hasEntered else { return }
        judgeLater(bytes) { [self] bytes in
            if matchers.withLock({ $0.console?.take(bytes) == true }) { noteLine(at: nanoseconds) }
        }
    }

    /// The mark channel's stream ended.
    func end(at nanoseconds: UInt64 = MonotonicClock.now()) {
        state.withLock { state in
            state.received.ended = true
            state.received.endedNanoseconds = state.received.endedNanoseconds ?? nanoseconds
        }
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
