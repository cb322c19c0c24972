import CLinuxShims
import Glibc
import LinuxSystem
import Synchronization
import TestSupport

@testable import Engines

/// A daemon whose every answer is written beforehand: HTTP on a UNIX socket, one connection after the other.
///
/// It holds a connection until the client closes it, as daemons do that would take another request; so a client that
/// left one open would have no answer to its next request.
final class FakeDaemon: Sendable {
    /// Where it listens.
    let path: String
    private let directory: TemporaryDirectory
    private let script = Script()
    /// One of a pair of sockets of which the thread has the other: each side learns from it that the other has ended.
    private let bell: Int32

    /// Listens.
    ///
    /// - Parameter pathBytes: how long the path of the socket shall be; nil for a short one.
    init(pathBytes: Int? = nil) throws {
        directory = try TemporaryDirectory(prefix: "te")
        let start = directory.path + "/s"
        path = start + String(repeating: "s", count: max(0, (pathBytes ?? 0) - start.utf8.count))
        let listener = tare_listen_unix(path)
        guard listener >= 0 else { throw SystemError("listening on \(path)") }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            let error = SystemError("making a socket pair")
            close(listener)
            throw error
        }
        bell = ends[0]
        let service = Service(script: script, listener: listener, bell: ends[1])
        do {
            try StartedThread.start("fake-daemon") { service.run() }
        } catch {
            service.close()
            close(bell)
            throw error
        }
    }

    /// Ends the thread, and returns once it holds nothing any more.
    deinit {
        shutdown(bell, Int32(SHUT_WR))
        var byte: UInt8 = 0
        while read(bell, &byte, 1) != 0, errno == EINTR {}
        close(bell)
    }

    /// The engine's socket as tare has it.
    var socket: EngineSocket { EngineSocket(path: path, title: "Docker") }

    /// What it was asked for, in the order of asking.
    var requests: [Request] { script.state.withLock { $0.requests } }

    /// Says how a request is answered, whatever its query is: the first time by the first behaviour, and so on, and by
    /// the last one ever after. What is not foreseen is answered with 501.
    func on(_ method: String, _ path: String, _ behaviours: Behaviour...) {
        script.state.withLock { $0.answers["\(method) \(path)"] = behaviours }
    }
}

extension FakeDaemon {
    /// A request as it came.
    struct Request: Sendable {
        var method: String
        /// The path with the query.
        var target: String
        /// By their names in lower case.
        var headers: [String: String]
        var body: [UInt8]

        /// The target without its query.
        var path: String { String(target.prefix { $0 != "?" }) }
        /// As a log has it.
        var line: String { "\(method) \(target)" }
    }

    /// What becomes of a connection once its request is there. The connection is closed at the end.
    struct Behaviour: Sendable {
        fileprivate enum Step: Sendable {
            case send([UInt8])
            case pause(milliseconds: Int32)
            case awaitClient
        }

        fileprivate var steps: [Step]
        /// Whether it begins before the body of the request is taken, of which nothing is taken then.
        fileprivate var leavesBody = false
        /// Whether the steps are taken again and again, for as long as the client is there.
        fileprivate var isEndless = false

        /// A whole answer.
        static func answer(_ status: Int = 200, _ text: String = "", type: String = "application/json") -> Behaviour {
            answer(status, bytes: Array(text.utf8), type: type)
        }

        static func answer(_ status: Int = 200, bytes: [UInt8], type: String = "application/json") -> Behaviour {
            Behaviour(steps: [.send(head(status, type, length: bytes.count)), .send(bytes), .awaitClient])
        }

        /// A whole answer whose length is not told beforehand.
        static func chunked(_ pieces: [[UInt8]]) -> Behaviour {
            let sent = pieces.map { Step.send(chunk($0)) }
            return Behaviour(steps: [.send(chunkedHead)] + sent + [.send(Array("0\r\n\r\n".utf8)), .awaitClient])
        }

        /// The same as ``chunked(_:)``, a byte at a time.
        static func dripped(_ pieces: [[UInt8]], milliseconds: Int32) -> Behaviour {
            let bytes = chunkedHead + pieces.flatMap(chunk) + Array("0\r\n\r\n".utf8)
            let steps = bytes.flatMap { [Step.send([$0]), .pause(milliseconds: milliseconds)] }
            return Behaviour(steps: steps + [.awaitClient])
        }

        /// These bytes, and the end.
        static func raw(_ text: String) -> Behaviour { Behaviour(steps: [.send(Array(text.utf8))]) }

        /// An answer that tells its length, and ends in the middle.
        static let halfAnswer = Behaviour(
            steps: [.send(head(200, "application/json", length: 10)), .send(Array("12345".utf8))])

        /// An answer in chunks that ends in the middle of one.
        static let halfChunk = Behaviour(steps: [.send(chunkedHead), .send(Array("a\r\n12345".utf8))])

        /// The end, without a byte.
        static let closing = Behaviour(steps: [])

        /// Silence, until the client has enough.
        static let hanging = Behaviour(steps: [.awaitClient])

        /// Half an answer, and silence.
        static let hangingMidway = Behaviour(steps: halfAnswer.steps + [.awaitClient])

        /// An answer without an end, little by little.
        static let endless = Behaviour(
            steps: [.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)), .pause(milliseconds: 20)], isEndless: true)

        /// A whole answer to the head alone of a request, as from a server that has no room for the body.
        static func unheard(_ status: Int, _ text: String) -> Behaviour {
            var behaviour = answer(status, text)
            behaviour.leavesBody = true
            return behaviour
        }

        private static let chunkedHead = Array(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

        private static func head(_ status: Int, _ type: String, length: Int) -> [UInt8] {
            // Neither of the two has a body, nor says so.
            let content = [204, 304].contains(status) ? "" : "Content-Type: \(type)\r\nContent-Length: \(length)\r\n"
            return Array("HTTP/1.1 \(status) As Scripted\r\nServer: fake\r\n\(content)\r\n".utf8)
        }

        private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
            Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
        }
    }
}

/// What a daemon will answer, and what it was asked.
private final class Script: Sendable {
    struct State {
        var answers: [String: [FakeDaemon.Behaviour]] = [:]
        var requests: [FakeDaemon.Request] = []
    }
    let state = Mutex(State())

    /// Takes note of a request, and tells the answer to it.
    func answer(to request: FakeDaemon.Request) -> FakeDaemon.Behaviour {
        state.withLock { state in
            state.requests.append(request)
            let key = "\(request.method) \(request.path)"
            guard let behaviours = state.answers[key], let next = behaviours.first else {
                return .answer(501, "{\"message\":\"the script has no answer to \(key)\"}")
            }
            if behaviours.count > 1 { state.answers[key] = Array(behaviours.dropFirst()) }
            return next
        }
    }

    /// Whether the answer to a request is given before its body is there.
    func leavesBody(of request: FakeDaemon.Request) -> Bool {
        state.withLock { $0.answers["\(request.method) \(request.path)"]?.first?.leavesBody } ?? false
    }
}

/// The thread of a daemon. It owns both descriptors.
private struct Service {
    let script: Script
    let listener: Int32
    let bell: Int32

    func close() {
        Glibc.close(listener)
        Glibc.close(bell)
    }

    func run() {
        while watch(listener, Int16(POLLIN)) == .happened {
            let connection = tare_accept(listener)
            guard connection >= 0 else { continue }
            serve(connection)
            Glibc.close(connection)
        }
        close()
    }

    private enum Awaited {
        case happened
        case elapsed
        /// The daemon is to end.
        case rung
    }

    /// Waits for events of a descriptor; a connection whose other end is closed always has one.
    private func watch(_ descriptor: Int32, _ events: Int16, milliseconds: Int32 = -1) -> Awaited {
        while true {
            var polled = [
                pollfd(fd: descriptor, events: events, revents: 0), pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&polled, 2, milliseconds)
            if count < 0, errno == EINTR { continue }
            if count < 0 || polled[1].revents != 0 { return .rung }
            return count == 0 ? .elapsed : .happened
        }
    }

    private func serve(_ connection: Int32) {
        guard let behaviour = receive(connection) else { return }
        repeat {
            for step in behaviour.steps {
                guard take(step, connection) else { return }
            }
        } while behaviour.isEndless
    }

    /// - Returns: whether the next step may follow.
    private func take(_ step: FakeDaemon.Behaviour.Step, _ connection: Int32) -> Bool {
        switch step {
        case .send(let bytes): return send(bytes, to: connection)
        case .pause(let milliseconds): return watch(connection, 0, milliseconds: milliseconds) == .elapsed
        case .awaitClient: return watch(connection, 0) == .happened
        }
    }

    private func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, flags) }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                guard watch(connection, Int16(POLLOUT)) == .happened else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Reads a request; nil where none comes, as from somebody who only looks whether anybody listens.
    private func receive(_ connection: Int32) -> FakeDaemon.Behaviour? {
        var bytes: [UInt8] = []
        let mark = Array("\r\n\r\n".utf8)
        while bytes.firstRange(of: mark) == nil {
            guard read(connection, into: &bytes) else { return nil }
        }
        guard let mark = bytes.firstRange(of: mark),
            var request = Service.head(String(decoding: bytes[..<mark.lowerBound], as: UTF8.self))
        else { return nil }
        request.body = Array(bytes[mark.upperBound...])
        if script.leavesBody(of: request) { return script.answer(to: request) }
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        while request.body.count < length {
            guard read(connection, into: &request.body) else { return nil }
        }
        return script.answer(to: request)
    }

    private func read(_ connection: Int32, into bytes: inout [UInt8]) -> Bool {
        guard watch(connection, Int16(POLLIN)) == .happened else { return false }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        bytes += buffer.prefix(count)
        return true
    }

    private static func head(_ text: String) -> FakeDaemon.Request? {
        // By scalars: to Swift a carriage return with the line feed behind it is one character.
        let lines = text.unicodeScalars.split(separator: "\n").map { String($0).trimmingEnd }
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1])
        }
        return FakeDaemon.Request(method: words[0], target: words[1], headers: headers, body: [])
    }
}

extension String {
    /// Without the carriage return at its end.
    fileprivate var trimmingEnd: String { hasSuffix("\r") ? String(dropLast()) : self }
}
