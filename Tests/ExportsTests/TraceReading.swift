import BenchmarkModel
import Foundation

@testable import Exports

/// A trace as it is read by whoever knows the Trace Event Format and nothing of tare.
struct Trace: Decodable {
    struct Arguments: Decodable {
        var name: String?
        var sortIndex: Int?
        var number, block: Int?
        var counted: Bool?
        var instance, outcome, ending: String?
        var reasons, warnings: [String]?
        var startupNanoseconds, durationNanoseconds, ownNanoseconds, cpuNanoseconds, peakMemoryBytes: UInt64?
        var figures: [String: Double]?

        enum CodingKeys: String, CodingKey {
            case sortIndex = "sort_index"
            case name, number, block, counted, instance, outcome, ending, reasons, warnings, startupNanoseconds
            case durationNanoseconds, ownNanoseconds, cpuNanoseconds, peakMemoryBytes, figures
        }
    }

    struct Event: Decodable {
        var ph, name: String
        var cat, cname: String?
        var pid: Int
        var tid: Int?
        var ts, dur: Double?
        var args: Arguments?

        /// In nanoseconds, as all times here.
        var start: Int { Int(((ts ?? 0) * 1_000).rounded()) }
        var length: Int { Int(((dur ?? 0) * 1_000).rounded()) }
        var end: Int { start + length }
    }

    struct Absence: Decodable {
        var what: String
        var count: Int
        var reason: String
    }

    struct Facts: Decodable {
        var schema, run, suite, clock: String
        var originNanoseconds: String?
        var starts, tasks: Int
        var notOnTimeLine: [Absence]
    }

    /// An event and those that follow it on its lane, up to the next instance.
    struct Instance {
        var whole: Event
        var phases: [Event]

        /// The time that the phases of a category take together.
        func nanoseconds(of category: String) -> Int {
            phases.filter { $0.cat == category }.reduce(0) { $0 + $1.length }
        }

        /// Whether the phases follow one another without a gap, from the beginning to the end.
        var isFilled: Bool {
            let due = [whole.start] + phases.map { $0.end }
            let found = phases.map { $0.start } + [whole.end]
            return due == found
        }

        var isOnOneLane: Bool { phases.allSatisfy { $0.pid == whole.pid && $0.tid == whole.tid } }
    }

    var displayTimeUnit: String
    var otherData: Facts
    var traceEvents: [Event]

    init(_ run: Run) throws {
        let text = try TraceExport.encode(run)
        self = try JSONDecoder().decode(Trace.self, from: Data(text.utf8))
    }

    /// Only instances have arguments.
    var instances: [Instance] {
        var instances: [Instance] = []
        for event in traceEvents where event.ph == "X" {
            if event.args != nil {
                instances.append(Instance(whole: event, phases: []))
            } else if let last = instances.indices.last {
                instances[last].phases.append(event)
            }
        }
        return instances
    }

    /// Metadata of a name, in the order of the file.
    func metadata(_ name: String) -> [Event] { traceEvents.filter { $0.ph == "M" && $0.name == name } }

    /// The name of the process of an event.
    func processName(of event: Event) -> String? {
        metadata("process_name").first { $0.pid == event.pid }?.args?.name
    }

    /// The name of the lane of an event.
    func laneName(of event: Event) -> String? {
        metadata("thread_name").first { $0.pid == event.pid && $0.tid == event.tid }?.args?.name
    }

    /// Whether no two instances of a lane have a time in common.
    var lanesAreClear: Bool {
        Dictionary(grouping: instances.map { $0.whole }, by: { $0.tid ?? 0 }).values.allSatisfy { lane in
            let ordered = lane.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
            return zip(ordered, ordered.dropFirst()).allSatisfy { $0.end <= $1.start }
        }
    }
}
