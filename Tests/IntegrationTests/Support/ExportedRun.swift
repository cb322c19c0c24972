/// What tests read of the document `tare-run/1`.
struct ExportedRun: Decodable {
    struct RunPart: Decodable { var id, status: String }
    struct Accounting: Decodable {
        var planned, ok, failed, invalid: Int
        var holds: Bool
    }
    struct Mark: Decodable {
        var name: String
        var nanoseconds: Int64
    }
    struct Sample: Decodable {
        var cell, instance, outcome: String
        var reasons, warnings: [String]
        var originNanoseconds: String?
        var cpuNanoseconds: Int64?
        var marks: [Mark]

        /// `CLOCK_MONOTONIC` of a mark, nanoseconds.
        func time(_ name: String) -> Int64? {
            guard let origin = originNanoseconds.flatMap({ Int64($0) }) else { return nil }
            return marks.first { $0.name == name }.map { origin + $0.nanoseconds }
        }
    }
    struct Threat: Decodable {
        var detector, severity, text: String
        var block: Int?
    }
    struct Echo: Decodable {
        var platform: String
        var roundTripsNanoseconds: [Int64]
    }

    var run: RunPart
    var accounting: Accounting
    var samples: [Sample]
    var threats: [Threat]
    var channelEchoes: [Echo]

    /// The 95th percentile of a platform's echoes, nanoseconds: the nearest rank, as an outsider would take it.
    func channelP95(_ platform: String) -> Int64? {
        guard let trips = channelEchoes.first(where: { $0.platform == platform })?.roundTripsNanoseconds.sorted(),
            !trips.isEmpty
        else { return nil }
        return trips[min(trips.count - 1, (trips.count * 95 + 99) / 100 - 1)]
    }
}
