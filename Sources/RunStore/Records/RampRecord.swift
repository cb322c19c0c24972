import BenchmarkModel

/// The record of a ramp, version 2: the cause is a word, with its reason beside it.
struct RampRecord: Codable {
    /// A point of a ramp, as in every version.
    struct PointRecord: Codable {
        var instances: Int
        var elapsedNanoseconds: UInt64
        var startupsNanoseconds: [UInt64]
        var reading: ReadingRecord
        var memoryPressurePercent: Double?
        var cpuPressurePercent: Double?
        var readingNanoseconds: UInt64?

        init(_ point: Ramp.Point) {
            instances = point.instances
            elapsedNanoseconds = point.elapsedNanoseconds
            startupsNanoseconds = point.startupsNanoseconds
            reading = ReadingRecord(point.reading)
            memoryPressurePercent = point.memoryPressurePercent
            cpuPressurePercent = point.cpuPressurePercent
            readingNanoseconds = point.readingNanoseconds
        }

        func point() throws -> Ramp.Point {
            Ramp.Point(
                instances: try Bounded.count(instances, "'instances'"),
                elapsedNanoseconds: try Bounded.time(elapsedNanoseconds, "'elapsedNanoseconds'"),
                startupsNanoseconds: try startupsNanoseconds.map { try Bounded.time($0, "a startup") },
                reading: try reading.reading(), memoryPressurePercent: memoryPressurePercent,
                cpuPressurePercent: cpuPressurePercent,
                readingNanoseconds: try readingNanoseconds.map { try Bounded.time($0, "'readingNanoseconds'") })
        }
    }

    var instances: Int
    var cause: String
    /// Why a launch failed or an instance died, or what was found of a limit.
    var reason: String?
    /// The limited resource, where that is the cause.
    var resource: String?
    var enforcedBy: String?
    var heldNanoseconds: UInt64
    var liveness: String
    var teardownNanoseconds: UInt64
    var points: [PointRecord]

    init(_ ramp: Ramp) {
        instances = ramp.instances
        (cause, reason) = RampRecord.words(of: ramp.cause)
        if case .limit(let limited, _) = ramp.cause { resource = limited.rawValue }
        enforcedBy = ramp.enforcedBy
        heldNanoseconds = ramp.heldNanoseconds
        liveness = ramp.liveness
        teardownNanoseconds = ramp.teardownNanoseconds
        points = ramp.points.map { PointRecord($0) }
    }

    func ramp() throws -> Ramp {
        Ramp(
            instances: try Bounded.count(instances, "'instances'"),
            cause: try RampRecord.cause(cause, reason: reason, resource: resource), enforcedBy: enforcedBy,
            heldNanoseconds: try Bounded.time(heldNanoseconds, "'heldNanoseconds'"),
            liveness: liveness, teardownNanoseconds: try Bounded.time(teardownNanoseconds, "'teardownNanoseconds'"),
            points: try points.map { try $0.point() })
    }

    private static func words(of cause: Ramp.StopCause) -> (String, String?) {
        switch cause {
        case .memoryBudget: ("memoryBudget", nil)
        case .reserve: ("reserve", nil)
        case .memoryPressure: ("memoryPressure", nil)
        case .cpuPressure: ("cpuPressure", nil)
        case .startupLimit: ("startupLimit", nil)
        case .swap: ("swap", nil)
        case .limit(_, let found): ("limit", found)
        case .launchFailed(let reason): ("launchFailed", reason)
        case .died(let reason): ("died", reason)
        case .ceiling: ("ceiling", nil)
        case .interrupted: ("interrupted", nil)
        }
    }

    static func cause(_ word: String, reason: String?, resource: String? = nil) throws -> Ramp.StopCause {
        switch word {
        case "memoryBudget": return .memoryBudget
        case "reserve": return .reserve
        case "memoryPressure": return .memoryPressure
        case "cpuPressure": return .cpuPressure
        case "startupLimit": return .startupLimit
        case "swap": return .swap
        case "limit":
            return .limit(try LimitRecord.resource(try resource.needed("resource")), reason ?? "")
        case "launchFailed": return .launchFailed(reason ?? "")
        case "died": return .died(reason ?? "")
        case "ceiling": return .ceiling
        case "interrupted": return .interrupted
        default: throw UnreadableValue(description: "no ramp stops because of '\(word)'")
        }
    }
}
