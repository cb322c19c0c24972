import BenchmarkModel
internal import CLinuxShims
import Foundation
import Glibc
import LinuxSystem
import Synchronization

/// The one thread that reads every mark channel and console, and takes each byte's time as it arrives.
final class MarkReceiver: Sendable {
    private enum Kind {
        case marks
        case console
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
    /// Directories of instances whose output goes to a file on the host's disk.
    private let outputs = Mutex<Set<String>>([])

    /// What is kept of an instance's output, in bytes; twice as much may lie on the disk for a moment.
    static let keptOutputBytes: UInt64 = 1 << 20
    /// Where the witness looks for a line, it must be able to catch up with a command that prints fast.
    static let keptLineOutputBytes: UInt64 = 64 << 20

    /// Starts the thread.
    init() throws {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError("making an epoll instance") }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else { throw SystemError("making a pipe") }
        wakeup = (ends[0], ends[1])
        watch(wakeup.read)
        try StartedThread.start("tare-marks", stackBytes: 1 << 20) { [self] in loop() }
    }

    /// Ends the thread and closes all descriptors.
    func close() {
        _ = Glibc.write(wakeup.write, [0], 1)
    }

    /// Opens the host's side of a channel in the instance's directory.
    ///
    /// - Throws: ``SystemError``.
    func open(_ kind: ChannelKind, directory: String) throws -> InstanceChannel {
        switch kind {
        case .inherited:
            var ends: [Int32] = [-1, -1]
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError("making a socket pair") }
            let output = tare_open(directory + "/output", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
            guard output >= 0 else {
                let error = SystemError("creating \(directory)/output")
                for end in ends { Glibc.close(end) }
                throw error
            }
            let channel = InstanceChannel(
                instanceDescriptor: ends[1], outputDescriptor: output, marksSocketPath: "", consoleSocketPath: "")
            add(ends[0], Source(channel: channel, kind: .marks))
            outputs.withLock { _ = $0.insert(directory) }
            channel.directory = directory
            return channel
        case .sockets(let user, let group):
            let channel = InstanceChannel(
                instanceDescriptor: -1, outputDescriptor: -1, marksSocketPath: directory + "/m",
                consoleSocketPath: directory + "/c")
            let marks = try listen(channel.marksSocketPath, user: user, group: group)
            let console = try listen(channel.consoleSocketPath, user: user, group: group)
            // Closed to all others.
            guard chown(directory, geteuid(), group) == 0, chmod(directory, 0o710) == 0 else {
                throw SystemError("giving \(directory) to the VMM's group")
            }
            add(marks.descriptor, Source(channel: channel, kind: .marks, listener: marks))
            add(console.descriptor, Source(channel: channel, kind: .console, listener: console))
            return channel
        }
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
        outputs.withLock { _ = $0.remove(channel.directory) }
    }

    /// Keeps what instances print from filling the disk: of each file the last part is kept.
    func boundOutputs() {
        for directory in outputs.withLock({ $0 }) {
            HostFiles.forgetBeginning(of: directory + "/output", keeping: MarkReceiver.keptOutputBytes)
            HostFiles.forgetBeginning(
                of: directory + "/upper/.tare/output", keeping: MarkReceiver.keptLineOutputBytes)
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
            // The time of arrival, before anything else is done.
            let now = MonotonicClock.now()
            if count < 0 { continue }
            for event in events[..<Int(count)] {
                let descriptor = event.data.fd
                if descriptor == wakeup.read { return finish() }
                serve(descriptor, at: now, &buffer)
            }
        }
    }

    private func serve(_ descriptor: Int32, at now: UInt64, _ buffer: inout [UInt8]) {
        // The lock is held while the descriptor is read, so that it cannot be closed and given away meanwhile.
        let connection = sources.withLock { sources -> Int32? in
            guard let source = sources[descriptor] else { return nil }
            if let listener = source.listener {
                guard let connection = listener.accept() else { return nil }
                // Closing it took it out of the epoll instance too.
                sources[descriptor] = nil
                // The VMM process exists for certain when it connects.
                source.channel.recordFirst(.spawned, at: now)
                sources[connection] = Source(channel: source.channel, kind: source.kind)
                return connection
            }
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN || errno == EINTR { return nil }
            var isOver = count <= 0
            if !isOver, source.kind == .marks {
                // One that floods the channel is not listened to any more.
                isOver = !source.channel.take(buffer[..<count], at: now)
            } else if !isOver {
                source.channel.takeConsole(buffer[..<count], at: now)
            }
            if isOver {
                sources[descriptor] = nil
                drop(descriptor, source)
                if source.kind == .marks { source.channel.end() }
            }
            return nil
        }
        if let connection { watch(connection) }
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
