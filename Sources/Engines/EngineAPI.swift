import BenchmarkModel
import Foundation
import Glibc
import Images
import LinuxSystem

/// What an engine says of a container.
struct ContainerState: Decodable, Sendable {
    struct Phase: Decodable, Sendable {
        var isRunning: Bool?
        /// On the host.
        var pid: Int32?
        var exitCode: Int32?
        var wasOutOfMemory: Bool?

        enum CodingKeys: String, CodingKey {
            case isRunning = "Running"
            case pid = "Pid"
            case exitCode = "ExitCode"
            case wasOutOfMemory = "OOMKilled"
        }
    }

    var id: String
    var phase: Phase

    var isRunning: Bool { phase.isRunning ?? false }

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case phase = "State"
    }
}

/// The Docker Engine API, as Docker and Podman speak it: <https://docs.docker.com/reference/api/engine/>.
struct EngineAPI: Sendable {
    /// The versions whose requests tare knows. What it asks for is the same in all of them.
    static let oldest = APIVersion(major: 1, minor: 40)
    static let newest = APIVersion(major: 1, minor: 51)
    /// How long an answer about a container may take, in seconds.
    static let patienceSeconds = 20.0
    /// How long an image may take to come in, in seconds.
    static let imagePatienceSeconds = 600.0

    let socket: EngineSocket
    /// The version that both sides speak.
    let version: APIVersion
    /// What the daemon says of itself.
    let about: About

    struct About: Decodable, Sendable {
        var Version: String
        var ApiVersion: String
        var MinAPIVersion: String?
    }

    struct Info: Decodable, Sendable {
        var Driver: String?
        var CgroupDriver: String?
        var CgroupVersion: String?
        var DefaultRuntime: String?
        var SecurityOptions: [String]?
        var Runtimes: [String: Runtime]?
        struct Runtime: Decodable, Sendable { var path: String? }
    }

    /// Asks the daemon what it is.
    ///
    /// - Throws: ``TareError`` where it does not answer, or speaks no version that tare knows.
    init(_ socket: EngineSocket) throws {
        self.socket = socket
        let answer = try socket.send("GET", "/version", seconds: EngineAPI.patienceSeconds)
        guard answer.status == 200, let about = try? JSONDecoder().decode(About.self, from: Data(answer.body)) else {
            throw TareError(
                .hostLacks, "what \(socket.path) answers is no Docker Engine API (status \(answer.status))",
                remedy: "Name the socket of \(socket.title) with 'socket:'.", cause: EngineAPI.message(answer))
        }
        guard let most = APIVersion(about.ApiVersion), let least = APIVersion(about.MinAPIVersion ?? about.ApiVersion)
        else {
            throw TareError(
                .hostLacks,
                "\(socket.title) speaks the API versions '\(about.MinAPIVersion ?? "?")' to '\(about.ApiVersion)', which are none",
                remedy: "See what listens at \(socket.path).")
        }
        let agreed = min(most, EngineAPI.newest)
        guard agreed >= max(least, EngineAPI.oldest) else {
            throw TareError(
                .hostLacks,
                "\(socket.title) \(about.Version) speaks API versions \(least) to \(most), tare \(EngineAPI.oldest) to "
                    + "\(EngineAPI.newest)", remedy: "Use a daemon and a tare that have one in common.")
        }
        self.about = about
        version = agreed
    }

    /// Sends a request of the agreed version; an answer that says no is thrown.
    ///
    /// - Parameter allowing: states that are no error here.
    @discardableResult
    func send(
        _ method: String, _ target: String, _ body: EngineSocket.Body = .none,
        seconds: Double = EngineAPI.patienceSeconds, allowing: Set<Int> = []
    ) throws -> EngineAnswer {
        let answer = try socket.send(method, "/v\(version)\(target)", body, seconds: seconds)
        guard (200..<300).contains(answer.status) || allowing.contains(answer.status) else {
            throw TareError(
                .platform, "\(socket.title) answered \(answer.status) to '\(method) \(target)'",
                cause: EngineAPI.message(answer))
        }
        return answer
    }

    /// The daemon's own words of an answer that says no, in one line.
    static func message(_ answer: EngineAnswer) -> String {
        struct Words: Decodable { var message: String? }
        let told = (try? JSONDecoder().decode(Words.self, from: Data(answer.body)))?.message
        let text = told ?? String(decoding: answer.body.prefix(300), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.isEmpty ? "it gave no reason" : line
    }

    func info() throws -> Info {
        let answer = try send("GET", "/info")
        return try decode(Info.self, answer)
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ answer: EngineAnswer) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw TareError(.platform, "an answer of \(socket.title) cannot be read", cause: "\(error)")
        }
    }

    // MARK: Containers

    /// - Returns: the container's id.
    func create(_ name: String, _ body: [UInt8], seconds: Double) throws -> EngineAnswer {
        try send("POST", "/containers/create?name=\(name)", .json(body), seconds: seconds)
    }

    func id(of created: EngineAnswer) throws -> String {
        struct Created: Decodable { var Id: String }
        return try decode(Created.self, created).Id
    }

    func start(_ id: String, seconds: Double) throws {
        try send("POST", "/containers/\(id)/start", seconds: seconds, allowing: [304])
    }

    /// nil where there is none.
    func state(of container: String) throws -> ContainerState? {
        let answer = try send("GET", "/containers/\(container)/json", allowing: [404])
        return answer.status == 404 ? nil : try decode(ContainerState.self, answer)
    }

    func kill(_ container: String, signal: Int32) throws {
        try send("POST", "/containers/\(container)/kill?signal=\(signal)", allowing: [404, 409])
    }

    /// Removes a container, whatever it does; one that is gone is no error.
    func remove(_ container: String, seconds: Double) throws {
        let deadline = MonotonicClock.now() + UInt64(seconds * 1e9)
        while true {
            // 409: it is being removed already.
            let answer = try send(
                "DELETE", "/containers/\(container)?force=1&v=1", seconds: seconds, allowing: [404, 409])
            guard answer.status == 409 else { return }
            guard MonotonicClock.now() < deadline else {
                throw TareError(
                    .platform, "\(socket.title) does not remove the container \(container)",
                    cause: EngineAPI.message(answer))
            }
            usleep(20_000)
        }
    }

    /// The ids of all containers, running or not, of a run (`tare-RUN`).
    func containers(ofRun run: String) throws -> [String] {
        struct Listed: Decodable { var Id: String }
        let filter = "{\"label\":[\"\(ContainerRequest.runLabel)=\(run)\"]}".percentEncoded
        return try decode([Listed].self, try send("GET", "/containers/json?all=1&filters=\(filter)")).map(\.Id)
    }

    /// The names of all runs that have containers, running or not.
    func runs() throws -> Set<String> {
        struct Listed: Decodable { var Labels: [String: String]? }
        let filter = "{\"label\":[\"\(ContainerRequest.runLabel)\"]}".percentEncoded
        let listed = try decode([Listed].self, try send("GET", "/containers/json?all=1&filters=\(filter)"))
        return Set(listed.compactMap { $0.Labels?[ContainerRequest.runLabel] })
    }

    // MARK: Networks

    /// Makes a bridge of the engine's.
    func makeNetwork(_ name: String, _ place: NetworkPlace, run: String) throws {
        let object: [String: Any] = [
            "Name": name, "CheckDuplicate": true, "Driver": "bridge", "Labels": [ContainerRequest.runLabel: run],
            "IPAM": ["Driver": "default", "Config": [["Subnet": place.subnet, "Gateway": place.gatewayWords]]],
            "Options": ["com.docker.network.bridge.name": place.bridgeName],
        ]
        let body = Array(try JSONSerialization.data(withJSONObject: object, options: [.withoutEscapingSlashes]))
        try send("POST", "/networks/create", .json(body))
    }

    // MARK: Images

    func has(image reference: String) throws -> Bool {
        try send("GET", "/images/\(reference)/json", allowing: [404]).status == 200
    }

    /// Brings an archive in, as `docker load` does.
    func load(_ archive: String) throws {
        let answer = try send("POST", "/images/load?quiet=1", .file(archive), seconds: EngineAPI.imagePatienceSeconds)
        // The status is sent before the work is done: what goes wrong later stands in the stream.
        struct Line: Decodable { var error: String? }
        for line in answer.body.split(separator: UInt8(ascii: "\n")) {
            if let error = (try? JSONDecoder().decode(Line.self, from: Data(line)))?.error {
                throw TareError(.platform, "\(socket.title) did not take the image", cause: error)
            }
        }
    }

    /// Removes the images that tare brought in.
    ///
    /// - Returns: how many.
    func removeImages() throws -> Int {
        struct Listed: Decodable { var RepoTags: [String]? }
        let filter = "{\"label\":[\"\(EngineImage.label)\"]}".percentEncoded
        let images = try decode([Listed].self, try send("GET", "/images/json?filters=\(filter)"))
        // What somebody built from one has its label too: only tare's own names are taken away.
        let names = images.flatMap { $0.RepoTags ?? [] }.filter { $0.hasPrefix(EngineImage.repository) }
        for name in names { try send("DELETE", "/images/\(name)", allowing: [404]) }
        return names.count
    }
}

/// A version of the API: `1.41`.
struct APIVersion: Sendable, Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count >= 2, let major = parts[0], let minor = parts[1] else { return nil }
        self.init(major: major, minor: minor)
    }

    static func < (one: APIVersion, other: APIVersion) -> Bool { (one.major, one.minor) < (other.major, other.minor) }
    var description: String { "\(major).\(minor)" }
}

extension String {
    /// As a value in a query.
    var percentEncoded: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? self
    }
}
