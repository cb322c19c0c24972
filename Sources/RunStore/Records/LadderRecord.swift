import BenchmarkModel

/// The record of a ladder, version 1. In rows that were moved from the table `ladder` number, cell, block, outcome, reasons and
/// warnings stand in it besides: they are the row's own.
struct LadderRecord: Codable {
    struct RungRecord: Codable {
        var instances: Int
        var settleSeconds: Double
        var settled: Bool
        var reading: ReadingRecord
        var readingNanoseconds: UInt64?
        /// Absent where nothing was recorded of it, as in older records.
        var limits: [String: Int64]?
    }

    var ending: String
    var noise: ReadingRecord
    var ledgerNoise: Int64
    var rungs: [RungRecord]
    var idleCPUNanoseconds: UInt64?
    var idleNanoseconds: UInt64
    var climbNanoseconds: UInt64
    var drift: ReadingRecord
    /// Absent in older records.
    var limits: [String: LimitRecord]?

    init(_ ladder: Ladder) {
        ending = ladder.ending.rawValue
        noise = ReadingRecord(ladder.noise)
        ledgerNoise = ladder.ledgerNoise
        rungs = ladder.rungs.map {
            RungRecord(
                instances: $0.instances, settleSeconds: $0.settleSeconds, settled: $0.settled,
                reading: ReadingRecord($0.reading), readingNanoseconds: $0.readingNanoseconds,
                limits: $0.limits.map(LimitRecord.used))
        }
        idleCPUNanoseconds = ladder.idleCPUNanoseconds
        idleNanoseconds = ladder.idleNanoseconds
        climbNanoseconds = ladder.climbNanoseconds
        drift = ReadingRecord(ladder.drift)
        limits = ladder.limits.isEmpty ? nil : LimitRecord.limits(ladder.limits)
    }

    func ladder() throws -> Ladder {
        guard let ending = Ladder.Ending(rawValue: ending) else {
            throw UnreadableValue(description: "no ladder ends because '\(ending)'")
        }
        return Ladder(
            ending: ending, noise: try noise.reading(),
            ledgerNoise: try Bounded.figure(ledgerNoise, "'ledgerNoise'"),
            rungs: try rungs.map {
                Rung(
                    instances: try Bounded.count($0.instances, "'instances'"), settleSeconds: $0.settleSeconds,
                    settled: $0.settled, reading: try $0.reading.reading(),
                    readingNanoseconds: try $0.readingNanoseconds.map {
                        try Bounded.time($0, "'readingNanoseconds'")
                    }, limits: try $0.limits.map(LimitRecord.reading))
            }, idleCPUNanoseconds: try idleCPUNanoseconds.map { try Bounded.time($0, "'idleCPUNanoseconds'") },
            idleNanoseconds: try Bounded.time(idleNanoseconds, "'idleNanoseconds'"),
            climbNanoseconds: try Bounded.time(climbNanoseconds, "'climbNanoseconds'"), drift: try drift.reading(),
            limits: try limits.map(LimitRecord.model) ?? [:])
    }
}
