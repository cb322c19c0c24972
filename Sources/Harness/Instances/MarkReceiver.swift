import BenchmarkModel
internal import CLinuxShims
import Foundation
import Glibc
import LinuxSystem
import Synchronization

/// The one thread that reads every mark channel, console and port, and takes each byte's time as it arrives.
final class MarkReceiver: Sendable {
    private enum Kind {
        case marks
        case console
        case output
    }

    private struct Source: @unchecked Sendable {
        // Safe to share: used only while the lock of `sources` is held.
        let channel: InstanceChannel
        let kind: Kind
        /// Where the connection is still awaited.
        var listener: GuardedListener?
    }

    private let epoll: Int32
    private let wakeup: (read: Int32, write: Int32)
    private let sources = Mutex<[Int32: Source]>([:])
    /// Instances whose output goes to a file on the host's disk.
    private let outputs = Mutex<[ObjectIdentifier: InstanceChannel]>([:])
    private let judge = Mutex<OutputJudge?>(nil)
    /// Keeps all that instances print, where somebody wants it.
    let keeper: OutputKeeper?

    /// So much output may wait to be judged; what comes faster than it is judged is lost to the condition, and that is said.
    static let mostUnjudgedBytes: UInt64 = 256 << 20

    /// Starts the thread.
    init(keeper: OutputKeeper? = nil) throws {
        self.keeper = keeper
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError("making an epoll instance") }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else { throw SystemError("making a pipe") }
        wakeup = (ends[0], ends[1])
        watch(wakeup.read)
        try StartedThread.start("tare-marks", stackBytes: 1 << 20) { [self] in loop() }
        let judge = try OutputJudge { [weak self] in self?.endSending(to: $0) }
        self.judge.withLock { $0 = judge }
    }

    /// Ends the thread and closes all descriptors.
    func close() {
        judge.withLock { $0 }?.close()
        _ = Glibc.write(wakeup.write, [0], 1)
    }

    /// Opens the host's side of a channel in the instance's directory.
    ///
    /// - Throws: ``SystemError``.
    func open(_ kind: ChannelKind, directory: String) throws -> InstanceChannel {
        switch kind {
        case .connected:
            // Of root's container, through a mount of the socket alone: nobody else reaches the directory.
            let channel = InstanceChannel(
                instanceDescriptor: -1, outputDescriptor: try makeOutput(directory),
                marksSocketPath: directory + "/m", consoleSocketPath: "")
            let marks = try listen(channel.marksSocketPath, user: geteuid(), group: getegid())
            add(marks.descriptor, Source(channel: channel, kind: .marks, listener: marks))
            outputs.withLock { $0[ObjectIdentifier(channel)] = channel }
            channel.directory = directory
            return channel
        case .inherited:
            var ends: [Int32] = [-1, -1]
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError("making a socket pair") }
            let output: Int32
            do {
                output = try makeOutput(directory)
            } catch {
                for end in ends { Glibc.close(end) }
                throw error
            }
            let channel = InstanceChannel(
                instanceDescriptor: ends[1], outputDescriptor: output, marksSocketPath: "", consoleSocketPath: "")
            add(ends[0], Source(channel: channel, kind: .marks))
            outputs.withLock { $0[ObjectIdentifier(channel)] = channel }
            channel.directory = directory
            return channel
        case .sockets(let user, let group):
            let channel = InstanceChannel(
                instanceDescriptor: -1, outputDescriptor: -1, marksSocketPath: directory + "/m",
                consoleSocketPath: directory + "/c", outputSocketPath: directory + "/o")
            let marks = try listen(channel.marksSocketPath, user: user, group: group)
            let console = try listen(channel.consoleSocketPath, user: user, group: group)
            let output = try listen(channel.outputSocketPath, user: user, group: group)
            // Closed to all others.
            guard chown(directory, geteuid(), group) == 0, chmod(directory, 0o710) == 0 else {
                throw SystemError("giving \(directory) to the VMM's group")
            }
            channel.answer { [weak self, weak channel] byte in
                if let channel { self?.send(byte, to: channel) }
            }
            add(marks.descriptor, Source(channel: channel, kind: .marks, listener: marks))
            add(console.descriptor, Source(channel: channel, kind: .console, listener: console))
            add(output.descriptor, Source(channel: channel, kind: .output, listener: output))
            return channel
        }
    }

    /// The file for what an instance prints.
    private func makeOutput(_ directory: String) throws -> Int32 {
        let output = tare_open(directory + "/output", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw SystemError("creating \(directory)/output") }
        return output
    }

    /// Stops reading a channel and closes the host's descriptors of it.
    func forget(_ channel: InstanceChannel) {
        sources.withLock { sources in
            let mine = sources.filter { $0.value.channel === channel }
            for (descriptor, source) in mine {
                sources[descriptor] = nil
                drop(descriptor, source)
            }
        }
        channel.closeInstanceSide()
        judge.withLock { $0 }?.forget(channel)
        outputs.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Begins to look for the line that a channel awaits, where its output is a file. Not before the launch: the rest before it
    /// is for everybody.
    func judgeOutput(of channel: InstanceChannel) {
        guard channel.awaitsLine, !channel.directory.isEmpty else { return }
        judge.withLock { $0 }?.watch(channel, path: channel.directory + "/output")
    }

    /// Judges what is left of a command's output when it has ended.
    ///
    /// - Parameter deadline: on `CLOCK_MONOTONIC`, in nanoseconds.
    func judgeRest(of channel: InstanceChannel, until deadline: UInt64) {
        guard channel.awaitsLine, !channel.directory.isEmpty else { return }
        judge.withLock { $0 }?.judgeRest(of: channel, until: deadline)
    }

    /// Tells the witness's helper that it has waited long enough.
    private func endSending(to channel: InstanceChannel) {
        sources.withLock { sources in
            for (descriptor, source) in sources where source.channel === channel && source.kind == .marks {
                if source.listener == nil { shutdown(descriptor, Int32(SHUT_WR)) }
            }
        }
    }

    /// Keeps what instances print from filling the disk: of each file the first and the last part are kept.
    func boundOutputs() {
        guard keeper == nil else { return }
        let judge = judge.withLock { $0 }
        for channel in outputs.withLock({ Array($0.values) }) {
            let gone = HostFiles.forgetMiddle(
                of: channel.directory + "/output", keepingFirst: UInt64(channel.firstBytes),
                last: UInt64(KeptOutput.lastBytes), from: judge?.position(of: channel),
                atMost: MarkReceiver.mostUnjudgedBytes)
            if let gone { judge?.skip(channel, to: gone) }
        }
    }

    /// Takes the mark descriptor of a channel out of the thread's hands, for an echo measurement; the caller closes it.
    func takeDescriptor(of channel: InstanceChannel) -> Int32? {
        sources.withLock { sources in
            guard
                let descriptor = sources.first(where: {
                    $0.value.channel === channel && $0.value.kind == .marks && $0.value.listener == nil
                })?.key
            else { return nil }
            sources[descriptor] = nil
            epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
            return descriptor
        }
    }

    /// Sends a byte to an instance. One that does not listen gets nothing: nobody waits for it here.
    private func send(_ byte: UInt8, to channel: InstanceChannel) {
        sources.withLock { sources in
            let connection = sources.first {
                $0.value.channel === channel && $0.value.kind == .marks && $0.value.listener == nil
            }
            var byte = byte
            if let connection {
                _ = Glibc.send(connection.key, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
        }
    }

    private func listen(_ path: String, user: UInt32, group: UInt32) throws -> GuardedListener {
        do {
            return try GuardedListener(path, user: user, group: group)
        } catch let error as SystemError where error.number == ENAMETOOLONG {
            throw TareError(
                .usage, "the socket path \(path) is longer than the 107 bytes that the kernel takes",
                remedy: "Name a shorter run directory with TARE_RUN_DIRECTORY.")
        }
    }

    private func watch(_ descriptor: Int32) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.fd = descriptor
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    private func add(_ descriptor: Int32, _ source: Source) {
        sources.withLock { $0[descriptor] = source }
        watch(descriptor)
    }

    private func drop(_ descriptor: Int32, _ source: Source) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
        if let listener = source.listener { listener.close() } else { Glibc.close(descriptor) }
    }

    private func loop() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), -1)
            if count < 0 { continue }
            for event in events[..<Int(count)] {
                let descriptor = event.data.fd
                if descriptor == wakeup.read { return finish() }
                serve(descriptor, &buffer)
            }
        }
    }

    private func serve(_ descriptor: Int32, _ buffer: inout [UInt8]) {
        // The lock is held while the descriptor is read, so that it cannot be closed and given away meanwhile.
        let connection = sources.withLock { sources -> Int32? in
            guard let source = sources[descriptor] else { return nil }
            if let listener = source.listener {
                guard let connection = listener.accept() else { return nil }
                let now = MonotonicClock.now()
                // Closing it took it out of the epoll instance too.
                sources[descriptor] = nil
                // The VMM process exists for certain when it connects.
                if !source.channel.consoleSocketPath.isEmpty { source.channel.recordFirst(.spawned, at: now) }
                if source.kind == .output { source.channel.connectPort() }
                sources[connection] = Source(channel: source.channel, kind: source.kind)
                return connection
            }
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            // The time of arrival. It is read when the bytes are here, not when the thread was woken: others may have come
            // since, and would be dated before they were sent.
            let now = MonotonicClock.now()
            if count < 0, errno == EAGAIN || errno == EINTR { return nil }
            var isOver = count <= 0
            if !isOver, source.kind == .marks {
                let hadEnded = source.channel.received.ending != nil
                // One that floods the channel is not listened to any more.
                isOver = !source.channel.take(buffer[..<count], at: now)
                // What was printed before the command's end mostly lies in its socket already.
                if !hadEnded, source.channel.received.ending != nil { drain(source.channel, &sources, at: now) }
            } else if !isOver {
                take(buffer[..<count], of: source, at: now)
            }
            if isOver {
                sources[descriptor] = nil
                drop(descriptor, source)
                switch source.kind {
                case .marks: source.channel.end(at: now)
                case .output: source.channel.endOutput()
                case .console: break
                }
            }
            return nil
        }
        if let connection { watch(connection) }
    }

    private func take(_ bytes: ArraySlice<UInt8>, of source: Source, at now: UInt64) {
        if source.kind == .output {
            source.channel.takeOutput(bytes, at: now)
            keeper?.append(bytes, of: source.channel)
        } else {
            source.channel.takeConsole(bytes, at: now)
        }
    }

    /// A pipe and the buffers of a socket hold less; one that goes on printing must not keep the thread.
    private static let mostDrainedBytes = 4 << 20

    /// Reads what a guest printed and nobody has read yet.
    private func drain(_ channel: InstanceChannel, _ sources: inout [Int32: Source], at now: UInt64) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var left = MarkReceiver.mostDrainedBytes
        for (descriptor, source) in sources
        where source.channel === channel && source.kind != .marks && source.listener == nil {
            while left > 0 {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { break }
                left -= count
                take(buffer[..<count], of: source, at: now)
            }
        }
    }

    /// The same for an instance that has ended: the last of its output.
    func drainRest(of channel: InstanceChannel) {
        sources.withLock { drain(channel, &$0, at: MonotonicClock.now()) }
    }

    private func finish() {
        let all = sources.withLock { sources in
            defer { sources.removeAll() }
            return Array(sources)
        }
        for (descriptor, source) in all { drop(descriptor, source) }
        Glibc.close(wakeup.read)
        Glibc.close(wakeup.write)
        Glibc.close(epoll)
    }
}
