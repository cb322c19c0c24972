import BenchmarkModel

/// What every sample of one instance has; see the head of `JSONExport.swift`.
struct SampleHead: Encodable {
    struct MarkPart: Encodable { var name: String, nanoseconds: Int64 }

    var number: Int
    var cell: String
    var block: Int
    var counted: Bool
    var instance, outcome: String
    var reasons, warnings: [String]
    var originNanoseconds: String?
    var marks: [MarkPart]
    var cpuNanoseconds, restNanoseconds, peakMemoryBytes, outputBytes: UInt64?
    var cpus: [Int]?

    init(_ observation: Observation, _ record: StartupRecord) {
        number = observation.number
        cell = observation.cell
        block = observation.block
        counted = observation.counted
        instance = record.instance
        outcome = observation.outcome.rawValue
        reasons = observation.reasons
        warnings = observation.warnings
        let origin = record.origin
        originNanoseconds = origin.map { "\($0)" }
        marks = record.marks.map { mark in
            MarkPart(
                name: mark.name.rawValue, nanoseconds: StartupRecord.offset(of: mark.nanoseconds, from: origin ?? 0))
        }
        cpuNanoseconds = record.cpuNanoseconds
        restNanoseconds = record.restNanoseconds
        peakMemoryBytes = record.peakMemoryBytes
        outputBytes = record.outputBytes
        cpus = record.cpus.isEmpty ? nil : record.cpus
    }
}

/// A raw sample of a start; see the head of `JSONExport.swift`.
struct SampleDocument: Encodable {
    private enum Key: String, CodingKey { case startupNanoseconds }

    private var head: SampleHead
    private var startupNanoseconds: UInt64?

    /// - Returns: nil where the observation is of another experiment.
    init?(_ observation: Observation) {
        guard let record = observation.startup else { return nil }
        head = SampleHead(observation, record)
        startupNanoseconds = record.startupNanoseconds
    }

    func encode(to encoder: any Encoder) throws {
        try head.encode(to: encoder)
        var keyed = encoder.container(keyedBy: Key.self)
        try keyed.encodeIfPresent(startupNanoseconds, forKey: .startupNanoseconds)
    }
}
