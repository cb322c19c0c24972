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
        var cpuNanoseconds, peakMemoryBytes: Int64?
        var marks: [Mark]

        /// Whether nothing is wrong with it but what the hypervisor took of the host's time.
        var isSound: Bool {
            outcome == "ok" || outcome == "invalid" && !reasons.isEmpty && reasons.allSatisfy { $0.hasPrefix("steal") }
        }

        /// `CLOCK_MONOTONIC` of a mark, nanoseconds.
        func time(_ name: String) -> Int64? {
            guard let origin = originNanoseconds.flatMap({ Int64($0) }) else { return nil }
            return marks.first { $0.name == name }.map { origin + $0.nanoseconds }
        }
    }
    struct TaskSample: Decodable {
        struct Ending: Decodable { var status, signal: Int32? }
        var cell, instance, outcome: String
        var reasons: [String]
        var durationNanoseconds, ownNanoseconds, instanceNanoseconds: Int64?
        var ending: Ending?
        var figures: [String: Double]
    }

    /// What is known of the host.
    func fact(_ name: String) -> String? { host.first { $0.name == name }?.value }

    struct Threat: Decodable {
        var detector, severity, text: String
        var block: Int?
    }
    struct Echo: Decodable {
        var platform: String
        var roundTripsNanoseconds: [Int64]
    }

    struct Cell: Decodable {
        var key, platform: String
        var marks: [String]
    }
    struct World: Decodable {
        struct Fact: Decodable { var name, value: String }
        var workload, platform: String
        var failure: String?
        var facts: [Fact]

        subscript(name: String) -> String? { facts.first { $0.name == name }?.value }
    }
    struct Difference: Decodable {
        var workload, fact: String
        var inherent: String?
        var deviating: [String]
        var values: [String: String]
    }

    struct HostFact: Decodable { var name, value: String }

    var run: RunPart
    var host: [HostFact]
    var cells: [Cell]
    var worlds: [World]
    var parity: [Difference]
    var accounting: Accounting
    var samples: [Sample]
    /// nil where the suite has no such experiment.
    var taskSamples: [TaskSample]?
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
