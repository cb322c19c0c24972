/// As whom and with what a workload's command runs. Equal on all platforms; what a suite leaves out is as in an ordinary container
/// of an engine.
package struct Surroundings: Sendable, Equatable, Codable {
    /// `NAME`, `NAME:GROUP`, `UID` or `UID:GID`, looked up in the image; nil for the image's own, or root.
    package var user: String?
    /// A file of the host that becomes the standard input; nil for an empty one.
    package var standardInput: String?
    /// The size of /dev/shm, in bytes.
    package var sharedMemoryBytes: UInt64
    /// File systems in memory.
    package var temporary: [TemporaryFileSystem]
    /// Limits that differ from an engine's.
    package var limits: [ResourceLimit]
    /// Capabilities beside an engine's, and those that are taken away, as `NET_ADMIN`.
    package var addedCapabilities: [String]
    package var droppedCapabilities: [String]
    /// The signal that asks the command to end, as `SIGTERM`, before it is killed; nil for the image's own, or for being killed at
    /// once.
    package var stopSignal: String?

    /// The size of /dev/shm under an engine: 64 MiB.
    package static let defaultSharedMemoryBytes: UInt64 = 64 << 20

    package init(
        user: String? = nil, standardInput: String? = nil,
        sharedMemoryBytes: UInt64 = Surroundings.defaultSharedMemoryBytes, temporary: [TemporaryFileSystem] = [],
        limits: [ResourceLimit] = [], addedCapabilities: [String] = [], droppedCapabilities: [String] = [],
        stopSignal: String? = nil
    ) {
        self.user = user
        self.standardInput = standardInput
        self.sharedMemoryBytes = sharedMemoryBytes
        self.temporary = temporary
        self.limits = limits
        self.addedCapabilities = addedCapabilities
        self.droppedCapabilities = droppedCapabilities
        self.stopSignal = stopSignal
    }
}

/// A file system in memory.
package struct TemporaryFileSystem: Sendable, Equatable, Codable {
    /// Where, as an absolute path in the instance.
    package var path: String
    package var bytes: UInt64

    package init(path: String, bytes: UInt64) {
        self.path = path
        self.bytes = bytes
    }
}

/// A limit of setrlimit(2).
package struct ResourceLimit: Sendable, Equatable, Codable {
    /// As engines call it: `nofile`, `nproc`, `core`, ...
    package var name: String
    /// nil for no limit.
    package var soft: UInt64?
    package var hard: UInt64?

    package init(name: String, soft: UInt64?, hard: UInt64?) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}
