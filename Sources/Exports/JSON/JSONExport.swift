package import Analysis
import BenchmarkModel

// The document `tare-run/1`. UTF-8, keys in alphabetical order. What is unknown is absent, never null, 0 or NaN.
// A change that could break a reader raises the number; new keys may come without one.
//
//   schema          "tare-run/1"
//   tareVersion     text
//   run             { id, status: running|complete|interrupted|failed, startedAt, endedAt: ISO 8601 UTC, command }
//   suite           { name, digest: SHA-256 of the text in hexadecimal, description, text: the file word for word }
//   plan            { seed: decimal text (it may exceed 2^53), sides: [base, head], in a run whose two sides alternate within
//                     each block, blocks: [{ index, counted, order: [cell key] }] of starts, taskBlocks: likewise }
//   accounting      { planned, ok, failed, invalid, stray, holds }
//     holds         whether planned = ok + failed + invalid in every cell
//   answers         [{ workload, mode, text }]; mode is that of startup, or `task`, `footprint`, `density`, `engines`, `network`
//   banners         [{ kind: emulation|unfinished|accounting|threat|carry-over, text }]
//   workloads       [{ name, image, command, environment, workingDirectory, readiness, readinessDeadlineSeconds,
//                      memoryBytes, cpus, network: none|bridge|host, figures: [{ name, file: where it is not in the output,
//                      match or json: its place, unit, better: lower|higher }],
//                      volumes: [{ path, directory: of the host, bytes }] }]
//   platforms       [{ name, kind: process|namespaces|oci|libvirt, emulated, details: [{ name, value, mustAgree }] }]
//   cells           [{ key, experiment, workload, platform, mode, planned, ok, failed, invalid, warmup, impossible,
//                      emulated, noisy, marks, startup, cpu: Durations, peakMemory: { count, medianBytes,
//                      intervalBytes: [lower, upper] }, phases, ratios, carryOver }]
//     Durations     { count, blocks, medianNanoseconds, intervalNanoseconds: [lower, upper], p10Nanoseconds,
//                     p95Nanoseconds, p99Nanoseconds (n >= 100 only), minimumNanoseconds, maximumNanoseconds }
//     phases        [{ from, to, count, medianNanoseconds }]
//     marks         what stands beside its figures, in words
//     ratios        [{ to: platform, value, interval: [lower, upper] }], medians of startup, to the floors
//     carryOver     { found, pValue: after Holm over all cells, by: cell|platform, predecessors: [{ name, count,
//                     medianNanoseconds, differs }] }: startup by what was measured right before
//   samples         every one, warm-up included: { number, cell, block, counted, instance, outcome: ok|failed|invalid,
//                   reasons, warnings, originNanoseconds, marks, startupNanoseconds, cpuNanoseconds, restNanoseconds,
//                   peakMemoryBytes, outputBytes (what the workload printed), cpus (those that the instance saw, where it
//                   saw only its own) }
//     originNanoseconds   the host's CLOCK_MONOTONIC at `requested`, else at the first mark; decimal text
//     marks               [{ name, nanoseconds: since the origin }], all that were recorded
//     outcome             as recorded; a cell counts an `ok` whose marks give no startup as invalid
//   tasks           [{ key, workload, platform, planned, ok, failed, invalid, impossible, emulated, marks, warmup,
//                      measures: what the command printed of itself, its own time and its duration: [{ metric, title, unit,
//                        polarity, count, failed, blocks, median, interval, p10, p95, best, worst, caveats, refusal,
//                        costs: [{ to: a floor, value: how many times as dear, interval }] }],
//                      cpuNanoseconds, peakMemoryBytes: { count, median, interval } }]
//   taskSamples     every one, warm-up included: as a sample, without startupNanoseconds, and durationNanoseconds: from the
//                   request to the end, ownNanoseconds: from `executed` to the end, instanceNanoseconds: the same by the
//                   instance's own clock, ending: { status } or { signal }, figures: { name: number, as it was printed }
//   footprints      [{ key, workload, platform, planned, ok, failed, invalid, impossible, emulated, marks, warnings,
//                      ledger, charged, availableFall: Line, unchargedBytes, monitorOwnBytes, residual, idleCPU, slopes,
//                      takes: [Take] }]
//     Line          { slopeBytes, slopeInterval, interceptBytes, interceptInterval, worstResidual, isLinear }
//     residual      { bytes, share, noiseBytes, freeListsBytes, uncountedCacheBytes, unexplainedBytes, isFlagged }
//     idleCPU       seconds of CPU a second and instance; slopes: bytes an instance, by figure
//     Take          { resource, each, lower, upper, inUse, limit: { value, source } }: what one more instance takes of a limited
//                   resource of the kernel, what was in use without them, and the limit of that host
//   densities       [{ key, workload, platform, planned, ok, failed, invalid, impossible, emulated, marks, budgetBytes,
//                      instances, isAtLeast, cause, least, most, predicted, predictedInterval, difference }]
//   ladders, ramps  every one: { number: among those of its experiment, cell, block: likewise, outcome, reasons, warnings }
//                   with all that was recorded, see Ladder and Ramp of the model; bytes and nanoseconds.
//                   A ladder has limits: { resource: { value, source } }, empty where none was recorded, and a rung
//                   limits: { used: { resource: number } }
//   findings        every figure of every cell: [{ metric: EXPERIMENT.NAME, title, unit: nanoseconds|bytes|count|
//                   seconds a second|share|ratio or the word of a tool, polarity: lower|higher (is better), definitionVersion, isHeadline,
//                   cell, workload, platform, estimate, interval: [lower, upper], n: how many measurements it rests on,
//                   isAtLeast, caveats, and what a comparison takes, see below }]; figures of different definition
//                   versions must not be compared
//     scale             ratio|difference: how two of it are set against each other
//     resolution        of a difference, in the metric's unit: what differs by less does not differ
//     comparedEstimate  what is compared instead of the estimate, where that is another: the mean of a few repetitions
//     standardError     of its logarithm where the scale is a ratio, else of itself; absent where no spread is known
//     degreesOfFreedom  of the standard error
//     blocks            how many blocks, ladders or ramps the error rests on
//     events, trials    where it is a share: so many of so many
//     refusal           why no verdict can rest on it, in words
//   unreadable      what is on record and cannot be read, in words; it is in no figure
//   threats         [{ detector, severity: warning|invalid|note, text, block, cell }]
//   preparations    [{ workload, platform, step, seconds, cached, identity }]
//   channelEchoes   [{ platform, failure, roundTripsNanoseconds: [n, ...] }]
//   worlds          what each workload sees on each platform, told from inside: [{ workload, platform, failure, facts:
//                   [{ name, value }] }]; failure is why there are no facts
//   parity          in what these worlds differ: [{ workload, fact, inherent: why, where the isolation itself makes it so,
//                   deviating: [platform], values: { platform: value } }]; a platform without a value does not have it
//   host            [{ name, value, mustAgree }]

/// Writes a run, its raw samples and its figures as JSON. The schema stands at the head of this file.
package enum JSONExport {
    /// The name and version of the schema.
    package static let schema = "tare-run/1"

    /// What reports say of the run in sentences.
    package struct Sentences: Sendable {
        package struct Answer: Sendable, Encodable {
            package var workload: String
            /// That of startup, or the experiment.
            package var mode: String
            package var text: String

            package init(workload: String, mode: String, text: String) {
                self.workload = workload
                self.mode = mode
                self.text = text
            }
        }

        package struct Banner: Sendable, Encodable {
            package var kind: String
            package var text: String

            package init(kind: String, text: String) {
                self.kind = kind
                self.text = text
            }
        }

        package var answers: [Answer]
        package var banners: [Banner]

        package init(answers: [Answer] = [], banners: [Banner] = []) {
            self.answers = answers
            self.banners = banners
        }
    }

    /// - Throws: `TareError` where the encoder refuses, which no run that was recorded should bring about.
    package static func encode(_ analysis: RunAnalysis, _ sentences: Sentences) throws -> String {
        do {
            return try JSONDocument.text(RunDocument(analysis, sentences))
        } catch {
            throw TareError(
                .failed, "the run \(analysis.run.id) cannot be written as JSON",
                remedy: "Please report this with the run's CSV export.", cause: "\(error)")
        }
    }
}
