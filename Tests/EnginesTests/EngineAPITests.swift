import BenchmarkModel
import Foundation
import LinuxSystem
import TestSupport
import Testing

@testable import Engines

@Suite struct EngineAPITests {
    let daemon: FakeDaemon

    init() throws {
        daemon = try FakeDaemon()
        daemon.on("GET", "/version", .answer(200, EngineAPITests.version("1.41", least: "1.24")))
    }

    private static func version(_ version: String, least: String?) -> String {
        let least = least.map { ",\"MinAPIVersion\":\"\($0)\"" } ?? ""
        return "{\"Version\":\"20.10.24\",\"ApiVersion\":\"\(version)\"\(least),\"Os\":\"linux\"}"
    }

    private func api() throws -> EngineAPI { try EngineAPI(daemon.socket) }

    private func refusal(_ body: () throws -> Void) throws -> TareError {
        try #require(#expect(throws: TareError.self) { try body() })
    }

    /// What was asked after the question for the version.
    private var asked: [FakeDaemon.Request] { Array(daemon.requests.dropFirst()) }

    /// The query of a request, its values decoded.
    private func query(_ request: FakeDaemon.Request) throws -> [String: String] {
        let items = try #require(URLComponents(string: request.target)).queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { "\($0) and \($1)" })
    }

    // MARK: Versions

    @Test(
        arguments: [
            ("1.40", "1.12", "1.40"), ("1.41", "1.24", "1.41"), ("1.51", "1.24", "1.51"), ("1.54", "1.44", "1.51"),
            ("1.60", "1.51", "1.51"), ("1.41", nil, "1.41"), ("2.0", "1.40", "1.51"),
        ] as [(String, String?, String)])
    func theNewestVersionOfBothIsAgreed(most: String, least: String?, agreed: String) throws {
        daemon.on("GET", "/version", .answer(200, EngineAPITests.version(most, least: least)))
        daemon.on("GET", "/v\(agreed)/info", .answer(200, "{}"))
        let api = try api()
        #expect(api.version.description == agreed && api.about.Version == "20.10.24")
        // From then on it is spoken; the question for it is of no version.
        _ = try api.info()
        #expect(daemon.requests.map(\.line) == ["GET /version", "GET /v\(agreed)/info"])
    }

    @Test(
        arguments: [
            // By numbers and not by letters: 9 is less than 40.
            ("1.39", "1.12", "1.12 to 1.39"), ("1.9", "1.0", "1.0 to 1.9"), ("0.99", "0.1", "0.1 to 0.99"),
            ("1.60", "1.52", "1.52 to 1.60"), ("2.1", "2.0", "2.0 to 2.1"), ("1.60", nil, "1.60 to 1.60"),
        ] as [(String, String?, String)])
    func withoutAVersionOfBothNothingIsAsked(most: String, least: String?, range: String) throws {
        daemon.on("GET", "/version", .answer(200, EngineAPITests.version(most, least: least)))
        let error = try refusal { _ = try api() }
        #expect(error.code == .hostLacks)
        #expect(error.message == "Docker 20.10.24 speaks API versions \(range), tare 1.40 to 1.51")
        #expect(error.remedy?.isEmpty == false)
        #expect(daemon.requests.count == 1)
    }

    @Test func podmanIsUnderstood() throws {
        // As Podman 4.3 says it, which has versions of its own beside those of Docker's API.
        daemon.on(
            "GET", "/version",
            .answer(
                200,
                """
                {"Platform":{"Name":"linux/amd64/debian-12"},"Components":[{"Name":"Podman Engine","Version":"4.3.1",\
                "Details":{"APIVersion":"4.3.1","Arch":"amd64","MinAPIVersion":"4.0.0","Os":"linux"}},\
                {"Name":"Conmon","Version":"conmon version 2.1.6, commit: unknown","Details":{"Package":"conmon"}}],\
                "Version":"4.3.1","ApiVersion":"1.41","MinAPIVersion":"1.24","GitCommit":"","GoVersion":"go1.19.8",\
                "Os":"linux","Arch":"amd64","KernelVersion":"6.1.0","BuildTime":"1970-01-01T00:00:00Z"}

                """))
        let api = try EngineAPI(EngineSocket(path: daemon.path, title: "Podman"))
        #expect(api.version == APIVersion(major: 1, minor: 41) && api.about.Version == "4.3.1")
    }

    @Test(
        arguments: [
            (200, "<html>It works!</html>"), (200, "{}"), (200, "{\"Version\":\"1\"}"), (200, ""), (404, "{}"),
            (403, "{\"Version\":\"1\",\"ApiVersion\":\"1.41\"}"),
        ])
    func anotherServerIsNoEngine(status: Int, text: String) throws {
        daemon.on("GET", "/version", .answer(status, text))
        let error = try refusal { _ = try api() }
        #expect(error.code == .hostLacks)
        #expect(error.message == "what \(daemon.path) answers is no Docker Engine API (status \(status))")
        #expect(error.remedy?.contains("'socket:'") == true)
    }

    @Test(arguments: ["latest", "1", "", "1.x", "1.", ".41"]) func aVersionThatIsNoneIsShown(word: String) throws {
        daemon.on("GET", "/version", .answer(200, EngineAPITests.version(word, least: "1.24")))
        let error = try refusal { _ = try api() }
        #expect(error.code == .hostLacks && error.message.contains("Docker"))
        #expect(error.message.contains("'\(word)'"))
    }

    @Test func anEngineThatIsNotThereIsNamed() throws {
        let socket = EngineSocket(path: daemon.path + "-none", title: "Podman")
        let error = try refusal { _ = try EngineAPI(socket) }
        #expect(error.message.contains("Podman cannot be reached at \(socket.path)"))
    }

    // MARK: Containers

    @Test func aContainerIsCreatedUnderItsName() throws {
        daemon.on(
            "POST", "/v1.41/containers/create", .answer(201, "{\"Id\":\"c0ffee\",\"Warnings\":[\"no swap limit\"]}"))
        let api = try api()
        let created = try api.create("tare-x-i1", Array("{\"Image\":\"a\"}".utf8), seconds: 60)
        #expect(try api.id(of: created) == "c0ffee")
        let request = try #require(asked.first)
        #expect(request.method == "POST" && request.path == "/v1.41/containers/create")
        #expect(try query(request) == ["name": "tare-x-i1"])
        #expect(request.body == Array("{\"Image\":\"a\"}".utf8))
        #expect(request.headers["content-type"] == "application/json")
    }

    @Test func anAnswerWithoutAnIDIsNone() throws {
        daemon.on("POST", "/v1.41/containers/create", .answer(201, "{\"Warnings\":[]}"))
        let api = try api()
        let created = try api.create("tare-x-i1", [], seconds: 60)
        let error = try refusal { _ = try api.id(of: created) }
        #expect(error.code == .platform && error.message.contains("Docker") && error.cause?.contains("Id") == true)
    }

    /// 304: it runs already.
    @Test(arguments: [204, 304]) func aContainerIsStarted(status: Int) throws {
        daemon.on("POST", "/v1.41/containers/c0ffee/start", .answer(status))
        try api().start("c0ffee", seconds: 60)
        #expect(asked.map(\.line) == ["POST /v1.41/containers/c0ffee/start"])
        #expect(asked.first?.body == [])
    }

    @Test func aContainerThatDoesNotStartIsAnError() throws {
        daemon.on(
            "POST", "/v1.41/containers/c0ffee/start",
            .answer(400, "{\"message\":\"failed to create task: OCI runtime create failed\"}"))
        let api = try api()
        let error = try refusal { try api.start("c0ffee", seconds: 60) }
        #expect(error.code == .platform)
        #expect(error.message == "Docker answered 400 to 'POST /containers/c0ffee/start'")
        #expect(error.cause == "failed to create task: OCI runtime create failed")
    }

    @Test func aRunningContainerIsInspected() throws {
        daemon.on(
            "GET", "/v1.41/containers/tare-x-i1/json",
            .answer(
                200,
                """
                {"Id":"c0ffee","Created":"2026-01-31T09:30:00Z","State":{"Status":"running","Running":true,\
                "Paused":false,"OOMKilled":false,"Pid":4242,"ExitCode":0,"Error":""},"Name":"/tare-x-i1"}
                """))
        let state = try #require(try api().state(of: "tare-x-i1"))
        #expect(state.id == "c0ffee" && state.isRunning && state.phase.pid == 4_242)
        #expect(state.phase.wasOutOfMemory == false)
    }

    @Test func anEndedContainerTellsHow() throws {
        daemon.on(
            "GET", "/v1.41/containers/tare-x-i1/json",
            .answer(
                200, "{\"Id\":\"c0ffee\",\"State\":{\"Running\":false,\"OOMKilled\":true,\"Pid\":0,\"ExitCode\":137}}"))
        let state = try #require(try api().state(of: "tare-x-i1"))
        #expect(!state.isRunning && state.phase.exitCode == 137 && state.phase.wasOutOfMemory == true)
    }

    /// An engine that tells nothing of a state does not make a container run.
    @Test func whatIsNotToldIsNotSo() throws {
        daemon.on("GET", "/v1.41/containers/c/json", .answer(200, "{\"Id\":\"c0ffee\",\"State\":{}}"))
        let state = try #require(try api().state(of: "c"))
        #expect(!state.isRunning && state.phase.pid == nil && state.phase.exitCode == nil)
    }

    @Test func aContainerThatIsGoneHasNoState() throws {
        daemon.on("GET", "/v1.41/containers/c/json", .answer(404, "{\"message\":\"No such container: c\"}"))
        #expect(try api().state(of: "c") == nil)
    }

    @Test(arguments: ["{\"Id\":\"c0ffee\"}", "[]", "no JSON"])
    func aStateThatCannotBeReadIsAnError(text: String) throws {
        daemon.on("GET", "/v1.41/containers/c/json", .answer(200, text))
        let api = try api()
        let error = try refusal { _ = try api.state(of: "c") }
        #expect(error.code == .platform && error.message.contains("Docker") && error.cause?.isEmpty == false)
    }

    /// 404 and 409: there is nobody any more whom the signal could reach.
    @Test(arguments: [204, 404, 409]) func aSignalIsSentByItsNumber(status: Int) throws {
        daemon.on("POST", "/v1.41/containers/c/kill", .answer(status, "{\"message\":\"is not running\"}"))
        try api().kill("c", signal: 15)
        #expect(asked.map(\.line) == ["POST /v1.41/containers/c/kill?signal=15"])
    }

    @Test func aSignalThatIsNotSentIsAnError() throws {
        daemon.on("POST", "/v1.41/containers/c/kill", .answer(500, "{\"message\":\"cannot kill\"}"))
        let api = try api()
        #expect(try refusal { try api.kill("c", signal: 15) }.cause == "cannot kill")
    }

    /// By force, with its anonymous volumes; 404: somebody else has removed it.
    @Test(arguments: [200, 204, 404]) func aContainerIsRemoved(status: Int) throws {
        daemon.on("DELETE", "/v1.41/containers/c", .answer(status, "{\"message\":\"No such container: c\"}"))
        try api().remove("c", seconds: 60)
        let request = try #require(asked.first)
        #expect(asked.count == 1 && request.method == "DELETE" && request.path == "/v1.41/containers/c")
        #expect(try query(request) == ["force": "1", "v": "1"])
    }

    @Test(arguments: [204, 404]) func aRemovalUnderWayIsAwaited(end: Int) throws {
        let underWay = FakeDaemon.Behaviour.answer(409, "{\"message\":\"removal is already in progress\"}")
        daemon.on("DELETE", "/v1.41/containers/c", underWay, underWay, .answer(end), .answer(500))
        try api().remove("c", seconds: 60)
        #expect(asked.count == 3)
    }

    @Test func aRemovalWithoutEndIsAnError() throws {
        daemon.on(
            "DELETE", "/v1.41/containers/c",
            .answer(409, "{\"message\":\"removal of container c is already in progress\"}"))
        let api = try api()
        let error = try refusal { try api.remove("c", seconds: 2) }
        #expect(error.code == .platform && error.message == "Docker does not remove the container c")
        #expect(error.cause == "removal of container c is already in progress")
        #expect(asked.count > 1)
    }

    @Test func aRemovalThatFailsIsAnError() throws {
        daemon.on("DELETE", "/v1.41/containers/c", .answer(500, "{\"message\":\"driver \\\"overlay2\\\" is busy\"}"))
        let api = try api()
        let error = try refusal { try api.remove("c", seconds: 60) }
        #expect(error.cause == "driver \"overlay2\" is busy" && asked.count == 1)
    }

    @Test(arguments: ["tare-20260131-093000-abcd", "tare-a b&c=d/é+%"])
    func aRunsContainersAreFoundByTheirLabel(run: String) throws {
        daemon.on("GET", "/v1.41/containers/json", .answer(200, "[{\"Id\":\"a1\",\"Names\":[\"/x\"]},{\"Id\":\"b2\"}]"))
        #expect(try api().containers(ofRun: run) == ["a1", "b2"])
        let request = try #require(asked.first)
        let value = try #require(request.target.split(separator: "filters=").last)
        #expect(value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "%") }, "\(value)")
        let query = try query(request)
        #expect(query["all"] == "1", "those that have ended would stay")
        #expect(try filters(query) == ["label": ["tare.run=\(run)"]])
    }

    private func filters(_ query: [String: String]) throws -> [String: [String]] {
        try JSONDecoder().decode([String: [String]].self, from: Data((query["filters"] ?? "").utf8))
    }

    @Test func aRunWithoutContainersHasNone() throws {
        daemon.on("GET", "/v1.41/containers/json", .answer(200, "[]"))
        #expect(try api().containers(ofRun: "tare-x").isEmpty)
    }

    // MARK: Images

    @Test func anImageIsThereOrNot() throws {
        daemon.on(
            "GET", "/v1.41/images/localhost/tare:abc/json", .answer(200, "{\"Id\":\"sha256:1\"}"), .answer(404, "{}"))
        let api = try api()
        #expect(try api.has(image: "localhost/tare:abc"))
        #expect(try !api.has(image: "localhost/tare:abc"))
    }

    /// A daemon in trouble does not make an image absent, which would be loaded in vain.
    @Test func anImageThatCannotBeLookedForIsAnError() throws {
        daemon.on("GET", "/v1.41/images/localhost/tare:abc/json", .answer(500, "{\"message\":\"disk I/O error\"}"))
        let api = try api()
        #expect(try refusal { _ = try api.has(image: "localhost/tare:abc") }.cause == "disk I/O error")
    }

    /// Brings an archive of these bytes in, to which the daemon answers with this stream.
    private func load(_ behaviour: FakeDaemon.Behaviour, _ bytes: [UInt8] = [1, 2, 3]) throws {
        let directory = try TemporaryDirectory()
        try HostFiles.create(directory.path + "/image.tar", bytes: bytes)
        daemon.on("POST", "/v1.41/images/load", behaviour)
        try api().load(directory.path + "/image.tar")
    }

    @Test(
        arguments: [
            "", "{\"stream\":\"Loaded image: localhost/tare:abc\\n\"}\n",
            // Words about errors are none.
            "{\"stream\":\"error: none\"}\r\n{\"stream\":\"Loaded image: localhost/tare:error\"}\r\n",
            "{\"status\":\"error\"}",
        ])
    func anArchiveIsLoaded(stream: String) throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 255) }
        try load(.chunked(stream.isEmpty ? [] : [Array(stream.utf8)]), bytes)
        let request = try #require(asked.first)
        let isWhole = request.body == bytes
        #expect(request.line == "POST /v1.41/images/load?quiet=1" && isWhole)
        #expect(request.headers["content-type"] == "application/x-tar")
    }

    /// The status is 200 by then.
    @Test(
        arguments: [
            "{\"errorDetail\":{\"message\":\"no space left on device\"},\"error\":\"no space left on device\"}\r\n",
            "{\"error\":\"no space left on device\"}",
            "{\"stream\":\"Loading layer\"}\n{\"error\":\"no space left on device\"}\n{\"stream\":\"more\"}\n",
        ])
    func whatGoesWrongWithinTheStreamIsAnError(stream: String) throws {
        let error = try refusal { try load(.chunked([Array(stream.utf8)])) }
        #expect(error.code == .platform && error.message == "Docker did not take the image")
        #expect(error.cause == "no space left on device")
    }

    @Test func anArchiveThatIsRefusedIsAnError() throws {
        let error = try refusal { try load(.answer(500, "{\"message\":\"invalid tar header\"}")) }
        #expect(error.message == "Docker answered 500 to 'POST /images/load?quiet=1'")
        #expect(error.cause == "invalid tar header")
    }

    @Test func onlyTaresImagesAreRemoved() throws {
        daemon.on(
            "GET", "/v1.41/images/json",
            // The third was built by somebody from the first, and has its label; the last has lost its name.
            .answer(
                200,
                #"[{"RepoTags":["localhost/tare:1"]},{"RepoTags":["localhost/tare:2","his:1"]},{"RepoTags":["his:2"]},{"RepoTags":null}]"#
            ))
        daemon.on("DELETE", "/v1.41/images/localhost/tare:1", .answer(200, "[{\"Deleted\":\"sha256:1\"}]"))
        // Gone meanwhile, which is what was wanted.
        daemon.on("DELETE", "/v1.41/images/localhost/tare:2", .answer(404, "{\"message\":\"no such image\"}"))
        #expect(try api().removeImages() == 2)
        let list = try #require(asked.first)
        #expect(try filters(query(list)) == ["label": ["tare.image"]])
        #expect(asked.dropFirst().map(\.target) == (1...2).map { "/v1.41/images/localhost/tare:\($0)" })
        #expect(asked.dropFirst().allSatisfy { $0.method == "DELETE" })
    }

    // MARK: Reasons

    @Test(
        arguments: [
            ("{\"message\":\"no such thing\"}", "no such thing"),
            // Podman tells more of it.
            (
                "{\"cause\":\"no such container\",\"message\":\"x: no such container\",\"response\":404}",
                "x: no such container"
            ),
            // One line, whatever a daemon makes of it.
            ("{\"message\":\"one\\ntwo\\r\\n\\r\\nthree\"}", "one two three"),
            ("404 page not found\n", "404 page not found"), ("{\"error\":\"x\"}", "{\"error\":\"x\"}"),
            ("", "it gave no reason"), ("{\"message\":\"\"}", "it gave no reason"),
        ])
    func theDaemonsOwnWordsAreTheCause(body: String, cause: String) throws {
        daemon.on("GET", "/v1.41/info", .answer(500, body))
        let api = try api()
        let error = try refusal { _ = try api.info() }
        #expect(error.message == "Docker answered 500 to 'GET /info'")
        #expect(error.cause == cause)
    }

    @Test func longWordsAreCutShort() throws {
        daemon.on("GET", "/v1.41/info", .answer(500, String(repeating: "page ", count: 100_000)))
        let api = try api()
        let cause = try #require(try refusal { _ = try api.info() }.cause)
        #expect(cause.hasPrefix("page page") && cause.count <= 300)
    }

    @Test func whatIsAllowedIsNoError() throws {
        daemon.on("GET", "/v1.41/x", .answer(404, "{\"message\":\"not here\"}"))
        let api = try api()
        #expect(try api.send("GET", "/x", allowing: [404]).status == 404)
        #expect(try refusal { try api.send("GET", "/x", allowing: [409]) }.cause == "not here")
    }

    // MARK: Facts and launches

    private func facts(_ settings: EngineSettings, info: String) throws -> [String: String] {
        daemon.on("GET", "/v1.41/info", .answer(200, info))
        let facts = try APIClient(api: api(), settings: settings).facts()
        #expect(facts.allSatisfy { $0.mustAgree })
        return Dictionary(facts.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0) and \($1)" })
    }

    @Test func theEngineTellsWhatItIs() throws {
        let info = """
            {"Driver":"overlay2","CgroupDriver":"systemd","CgroupVersion":"2","DefaultRuntime":"runc",\
            "SecurityOptions":["name=seccomp,profile=builtin","name=apparmor"],"Runtimes":{"runc":{"path":"runc"}}}
            """
        let facts = try facts(EngineSettings(.docker), info: info)
        #expect(facts["engine"] == "Docker 20.10.24" && facts["runtime"] == "runc")
        #expect(facts["client"] == "API 1.41 over \(daemon.path)")
        #expect(facts["storage driver"] == "overlay2" && facts["control groups"] == "systemd, version 2")
        #expect(facts["security"] == "name=apparmor, name=seccomp,profile=builtin")
        #expect(facts["log driver"] == "none" && facts["init"] == "none")
    }

    @Test func whatWasAskedForIsAFactToo() throws {
        let settings = EngineSettings(.docker, starts: true, runtime: "crun", addsInit: true, logDriver: "json-file")
        let facts = try facts(settings, info: "{\"DefaultRuntime\":\"runc\"}")
        #expect(facts["runtime"] == "crun" && facts["init"] == "the engine's" && facts["log driver"] == "json-file")
        // Two runs have their daemons in different directories.
        #expect(facts["client"]?.contains(daemon.path) == false)
        #expect(facts["storage driver"] == "not told" && facts["security"] == "not told")
    }

    private let launch = Launch()

    @Test func aLaunchIsACreationAndAStart() throws {
        daemon.on("POST", "/v1.41/containers/create", .answer(201, "{\"Id\":\"c0ffee\"}"))
        daemon.on("POST", "/v1.41/containers/c0ffee/start", .answer(204))
        let client = APIClient(api: try api(), settings: launch.settings)
        #expect(try client.launch(launch.container, launch.request) == "c0ffee")
        #expect(
            asked.map(\.line) == [
                "POST /v1.41/containers/create?name=\(launch.request.name)", "POST /v1.41/containers/c0ffee/start",
            ])
        #expect(launch.marks.recorded.map(\.name) == [.created, .started])
        let times = launch.marks.recorded.map(\.nanoseconds)
        #expect(times == times.sorted())
    }

    @Test func aLaunchThatFailsBearsNoMarkOfWhatWasNot() throws {
        daemon.on(
            "POST", "/v1.41/containers/create", .answer(409, "{\"message\":\"the name is in use\"}"),
            .answer(201, "{\"Id\":\"c\"}"))
        daemon.on("POST", "/v1.41/containers/c/start", .answer(500, "{\"message\":\"no runtime\"}"))
        let client = APIClient(api: try api(), settings: launch.settings)
        #expect(try refusal { _ = try client.launch(launch.container, launch.request) }.cause == "the name is in use")
        #expect(launch.marks.recorded.isEmpty)
        #expect(try refusal { _ = try client.launch(launch.container, launch.request) }.cause == "no runtime")
        #expect(launch.marks.recorded.map(\.name) == [.created])
    }
}
