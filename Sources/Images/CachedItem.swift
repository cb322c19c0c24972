package import BenchmarkModel

/// Something in the cache, made now or found.
package struct CachedItem: Sendable, Equatable {
    /// Where it is.
    package var path: String
    /// SHA-256 of its contents, in hexadecimal. For a tree: see ``TreeDigest``.
    package var identity: String
    /// How long making or finding it took, in seconds.
    package var seconds: Double
    /// Whether it was found.
    package var cached: Bool
    /// The size of its regular files, in bytes.
    package var bytes: UInt64
    /// What a person should know of how it was made, such as what was passed over.
    package var notes: [String]
    /// What an image says of its command; nil for a root filesystem without an image.
    package var defaults: ImageDefaults?

    package init(
        path: String, identity: String, seconds: Double, cached: Bool, bytes: UInt64, notes: [String] = [],
        defaults: ImageDefaults? = nil
    ) {
        self.path = path
        self.identity = identity
        self.seconds = seconds
        self.cached = cached
        self.bytes = bytes
        self.notes = notes
        self.defaults = defaults
    }

    /// The workload as it runs with this root filesystem: with what its image says where the suite says nothing.
    ///
    /// - Throws: ``TareError`` where neither names a command.
    package func completing(_ workload: Workload) throws -> Workload {
        try workload.completed(by: defaults ?? ImageDefaults())
    }

    /// How it reads among what was prepared.
    package func preparation(_ step: String, workload: String, platform: String) -> Preparation {
        Preparation(
            workload: workload, platform: platform,
            step: notes.isEmpty ? step : "\(step) (\(notes.joined(separator: "; ")))", seconds: seconds, cached: cached,
            identity: identity)
    }
}

/// A kernel for guests.
package struct GuestKernel: Sendable, Equatable {
    /// The bzImage.
    package var imagePath: String
    /// Its version, as in `6.1.0-13-cloud-amd64`.
    package var version: String
    /// `host's own`, `named`, or `Debian package NAME`.
    package var origin: String
    /// Uncompressed modules in the order of loading.
    package var modules: [String]
    /// SHA-256 of the image.
    package var identity: String
    /// How long making or finding it took, in seconds.
    package var seconds: Double
    /// Whether it was found in the cache.
    package var cached: Bool
}
