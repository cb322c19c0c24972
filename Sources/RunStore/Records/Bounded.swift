/// The bounds of what is read: nobody's figures are beyond them, and sums of what is within them can be made.
enum Bounded {
    /// A number of instances, samples or blocks.
    static func count(_ value: Int, _ what: String) throws -> Int {
        guard (0...Int(Int32.max)).contains(value) else { throw UnreadableValue(description: "\(what) is \(value)") }
        return value
    }

    /// A time in nanoseconds.
    static func time(_ value: UInt64, _ what: String) throws -> UInt64 {
        guard value <= 1 << 62 else { throw UnreadableValue(description: "\(what) is \(value)") }
        return value
    }

    /// A figure of memory in bytes, or how much it changed.
    static func figure(_ value: Int64, _ what: String) throws -> Int64 {
        guard isFigure(value) else { throw UnreadableValue(description: "\(what) is \(value)") }
        return value
    }

    /// Whether ``figure(_:_:)`` takes it.
    static func isFigure(_ value: Int64) -> Bool { value.magnitude <= 1 << 56 }

    /// A size in bytes.
    static func size(_ value: UInt64, _ what: String) throws -> UInt64 {
        guard value <= 1 << 56 else { throw UnreadableValue(description: "\(what) is \(value)") }
        return value
    }
}
