package import Analysis
import BenchmarkModel
import Foundation

// The document `tare-run/1`. UTF-8, keys in alphabetical order. What is unknown is absent, never null, 0 or NaN.
// A change that could break a reader raises the number; new keys may come without one.
//
//   schema          "tare-run/1"
//   tareVersion     text
//   run             { id, status: running|complete|interrupted|failed, startedAt, endedAt: ISO 8601 UTC, command }
//   suite           { name, description, text: the file word for word }
//   plan            { seed: decimal text (it may exceed 2^53), blocks: [{ index, counted, order: [cell key] }] }
//   accounting      { planned, ok, failed, invalid, stray, holds }
//     holds         whether planned = ok + failed + invalid in every cell
//   answers         [{ workload, mode, text }]; mode is that of startup, or `footprint`, or `density`
//   banners         [{ kind: emulation|unfinished|accounting|threat|carry-over, text }]
//   workloads       [{ name, image, command, environment, workingDirectory, readiness, readinessDeadlineSeconds,
//                      memoryBytes, cpus }]
//   platforms       [{ name, kind: process|namespaces|oci|libvirt, emulated, details: [{ name, value, mustAgree }] }]
//   cells           [{ key, experiment, workload, platform, mode, planned, ok, failed, invalid, warmup, impossible,
//                      emulated, noisy, marks, startup, cpu: Durations, phases, ratios, carryOver }]
//     Durations     { count, blocks, medianNanoseconds, intervalNanoseconds: [lower, upper], p10Nanoseconds,
//                     p95Nanoseconds, p99Nanoseconds (n >= 100 only), minimumNanoseconds, maximumNanoseconds }
//     phases        [{ from, to, count, medianNanoseconds }]
//     marks         what stands beside its figures, in words
//     ratios        [{ to: platform, value, interval: [lower, upper] }], medians of startup, to the floors
//     carryOver     { found, pValue: after Holm over all cells, by: cell|platform, predecessors: [{ name, count,
//                     medianNanoseconds, differs }] }: startup by what was measured right before
//   samples         every one, warm-up included: { number, cell, block, counted, instance, outcome: ok|failed|invalid,
//                   reasons, warnings, originNanoseconds, marks, startupNanoseconds, cpuNanoseconds, restNanoseconds }
//     originNanoseconds   the host's CLOCK_MONOTONIC at `requested`, else at the first mark; decimal text
//     marks               [{ name, nanoseconds: since the origin }], all that were recorded
//     outcome             as recorded; a cell counts an `ok` whose marks give no startup as invalid
//   footprints      [{ key, workload, platform, planned, ok, failed, invalid, impossible, emulated, marks, warnings,
//                      ledger, charged, availableFall: Line, unchargedBytes, monitorOwnBytes, residual, idleCPU, slopes }]
//     Line          { slopeBytes, slopeInterval, interceptBytes, interceptInterval, worstResidual, isLinear }
//     residual      { bytes, share, noiseBytes, freeListsBytes, uncountedCacheBytes, unexplainedBytes, isFlagged }
//     idleCPU       seconds of CPU a second and instance; slopes: bytes an instance, by figure
//   densities       [{ key, workload, platform, planned, ok, failed, invalid, impossible, emulated, marks, budgetBytes,
//                      instances, isAtLeast, cause, least, most, predicted, predictedInterval, difference }]
//   ladders, ramps  every one: { number: among those of its experiment, cell, block: likewise, outcome, reasons, warnings }
//                   with all that was recorded, see Ladder and Ramp of the model; bytes and nanoseconds
//   findings        every figure of every cell: [{ metric: EXPERIMENT.NAME, title, unit: nanoseconds|bytes|count|
//                   seconds a second|share|ratio, polarity: lower|higher (is better), definitionVersion, cell, estimate,
//                   interval: [lower, upper], n: how many measurements it rests on, isAtLeast, caveats }]; figures of
//                   different definition versions must not be compared
//   unreadable      what is on record and cannot be read, in words; it is in no figure
//   threats         [{ detector, severity: warning|invalid|note, text, block, cell }]
//   preparations    [{ workload, platform, step, seconds, cached, identity }]
//   channelEchoes   [{ platform, failure, roundTripsNanoseconds: [n, ...] }]
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(RunDocument(analysis, sentences)), as: UTF8.self) + "\n"
        } catch {
            throw TareError(
                .failed, "the run \(analysis.run.id) cannot be written as JSON",
                remedy: "Please report this with the run's CSV export.", cause: "\(error)")
        }
    }
}
