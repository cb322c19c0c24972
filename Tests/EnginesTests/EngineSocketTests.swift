import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Engines

@Suite struct EngineSocketTests {
    let daemon: FakeDaemon

    init() throws { daemon = try FakeDaemon() }

    /// How long an answer may take that comes: no test waits for it.
    private static let patience = 20.0

    private func ask(
        _ method: String = "GET", _ target: String = "/asked", _ body: EngineSocket.Body = .none,
        seconds: Double = patience
    ) throws -> EngineAnswer {
        try daemon.socket.send(method, target, body, seconds: seconds)
    }

    private func refusal(of socket: EngineSocket) throws -> TareError {
        try #require(#expect(throws: TareError.self) { try socket.send("GET", "/asked", seconds: Self.patience) })
    }

    private func text(_ answer: EngineAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

    /// Bytes that come again after a prime number of them, so that no piece can be lost, doubled or moved unseen.
    private func unlike(_ count: Int) -> [UInt8] {
        var state: UInt32 = 1
        let block = (0..<8_191).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes.append(contentsOf: block) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    // MARK: Answers

    @Test func anAnswerEndsWhereItsLengthSays() throws {
        daemon.on("GET", "/asked", .answer(200, "{\"a\":1}"))
        let answer = try ask()
        #expect(answer.status == 200 && text(answer) == "{\"a\":1}")
    }

    @Test(arguments: [204, 301, 404, 409, 500, 503]) func whatSaysNoIsAnAnswer(status: Int) throws {
        daemon.on("GET", "/asked", .answer(status, "no"))
        let answer = try ask()
        #expect(answer.status == status)
        #expect(text(answer) == (status == 204 ? "" : "no"))
    }

    @Test func chunksAreAssembled() throws {
        let large = unlike(100_001)
        daemon.on("GET", "/asked", .chunked([[1], [2, 3], large, [4]]))
        let body = try ask().body
        // Compared outside of the macro, which would look for the shortest way from one to the other for minutes.
        let isWhole = body == [1, 2, 3] + large + [4]
        #expect(isWhole, "\(body.count) bytes")
    }

    @Test func aSlowAnswerIsAwaited() throws {
        daemon.on("GET", "/asked", .dripped([Array("{\"slow\":".utf8), Array("true}".utf8)], milliseconds: 1))
        #expect(text(try ask()) == "{\"slow\":true}")
    }

    @Test func anAnswerWithoutALengthEndsWithTheConnection() throws {
        daemon.on("GET", "/asked", .raw("HTTP/1.0 200 OK\r\n\r\nall of it"))
        #expect(text(try ask()) == "all of it")
    }

    @Test func whatIsSaidBeforeTheAnswerIsNone() throws {
        daemon.on(
            "GET", "/asked", .raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"))
        let answer = try ask()
        #expect(answer.status == 200 && text(answer) == "done")
    }

    @Test func anAnswerMayBeAsLargeAsTheLimit() throws {
        daemon.on("GET", "/asked", .answer(bytes: [UInt8](repeating: 7, count: EngineSocket.mostBytes)))
        #expect(try ask().body.count == EngineSocket.mostBytes)
    }

    // MARK: Requests

    @Test func theTargetIsSentAsItIsWritten() throws {
        daemon.on("DELETE", "/v1.41/containers/x", .answer(204))
        _ = try ask("DELETE", "/v1.41/containers/x?force=1&filters=%7B%22a%22%3A1%7D")
        #expect(daemon.requests.map(\.line) == ["DELETE /v1.41/containers/x?force=1&filters=%7B%22a%22%3A1%7D"])
    }

    @Test func aPostWithoutABodySaysSo() throws {
        daemon.on("POST", "/asked", .answer(204))
        _ = try ask("POST")
        let request = try #require(daemon.requests.first)
        #expect(request.headers["content-length"] == "0" && request.body.isEmpty)
    }

    /// Larger than what libcurl would ask leave for (`Expect: 100-continue`), which daemons grant late or never.
    @Test func aLargeBodyIsSentAtOnce() throws {
        daemon.on("POST", "/asked", .answer(201))
        let body = unlike(3 << 20 | 1)
        _ = try ask("POST", "/asked", .json(body))
        let request = try #require(daemon.requests.first)
        let isWhole = request.body == body
        #expect(isWhole, "\(request.body.count) bytes")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["expect"] == nil)
    }

    @Test(arguments: [0, 1, 65_536, 3 << 20 | 1]) func aFileIsSentWhole(count: Int) throws {
        let directory = try TemporaryDirectory()
        let bytes = unlike(count)
        try HostFiles.create(directory.path + "/image.tar", bytes: bytes)
        daemon.on("POST", "/asked", .answer(200))
        _ = try ask("POST", "/asked", .file(directory.path + "/image.tar"))
        let request = try #require(daemon.requests.first)
        #expect(request.method == "POST")
        let isWhole = request.body == bytes
        #expect(isWhole, "\(request.body.count) bytes")
        #expect(request.headers["content-length"] == "\(count)")
        #expect(request.headers["content-type"] == "application/x-tar")
        #expect(request.headers["expect"] == nil)
    }

    /// A daemon without room for an image says so before it has all of it.
    @Test func aRefusalIsHeardWhileTheBodyIsSent() throws {
        let directory = try TemporaryDirectory()
        try HostFiles.create(directory.path + "/image.tar", bytes: unlike(2 << 20))
        daemon.on("POST", "/asked", .unheard(507, "{\"message\":\"no space left\"}"))
        let answer = try ask("POST", "/asked", .file(directory.path + "/image.tar"))
        #expect(answer.status == 507 && text(answer).contains("no space left"))
    }

    /// Nothing is asked of a daemon that could not be sent.
    @Test func aFileThatIsNotThereIsNamed() throws {
        let error = #expect(throws: TareError.self) { try ask("POST", "/asked", .file("/no/such/image.tar")) }
        #expect(error?.description.contains("/no/such/image.tar") == true)
        #expect(error?.description.contains("No such file or directory") == true)
        #expect(daemon.requests.isEmpty)
    }

    // MARK: Faults

    /// A daemon that does wrong, and what is said of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var behaviour: FakeDaemon.Behaviour
        var message: String
        var seconds: Double

        init(
            _ testDescription: String, _ behaviour: FakeDaemon.Behaviour, _ message: String,
            seconds: Double = EngineSocketTests.patience
        ) {
            self.testDescription = testDescription
            self.behaviour = behaviour
            self.message = message
            self.seconds = seconds
        }
    }

    static let faults = [
        Fault("closes at once", .closing, "Docker closed the connection in the midst of 'GET /faulty'"),
        Fault("closes within the body", .halfAnswer, "Docker closed the connection in the midst of 'GET /faulty'"),
        Fault("closes within a chunk", .halfChunk, "Docker closed the connection in the midst of 'GET /faulty'"),
        Fault("hangs", .hanging, "Docker did not answer 'GET /faulty' within 0.3 s", seconds: 0.3),
        Fault("hangs midway", .hangingMidway, "Docker did not answer 'GET /faulty' within 0.3 s", seconds: 0.3),
        Fault("never ends its answer", .endless, "Docker did not answer 'GET /faulty' within 1 s", seconds: 1),
        Fault("speaks SMTP", .raw("220 mail.example ESMTP\r\n"), "answers to 'GET /faulty' is no HTTP answer"),
        Fault(
            "has no status", .raw("HTTP/1.1 fine thanks\r\n\r\n"), "answers to 'GET /faulty' is no HTTP answer"),
        Fault("sends zeros", .raw("\0\0\0\0"), "answers to 'GET /faulty' is no HTTP answer"),
        Fault(
            "says too much", .answer(bytes: [UInt8](repeating: 32, count: EngineSocket.mostBytes + 1)),
            "Docker answered 'GET /faulty' with more than 16 MiB"),
        Fault(
            "says too much in chunks",
            .chunked([[UInt8]](repeating: [UInt8](repeating: 32, count: 1 << 20), count: 17)),
            "Docker answered 'GET /faulty' with more than 16 MiB"),
    ]

    @Test(arguments: faults) func aFaultIsNamed(_ fault: Fault) throws {
        daemon.on("GET", "/faulty", fault.behaviour)
        daemon.on("GET", "/well", .answer(200, "well"))
        let error = try #require(
            #expect(throws: TareError.self) { try ask("GET", "/faulty", seconds: fault.seconds) })
        #expect(error.code == .platform)
        #expect(error.message.contains(fault.message))
        #expect(error.message.contains("Docker") || error.message.contains(daemon.path))
        #expect(error.remedy?.isEmpty == false)
        #expect(!error.description.contains("\n"))
        // It was asked once, and nothing of the request is left behind.
        #expect(text(try ask("GET", "/well")) == "well")
        #expect(daemon.requests.map(\.path) == ["/faulty", "/well"])
    }

    @Test func aMissingSocketIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/none"
        let error = try refusal(of: EngineSocket(path: path, title: "Podman"))
        #expect(error.code == .platform && error.message == "Podman cannot be reached at \(path)")
        #expect(error.cause == "No such file or directory")
        #expect(error.remedy?.contains("Start Podman") == true)
    }

    @Test func aSocketThatADeadDaemonLeftIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/left"
        try GuardedListener(path, user: geteuid(), group: getegid()).close()
        #expect(HostFiles.exists(path), "there would be nothing to connect to")
        let error = try refusal(of: EngineSocket(path: path, title: "Docker"))
        #expect(error.message == "Docker cannot be reached at \(path)")
        #expect(error.cause == "Connection refused" && error.remedy?.contains("Start Docker") == true)
    }

    @Test func aFileInTheSocketsPlaceIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        try HostFiles.create(path, bytes: Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        let error = try refusal(of: EngineSocket(path: path, title: "Docker"))
        #expect(error.message == "Docker cannot be reached at \(path)")
        #expect(error.cause == "Connection refused" && error.remedy?.isEmpty == false)
    }

    @Test func aPathAsLongAsTheKernelTakesIsTaken() throws {
        let daemon = try FakeDaemon(pathBytes: 107)
        try #require(daemon.path.utf8.count == 107)
        daemon.on("GET", "/asked", .answer(200, "far away"))
        #expect(text(try daemon.socket.send("GET", "/asked", seconds: Self.patience)) == "far away")
    }

    /// In bytes and not in characters: what the kernel were given instead would be another path.
    @Test(arguments: ["/" + String(repeating: "s", count: 107), "/s" + String(repeating: "ä", count: 53)])
    func aLongerPathIsRefused(path: String) throws {
        try #require(path.utf8.count == 108)
        let error = try refusal(of: EngineSocket(path: path, title: "Docker"))
        #expect(error.message.contains("\(path) is longer than the 107 bytes") && error.remedy?.isEmpty == false)
    }
}
