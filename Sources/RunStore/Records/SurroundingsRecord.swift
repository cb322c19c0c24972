import BenchmarkModel

/// What surrounds a workload as JSON, since version 3 of suites.
struct SurroundingsRecord: Codable {
    struct Temporary: Codable {
        var path: String
        var bytes: UInt64
    }

    struct Limit: Codable {
        var name: String
        var soft: UInt64?
        var hard: UInt64?
    }

    var user: String?
    var standardInput: String?
    var sharedMemoryBytes: UInt64
    var temporary: [Temporary]
    var limits: [Limit]
    var addedCapabilities: [String]
    var droppedCapabilities: [String]
    var stopSignal: String?

    init(_ surroundings: Surroundings) {
        user = surroundings.user
        standardInput = surroundings.standardInput
        sharedMemoryBytes = surroundings.sharedMemoryBytes
        temporary = surroundings.temporary.map { Temporary(path: $0.path, bytes: $0.bytes) }
        limits = surroundings.limits.map { Limit(name: $0.name, soft: $0.soft, hard: $0.hard) }
        addedCapabilities = surroundings.addedCapabilities
        droppedCapabilities = surroundings.droppedCapabilities
        stopSignal = surroundings.stopSignal
    }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    func model() throws -> Surroundings {
        Surroundings(
            user: user, standardInput: standardInput,
            sharedMemoryBytes: try Bounded.size(sharedMemoryBytes, "'sharedMemoryBytes'"),
            temporary: try temporary.map {
                TemporaryFileSystem(path: $0.path, bytes: try Bounded.size($0.bytes, "'bytes'"))
            },
            limits: limits.map { ResourceLimit(name: $0.name, soft: $0.soft, hard: $0.hard) },
            addedCapabilities: addedCapabilities, droppedCapabilities: droppedCapabilities, stopSignal: stopSignal)
    }
}
