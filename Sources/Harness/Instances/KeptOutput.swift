/// What an instance printed, in bounded memory: its beginning, its end, and how much it was.
struct KeptOutput: Sendable, Equatable {
    /// So many bytes of the beginning and of the end are kept, on disk and in memory, on every platform; of the beginning more
    /// where figures are looked for in it.
    static let firstBytes = 64 << 10
    static let lastBytes = 64 << 10

    let mostFirst: Int
    private(set) var first: [UInt8] = []
    private var ring: [UInt8] = []
    private(set) var count = 0

    /// - Parameter mostFirst: so many bytes of the beginning are kept.
    init(mostFirst: Int = KeptOutput.firstBytes) {
        self.mostFirst = mostFirst
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        count += bytes.count
        let room = max(0, mostFirst - first.count)
        first.append(contentsOf: bytes.prefix(room))
        ring.append(contentsOf: bytes.suffix(KeptOutput.lastBytes))
        // Twice as much at most, so that bytes are not moved at every append.
        if ring.count > 2 * KeptOutput.lastBytes { ring.removeFirst(ring.count - KeptOutput.lastBytes) }
    }

    /// The end.
    var last: ArraySlice<UInt8> { ring.suffix(KeptOutput.lastBytes) }

    /// All of it; nil where it was more than is kept of its beginning.
    var whole: [UInt8]? { count == first.count ? first : nil }
}
