import BenchmarkModel
internal import CLinuxShims
import Dispatch
import Glibc
import LinuxSystem
import Synchronization

/// The one thread that looks for the line that makes an instance ready in files of instances' output.
///
/// The output of a guest comes over a socket, and is judged as it arrives. A file has nobody who tells that it grew: it is looked at
/// every millisecond, which is the interval of all probes. Nothing of this runs in the instance or at the cost of its allowance.
final class OutputJudge: Sendable {
    private final class File: Sendable {
        let channel: InstanceChannel
        let descriptor: Int32
        private let position = Mutex<off_t>(0)
        /// The same, to be looked at without waiting for what is judged at the moment.
        let judged = Atomic<UInt64>(0)
        /// Where to go on because what is before it is not kept any more.
        private let skipTarget = Atomic<UInt64>(0)

        init(_ channel: InstanceChannel, descriptor: Int32) {
            self.channel = channel
            self.descriptor = descriptor
        }

        deinit { Glibc.close(descriptor) }

        /// Never waits for what is judged at the moment.
        func skip(to target: UInt64) { skipTarget.store(target, ordering: .relaxed) }

        /// How much there is at the moment.
        var size: UInt64 {
            var status = stat()
            return fstat(descriptor, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
        }

        private func passOver(_ position: inout off_t) {
            let target = off_t(clamping: skipTarget.exchange(0, ordering: .relaxed))
            guard target > position else { return }
            channel.noteUnjudged(UInt64(target - position))
            position = target
        }

        /// Reads one piece and judges it.
        ///
        /// - Returns: nil where there was none, else whether it completes the line that is awaited.
        func look() -> Bool? {
            position.withLock { position in
                passOver(&position)
                var status = stat()
                guard fstat(descriptor, &status) == 0 else { return nil }
                // Whoever opens /dev/stdout anew may have cut it short.
                if status.st_size < position { position = 0 }
                guard status.st_size > position else { return nil }
                let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: OutputJudge.chunkBytes, alignment: 16)
                defer { bytes.deallocate() }
                let count = pread(descriptor, bytes.baseAddress, bytes.count, position)
                guard count > 0 else { return nil }
                let now = MonotonicClock.now()
                position += off_t(count)
                // Only then is it judged: whoever sees that nothing is left looks for what was found.
                defer { judged.store(UInt64(position), ordering: .releasing) }
                return channel.judge(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: now)
            }
        }
    }

    /// So much of a file is read at a time.
    private static let chunkBytes = 256 << 10
    /// So much at a turn: another instance's line must not wait for one that prints without end.
    private static let turnBytes = 4 << 20

    private let files = Mutex<[ObjectIdentifier: File]>([:])
    private let wanted = DispatchSemaphore(value: 0)
    private let isClosed = Atomic<Bool>(false)
    private let seen: @Sendable (InstanceChannel) -> Void

    /// Starts the thread.
    ///
    /// - Parameter seen: told of each channel whose line was seen.
    init(seen: @escaping @Sendable (InstanceChannel) -> Void) throws {
        self.seen = seen
        try StartedThread.start("tare-lines", stackBytes: 1 << 20) { [self] in
            while true {
                wanted.wait()
                while !isClosed.load(ordering: .relaxed), turn() { usleep(1_000) }
                if isClosed.load(ordering: .relaxed) { break }
            }
            files.withLock { $0.removeAll() }
        }
    }

    func close() {
        isClosed.store(true, ordering: .relaxed)
        wanted.signal()
    }

    /// Begins to look at the output of a channel that awaits a line.
    func watch(_ channel: InstanceChannel, path: String) {
        let descriptor = tare_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return }
        files.withLock { $0[ObjectIdentifier(channel)] = File(channel, descriptor: descriptor) }
        wanted.signal()
    }

    func forget(_ channel: InstanceChannel) {
        files.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Judges all that a channel's file holds, now: its command has ended. What the command left behind may go on printing.
    func judgeRest(of channel: InstanceChannel, until deadline: UInt64) {
        if let file = files.withLock({ $0[ObjectIdentifier(channel)] }) {
            let end = file.size
            while !channel.hasSeenLine, file.judged.load(ordering: .acquiring) < end, MonotonicClock.now() < deadline,
                file.look() != nil
            {}
            let judged = file.judged.load(ordering: .relaxed)
            if !channel.hasSeenLine, judged < end { channel.noteUnjudged(end - judged) }
        }
        forget(channel)
    }

    /// Goes on further behind, because what is before it is not kept any more.
    func skip(_ channel: InstanceChannel, to position: UInt64) {
        files.withLock { $0[ObjectIdentifier(channel)] }?.skip(to: position)
    }

    /// How far a channel's file was judged; nil where it is not.
    func position(of channel: InstanceChannel) -> UInt64? {
        files.withLock { $0[ObjectIdentifier(channel)] }?.judged.load(ordering: .relaxed)
    }

    /// - Returns: whether there is anything to look at again.
    private func turn() -> Bool {
        for file in files.withLock({ Array($0.values) }) {
            var read = 0
            while read < OutputJudge.turnBytes, let isFound = file.look() {
                read += OutputJudge.chunkBytes
                guard isFound else { continue }
                forget(file.channel)
                seen(file.channel)
                break
            }
        }
        return files.withLock { !$0.isEmpty }
    }
}
