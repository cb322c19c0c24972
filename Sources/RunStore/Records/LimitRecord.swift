import BenchmarkModel

/// A limit of the kernel as JSON. It and what is in use stand in objects by the name of the resource, see
/// ``LimitedResource``.
struct LimitRecord: Codable {
    var value: UInt64
    var source: String

    static func limits(_ limits: [LimitedResource: KernelLimit]) -> [String: LimitRecord] {
        Dictionary(
            uniqueKeysWithValues: limits.map { ($0.rawValue, LimitRecord(value: $1.value, source: $1.source)) })
    }

    static func model(_ stored: [String: LimitRecord]) throws -> [LimitedResource: KernelLimit] {
        try byResource(stored) { limit, _ in KernelLimit(limit.value, source: limit.source) }
    }

    /// What is in use. A file system may claim more than can be: that is left out, and keeps nothing else from being read.
    static func used(_ reading: LimitsReading) -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: reading.used.filter { Bounded.isFigure($1) }.map { ($0.rawValue, $1) })
    }

    static func reading(_ stored: [String: Int64]) throws -> LimitsReading {
        LimitsReading(try byResource(stored) { try Bounded.figure($0, $1) })
    }

    /// What stop causes and objects of limits name.
    static func resource(_ name: String) throws -> LimitedResource {
        guard let resource = LimitedResource(rawValue: name) else {
            throw UnreadableValue(description: "no limited resource is called '\(name)'")
        }
        return resource
    }

    private static func byResource<Stored, Value>(
        _ stored: [String: Stored], _ value: (Stored, String) throws -> Value
    ) throws -> [LimitedResource: Value] {
        var found: [LimitedResource: Value] = [:]
        for (name, one) in stored { found[try resource(name)] = try value(one, name) }
        return found
    }
}
