/// Something in the cache, made now or found.
public struct CachedItem: Sendable, Equatable {
    /// Where it is.
    public var path: String
    /// SHA-256 of its contents, in hexadecimal. For a tree: of the tree as a sorted tar archive.
    public var identity: String
    /// How long making or finding it took, in seconds.
    public var seconds: Double
    /// Whether it was found.
    public var cached: Bool
    /// The size of its regular files, in bytes.
    public var bytes: UInt64

    /// Makes one.
    public init(path: String, identity: String, seconds: Double, cached: Bool, bytes: UInt64) {
        self.path = path
        self.identity = identity
        self.seconds = seconds
        self.cached = cached
        self.bytes = bytes
    }
}

/// A kernel for guests.
public struct GuestKernel: Sendable, Equatable {
    /// The bzImage.
    public var imagePath: String
    /// Its version, as in `6.1.0-13-cloud-amd64`.
    public var version: String
    /// `host's own`, `named`, or `Debian package NAME`.
    public var origin: String
    /// Uncompressed modules in the order of loading.
    public var modules: [String]
    /// SHA-256 of the image.
    public var identity: String
    /// How long making or finding it took, in seconds.
    public var seconds: Double
    /// Whether it was found in the cache.
    public var cached: Bool
}
