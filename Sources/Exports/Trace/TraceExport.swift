import Analysis
package import BenchmarkModel

// The Trace Event Format in its object form, as ui.perfetto.dev and chrome://tracing read it. UTF-8, an event a line.
// What is unknown is absent. Texts show control characters as `\u{1B}`: viewers refuse some of them.
//
//   displayTimeUnit "ms"
//   otherData       { schema: "tare-trace/1", tareVersion, run, status, startedAt: ISO 8601 UTC, suite, clock,
//                     originNanoseconds: the host's CLOCK_MONOTONIC at ts 0, decimal text; absent where no event is,
//                     starts, tasks: how many are on the time line, notOnTimeLine: [{ what, count, reason }] }
//   traceEvents     first what names the processes and their lanes, then the instances in order of time, each
//                   followed by its phases
//
// A process (pid) is a cell, in the order of the plan; its name says where guests were emulated, and where it is not in
// the plan. A thread (tid) is a lane of it: instances that overlap in time are on different lanes, each on the first
// that is free. No two lanes of a file have the same number, and none has that of a process: some viewers tell threads
// by it alone.
//
//   instance   ph "X", from its first mark to its last, by its own name
//     cat      startup|task, then `warm-up`, and `failed` or `invalid` where it is; with commas between
//     cname    terrible: it failed; bad: it is invalid
//     args     { number, block, counted, instance, outcome, reasons, warnings, cpuNanoseconds, peakMemoryBytes;
//                of a start startupNanoseconds; of a task durationNanoseconds, ownNanoseconds, ending: in words,
//                figures }: as in `tare-run/1`, save that outcome and reasons are those that reports tell
//   phase      ph "X", `FROM → TO`: from each mark to the next in time; they fill their instance without a gap
//     cat      startup|task: up to ready these add up to the startup, or to the duration; `end`: up to stopping or
//              stopped
//   ts, dur    microseconds with three decimals: each nanosecond that was recorded
//
// What has no time of the clock is not on the time line: starts without a mark, ladders, ramps, the channel's round
// trips, image work. Instances that only stand beside a start (`occupied`) are not recorded at all.

/// Writes the instances of a run and their phases for viewers of time lines. How it is written stands at the head of
/// this file.
package enum TraceExport {
    /// The name and version of what tare writes into the format.
    package static let schema = "tare-trace/1"

    /// - Throws: `TareError` where the encoder refuses, which no run that was recorded should bring about.
    package static func encode(_ run: Run) throws -> String {
        do {
            return try text(run)
        } catch {
            throw TareError(
                .failed, "the run \(run.id) cannot be written as a trace",
                remedy: "Please report this with the run's CSV export.", cause: "\(error)")
        }
    }

    /// What is on the time line, and what is not and why, in words.
    package static func leftOut(of run: Run) -> String {
        let facts = TraceFacts(run, origin: nil)
        let held = [("starts", facts.starts), ("tasks", facts.tasks)].filter { $0.1 > 0 }
        let words = held.map { TraceFacts.words($0.1, $0.0) }
        var left = facts.notOnTimeLine.map { "\(TraceFacts.words($0.count, $0.what)) (\($0.reason))" }
        left.append("all figures")
        return "This trace holds \(words.isEmpty ? "no instance" : words.enumeration). Not in it: \(left.enumeration). "
            + "With --format json all is in one file."
    }

    private static func text(_ run: Run) throws -> String {
        let timeline = TraceTimeline(run)
        var lines = try TraceLines(TraceFacts(run, origin: timeline.origin), origin: timeline.origin)
        for (row, one) in timeline.rows.enumerated() where !one.lanes.isEmpty {
            let process = timeline.process(row)
            try lines.describe(one.name, place: row, process: process)
            for lane in one.lanes.indices {
                let thread = timeline.thread(row, lane: lane)
                try lines.describe("lane \(lane + 1)", place: lane, process: process, thread: thread)
            }
        }
        for stay in timeline.stays {
            try lines.append(
                run.observations[stay.observation], process: timeline.process(stay.row),
                thread: timeline.thread(stay.row, lane: stay.lane))
        }
        lines.close()
        return lines.text
    }
}
