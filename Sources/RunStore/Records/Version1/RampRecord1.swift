import BenchmarkModel

/// The record of a ramp, version 1: what the table `ramp` held. The cause is an object with one key, its name, which holds an
/// object with the reason as `_0` where there is one.
struct RampRecord1: Decodable {
    private struct Reason: Decodable {
        var _0: String?
    }

    private var instances: Int
    private var cause: [String: Reason]
    private var enforcedBy: String?
    private var heldNanoseconds: UInt64
    private var liveness: String
    private var teardownNanoseconds: UInt64
    private var points: [RampRecord.PointRecord]

    func ramp() throws -> Ramp {
        guard let (word, reason) = cause.first, cause.count == 1 else {
            throw UnreadableValue(description: "'cause' names \(cause.count) causes")
        }
        return Ramp(
            instances: try Bounded.count(instances, "'instances'"),
            cause: try RampRecord.cause(word, reason: reason._0), enforcedBy: enforcedBy,
            heldNanoseconds: try Bounded.time(heldNanoseconds, "'heldNanoseconds'"), liveness: liveness,
            teardownNanoseconds: try Bounded.time(teardownNanoseconds, "'teardownNanoseconds'"),
            points: try points.map { try $0.point() })
    }
}
