/// Something that is about to be made on the host, told to the journal before it exists and closed when it is gone.
public struct Intent: Sendable, Equatable, Codable {
    /// What sort of thing.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A directory tree of the run: instance directories, sockets, private layers.
        case directory
        /// A cgroup, as a path below each hierarchy's root.
        case cgroup
        /// A container: the runtime and its name, as `RUNTIME-PATH STATE-ROOT NAME`.
        case container
        /// A libvirt domain: `URI NAME`.
        case domain
    }

    /// What sort of thing.
    public var kind: Kind
    /// What exactly: a path or a name, as ``Kind`` says.
    public var subject: String

    /// Makes an intent.
    public init(_ kind: Kind, _ subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// Where intents are committed before the deed. A run's journal; thread-safe.
public protocol Journal: Sendable {
    /// Commits an intent; returns the row to close.
    func open(_ intent: Intent) throws -> Int64
    /// Closes a row: the thing is gone.
    func close(_ row: Int64) throws
}

/// Where the harness puts what it measures, each piece committed the moment it exists. Thread-safe.
public protocol RunSink: Journal {
    /// Commits a sample. A sample with the same number is replaced (when its block is judged).
    func save(_ sample: Sample) throws
    /// Commits a ladder, or replaces it as it grows.
    func save(_ ladder: Ladder) throws
    /// Commits a ramp, or replaces it as it grows.
    func save(_ ramp: Ramp) throws
    /// Commits what was seen.
    func save(_ threat: Threat) throws
    /// Commits a channel measurement.
    func save(_ echo: ChannelEcho) throws
    /// Commits image work.
    func save(_ preparations: [Preparation]) throws
    /// Commits what is used on a platform.
    func save(_ record: PlatformRecord) throws
}
