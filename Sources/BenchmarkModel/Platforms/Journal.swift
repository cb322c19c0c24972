/// Something that is about to be made on the host, told to the journal before it exists and closed when it is gone.
package struct Intent: Sendable, Equatable, Codable {
    /// What sort of thing.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// A directory tree of the run: instance directories, sockets, private layers.
        case directory
        /// A cgroup, as a path below each hierarchy's root.
        case cgroup
        /// A libvirt domain: `URI NAME`.
        case domain
        /// The containers of the run under a daemon that is not tare's own: `ENGINE SOCKET`.
        case engine
        /// A directory of the run's own on a file system that its suite names, for volumes of its instances.
        case volumes
    }

    /// What sort of thing.
    package var kind: Kind
    /// What exactly: a path or a name, as ``Kind`` says.
    package var subject: String

    package init(_ kind: Kind, _ subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// Where intents are committed before the deed. A run's journal; thread-safe.
package protocol Journal: Sendable {
    /// Commits an intent; returns the row to close.
    func open(_ intent: Intent) throws -> Int64
    /// Closes a row: the thing is gone.
    func close(_ row: Int64) throws
}
