import BenchmarkModel
import Glibc
import Images
import LinuxSystem

/// containerd, by `ctr`: it has no API but gRPC, and this is what comes with it.
struct ContainerdClient: EngineClient {
    let program: HostProgram
    let settings: EngineSettings
    /// containerd keeps what is of different users apart; this is tare's.
    static let namespace = "tare"

    @discardableResult
    private func ask(
        _ arguments: [String], seconds: Double = EngineAPI.patienceSeconds, statuses: Set<Int32>? = [0]
    ) throws -> HostProgram.Ended {
        try program.call(arguments, seconds: seconds, statuses: statuses)
    }

    func facts() throws -> [Fact] {
        let text = try ask(["version"]).output
        // Of the client first, and then of the server.
        let versions = text.split(separator: "\n").filter { $0.contains("Version:") }
            .map { $0.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "?" }
        return [
            Fact("engine", "containerd \(versions.last ?? "?")", mustAgree: true),
            Fact("client", "ctr \(versions.first ?? "?") (\(program.path))", mustAgree: true),
            Fact("runtime", settings.runtime ?? "io.containerd.runc.v2", mustAgree: true),
            Fact("storage driver", "the daemon's default snapshotter", mustAgree: true),
        ]
    }

    func has(image reference: String) throws -> Bool {
        try ask(["images", "ls", "-q", "name==\(reference)"]).output.contains(reference)
    }

    func load(_ archive: String) throws {
        try ask(["images", "import", archive], seconds: EngineAPI.imagePatienceSeconds)
    }

    func launch(_ container: ContainerRequest, _ request: LaunchRequest) throws -> String {
        // Where the run's group has no one path on the host, a group by the instance's whole name.
        let group = container.parentGroup.map { "\($0)/i\(request.number)" } ?? "/\(request.name)"
        _ = try program.run(container.containerdLine(settings, group: group), of: request)
        return container.name
    }

    func state(of container: String) throws -> ContainerState? {
        // TASK PID STATUS
        for line in try ask(["tasks", "ls"]).output.split(separator: "\n").dropFirst() {
            let words = line.split(separator: " ")
            guard words.count >= 3, words[0] == container else { continue }
            return ContainerState(
                id: container, phase: .init(isRunning: words[2] == "RUNNING", pid: Int32(words[1])))
        }
        return nil
    }

    /// Only the deletion of a task tells how it ended, by the client's own status, which says something else where it fails.
    func status(of ended: ContainerState) -> Int32? {
        guard let told = try? ask(["tasks", "delete", ended.id], statuses: nil) else { return nil }
        guard case .success(nil) = Result(catching: { try state(of: ended.id) }) else { return nil }
        return told.status
    }

    func kill(_ container: String, signal: Int32) throws {
        try ask(["tasks", "kill", "--signal", "\(signal)", container], statuses: nil)
    }

    func remove(_ container: String, seconds: Double) throws {
        let end = MonotonicClock.now() + UInt64(seconds * 1e9)
        while try state(of: container) != nil {
            try ask(["tasks", "delete", "--force", container], seconds: seconds, statuses: nil)
            usleep(10_000)
            guard MonotonicClock.now() < end else {
                throw TareError(.platform, "containerd does not end the task \(container)")
            }
        }
        try ask(["containers", "delete", container], seconds: seconds, statuses: nil)
        guard try !ids().contains(container) else {
            throw TareError(.platform, "containerd does not remove the container \(container)")
        }
    }

    /// containerd has no networks: whoever calls it makes them.
    func makeNetwork(_ name: String, _ place: NetworkPlace, run: String) throws {}

    private func ids() throws -> [String] {
        try ask(["containers", "ls", "-q"]).output.split(separator: "\n").map(String.init)
    }

    func containers(ofRun run: String) throws -> [String] {
        try ids().filter { $0.hasPrefix(run + "-i") }
    }

    func runs() throws -> Set<String> {
        Set(try ids().compactMap { id in id.lastIndex(of: "-").map { String(id[..<$0]) } })
    }

    func removeImages() throws -> Int {
        let names = try ask(["images", "ls", "-q"]).output.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(EngineImage.repository) }
        for name in names { try ask(["images", "rm", name]) }
        return names.count
    }

    func group(of id: String, below parent: String) -> [String] {
        id.split(separator: "-").last.map { ["\(parent)/\($0)"] } ?? []
    }
}
