/// Something in the cache, made now or found.
package struct CachedItem: Sendable, Equatable {
    /// Where it is.
    package var path: String
    /// SHA-256 of its contents, in hexadecimal. For a tree: of the tree as a sorted tar archive.
    package var identity: String
    /// How long making or finding it took, in seconds.
    package var seconds: Double
    /// Whether it was found.
    package var cached: Bool
    /// The size of its regular files, in bytes.
    package var bytes: UInt64

    package init(path: String, identity: String, seconds: Double, cached: Bool, bytes: UInt64) {
        self.path = path
        self.identity = identity
        self.seconds = seconds
        self.cached = cached
        self.bytes = bytes
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
