import BenchmarkModel
import Foundation

/// The text of a trace while it is written; see the head of `TraceExport.swift`.
///
/// No event is kept but in the text: a run may have a million instances, and each of them eight events.
struct TraceLines {
    /// What of an event goes through the encoder: all that is not a number.
    private struct Words<Arguments: Encodable>: Encodable {
        var name: String
        var cat: String?
        var cname: String?
        var args: Arguments?
    }

    private struct Phase: Hashable {
        var from, to: MarkName
        var category: String
    }

    private(set) var text: String
    private let encoder: JSONEncoder
    /// On the host's monotonic clock, in nanoseconds.
    private let origin: UInt64
    private var isFirst = true
    /// The members of each phase that there was: there are few, and they are the same for all instances.
    private var phases: [Phase: String] = [:]

    /// - Parameter origin: what is 0 on the time line, on the host's monotonic clock, in nanoseconds; no event may be
    ///   before it.
    /// - Throws: what the encoder throws.
    init(_ facts: TraceFacts, origin: UInt64?) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let other = String(decoding: try encoder.encode(facts), as: UTF8.self)
        text = "{\"displayTimeUnit\":\"ms\",\"otherData\":\(other),\"traceEvents\":["
        self.encoder = encoder
        self.origin = origin ?? 0
    }

    /// Names a process, or a thread of it, and says which place it has among its like, from 0.
    ///
    /// - Throws: what the encoder throws.
    mutating func describe(_ name: String, place: Int, process: Int, thread: Int? = nil) throws {
        let kind = thread == nil ? "process" : "thread"
        let number = thread.map { "\"tid\":\($0)," } ?? ""
        let named = try members(Words<[String: String]>(name: "\(kind)_name", args: ["name": name.showingControls]))
        let placed = try members(Words<[String: Int]>(name: "\(kind)_sort_index", args: ["sort_index": place]))
        for words in [named, placed] { append("{\"ph\":\"M\",\"pid\":\(process),\(number)\(words)") }
    }

    /// Adds an instance and its phases; nothing where it has no mark.
    ///
    /// - Throws: what the encoder throws.
    mutating func append(_ observation: Observation, process: Int, thread: Int) throws {
        guard let start = observation.start else { return }
        let marks = start.marksByTime
        guard let first = marks.first, let last = marks.last else { return }
        let name = start.instance.isEmpty ? "sample \(observation.number)" : start.instance.showingControls
        let instance = try members(
            Words<TraceArguments>(
                name: name, cat: TraceLines.categories(of: observation),
                cname: TraceLines.color(of: observation.verdict), args: TraceArguments(observation, start)))
        append(instance, from: first, to: last, process, thread)
        let experiment = observation.record.experiment
        for (from, to) in zip(marks, marks.dropFirst()) {
            let isEnd = to.name == .stopping || to.name == .stopped
            let phase = try members(of: Phase(from: from.name, to: to.name, category: isEnd ? "end" : experiment))
            append(phase, from: from, to: to, process, thread)
        }
    }

    /// Ends the text: nothing may follow.
    mutating func close() { text += "\n]}\n" }

    /// Nanoseconds as microseconds, each of them. As text: a `Double` has no room for every nanosecond of a long time.
    static func microseconds(_ nanoseconds: UInt64) -> String {
        let rest = String(1_000 + nanoseconds % 1_000).dropFirst()
        return "\(nanoseconds / 1_000).\(rest)"
    }

    private static func categories(of observation: Observation) -> String {
        var categories = [observation.record.experiment]
        if !observation.counted { categories.append("warm-up") }
        if observation.verdict != .ok { categories.append(observation.verdict.rawValue) }
        return categories.joined(separator: ",")
    }

    /// One of the names that chrome://tracing has for colours; nil for its own choice.
    private static func color(of verdict: Observation.Outcome) -> String? {
        switch verdict {
        case .ok: nil
        case .failed: "terrible"
        case .invalid: "bad"
        }
    }

    private mutating func members(of phase: Phase) throws -> String {
        if let known = phases[phase] { return known }
        let name = "\(phase.from.rawValue) → \(phase.to.rawValue)"
        let made = try members(Words<[String: String]>(name: name, cat: phase.category))
        phases[phase] = made
        return made
    }

    /// An object without the bracket that opens it. The numbers are put before it: earlier viewers look for an event's
    /// time from the left, and give up at a text that they cannot read.
    private func members(_ words: Words<some Encodable>) throws -> String {
        String(decoding: try encoder.encode(words).dropFirst(), as: UTF8.self)
    }

    private mutating func append(_ members: String, from: Mark, to: Mark, _ process: Int, _ thread: Int) {
        let time = TraceLines.microseconds(from.nanoseconds - origin)
        let duration = TraceLines.microseconds(to.nanoseconds - from.nanoseconds)
        append("{\"ph\":\"X\",\"ts\":\(time),\"dur\":\(duration),\"pid\":\(process),\"tid\":\(thread),\(members)")
    }

    private mutating func append(_ line: String) {
        text += isFirst ? "\n" : ",\n"
        text += line
        isFirst = false
    }
}
