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
        case marksListener
        case consoleListener
    }

    private struct Source {
        let channel: InstanceChannel
        let kind: Kind
    }

    private let epoll: Int32
    private let wakeup: (read: Int32, write: Int32)
    private let sources = Mutex<[Int32: Source]>([:])

    /// Starts the thread.
    init() throws {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError("making an epoll instance") }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else { throw SystemError("making a pipe") }
        wakeup = (ends[0], ends[1])
        watch(wakeup.read)
        let thread = Thread { [self] in loop() }
        thread.name = "tare-marks"
        thread.start()
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
            let output = tare_open(directory + "/output", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard output >= 0 else {
                let error = SystemError("creating \(directory)/output")
                for end in ends { Glibc.close(end) }
                throw error
            }
            let channel = InstanceChannel(
                instanceDescriptor: ends[1], outputDescriptor: output, marksSocketPath: "", consoleSocketPath: "")
            add(ends[0], Source(channel: channel, kind: .marks))
            return channel
        case .sockets:
            let channel = InstanceChannel(
                instanceDescriptor: -1, outputDescriptor: -1, marksSocketPath: directory + "/m",
                consoleSocketPath: directory + "/c")
            add(try listen(channel.marksSocketPath), Source(channel: channel, kind: .marksListener))
            add(try listen(channel.consoleSocketPath), Source(channel: channel, kind: .consoleListener))
            return channel
        }
    }

    /// Stops reading a channel and closes the host's descriptors of it.
    func forget(_ channel: InstanceChannel) {
        let descriptors = sources.withLock { sources in
            let mine = sources.filter { $0.value.channel === channel }.keys
            for descriptor in mine { sources[descriptor] = nil }
            return Array(mine)
        }
        for descriptor in descriptors { drop(descriptor) }
        channel.closeInstanceSide()
    }

    /// Takes the mark descriptor of a channel out of the thread's hands, for an echo measurement; the caller closes it.
    func takeDescriptor(of channel: InstanceChannel) -> Int32? {
        sources.withLock { sources in
            guard
                let descriptor = sources.first(where: { $0.value.channel === channel && $0.value.kind == .marks })?.key
            else { return nil }
            sources[descriptor] = nil
            epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
            return descriptor
        }
    }

    private func listen(_ path: String) throws -> Int32 {
        let descriptor = tare_listen_unix(path)
        guard descriptor >= 0 else {
            guard errno == ENAMETOOLONG else { throw SystemError("listening on \(path)") }
            throw TareError(
                .usage, "the socket path \(path) is longer than the 107 bytes that the kernel takes",
                remedy: "Name a shorter run directory with TARE_RUN_DIRECTORY.")
        }
        // The VMM runs as another user, and its directory is not open to others.
        chmod(path, 0o666)
        return descriptor
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

    private func drop(_ descriptor: Int32) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
        Glibc.close(descriptor)
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
        let accepted = sources.withLock { sources -> (Int32, Source)? in
            guard let source = sources[descriptor] else { return nil }
            switch source.kind {
            case .marksListener, .consoleListener:
                let connection = tare_accept(descriptor)
                guard connection >= 0 else { return nil }
                // The VMM process exists for certain when it connects.
                source.channel.recordFirst(.spawned, at: now)
                let kind = source.kind == .marksListener ? Kind.marks : Kind.console
                let added = Source(channel: source.channel, kind: kind)
                sources[connection] = added
                return (connection, added)
            case .marks, .console:
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                if count < 0, errno == EAGAIN || errno == EINTR { return nil }
                if count <= 0 {
                    sources[descriptor] = nil
                    drop(descriptor)
                    if source.kind == .marks { source.channel.end() }
                } else if source.kind == .marks {
                    source.channel.take(buffer[..<count], at: now)
                } else {
                    source.channel.takeConsole(buffer[..<count], at: now)
                }
                return nil
            }
        }
        if let (connection, _) = accepted { watch(connection) }
    }

    private func finish() {
        let all = sources.withLock { sources in
            defer { sources.removeAll() }
            return Array(sources.keys)
        }
        for descriptor in all { Glibc.close(descriptor) }
        Glibc.close(wakeup.read)
        Glibc.close(wakeup.write)
        Glibc.close(epoll)
    }
}
