package import Analysis
import BenchmarkModel
import Foundation

/// Reads what ``JSONExport`` wrote, as far as a comparison needs it. The form stands at the head of `JSONExport.swift`.
package enum RunJSON {
    /// Why figures of older exports can be seen and not judged.
    package static let withoutError = "this export holds no error; export the run again"

    /// - Parameters:
    ///   - bytes: the file.
    ///   - file: how it is called in errors.
    /// - Throws: ``TareError`` with code `usage` for what is no such export, is cut short, is of a newer form, or holds what no
    ///   measurement gives.
    package static func read(_ bytes: [UInt8], file: String) throws -> ComparedRun {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let fault = JSONFault.find(in: bytes) {
            throw TareError(
                .usage, "the file \(fault.words)", remedy: remedy,
                location: TareError.Location(file: file, line: fault.line, column: fault.column))
        }
        do {
            return try JSONDecoder().decode(ReadRun.self, from: Data(bytes)).compared()
        } catch let error as WrongSchema {
            throw error.described(file)
        } catch let error as WrongValue {
            throw TareError(.usage, "\(file): \(error.words)", remedy: remedy)
        } catch let error as DecodingError {
            throw TareError(.usage, "\(file) \(error.words)", remedy: remedy, cause: error.detail)
        } catch {
            throw TareError(.usage, "\(file) cannot be read", remedy: remedy, cause: "\(error)")
        }
    }

    static let remedy = "Export the run again with 'tare export', and change nothing in the file."
}

/// The schema is another.
private struct WrongSchema: Error {
    /// nil where there is none.
    var found: String?

    func described(_ file: String) -> TareError {
        let prefix = "tare-run/"
        guard let found, found.hasPrefix(prefix), let version = Int(found.dropFirst(prefix.count)), version > 1 else {
            let what = found.map { "its schema is '\($0.prefix(60))', not" } ?? "it does not say that its schema is"
            return TareError(
                .usage, "\(file) is no export of a run: \(what) '\(JSONExport.schema)'",
                remedy: "'tare export RUN --output FILE' writes one.")
        }
        return TareError(
            .usage,
            "\(file) was made by a newer tare: its schema is '\(found)', and this tare \(TareVersion.current) "
                + "knows '\(JSONExport.schema)'", remedy: "Use the newer tare.")
    }
}

/// A value that is JSON and no measurement.
private struct WrongValue: Error {
    var words: String
}

/// The part of the document that is read.
private struct ReadRun: Decodable {
    struct RunPart: Decodable { var id, status: String, startedAt: String? }
    struct SuitePart: Decodable { var name: String, digest, text: String? }
    struct PlanPart: Decodable { var sides: [String]? }
    struct PlatformPart: Decodable { var name: String, emulated: Bool?, details: [Fact]? }
    struct CellPart: Decodable { var key: String, impossible: String? }

    private enum Key: String, CodingKey {
        case schema, tareVersion, run, suite, plan, platforms, cells, tasks, footprints, densities, host, findings
    }

    var tareVersion: String
    var run: RunPart
    var suite: SuitePart
    var plan: PlanPart
    var platforms: [PlatformPart]
    var cells: [CellPart]
    var host: [Fact]
    var findings: [ReadFinding]

    init(from decoder: any Decoder) throws {
        let keyed = try decoder.container(keyedBy: Key.self)
        // First: of a newer form nothing else need be as it is known here.
        let schema = try? keyed.decode(String.self, forKey: .schema)
        guard schema == JSONExport.schema else { throw WrongSchema(found: schema) }
        tareVersion = try keyed.decode(String.self, forKey: .tareVersion)
        run = try keyed.decode(RunPart.self, forKey: .run)
        suite = try keyed.decode(SuitePart.self, forKey: .suite)
        plan = try keyed.decode(PlanPart.self, forKey: .plan)
        platforms = try keyed.decode([PlatformPart].self, forKey: .platforms)
        cells = try keyed.decode([CellPart].self, forKey: .cells)
        for key in [Key.tasks, .footprints, .densities] {
            cells += try keyed.decodeIfPresent([CellPart].self, forKey: key) ?? []
        }
        host = try keyed.decode([Fact].self, forKey: .host)
        findings = try keyed.decode([ReadFinding].self, forKey: .findings)
    }

    func compared() throws -> ComparedRun {
        var figures: [Figure] = []
        var seen: Set<Figure.ID> = []
        for (index, finding) in findings.enumerated() {
            let figure: Figure
            do {
                figure = try finding.figure()
            } catch let error as WrongValue {
                throw WrongValue(words: "findings[\(index)] (\(finding.metric) of \(finding.cell)): \(error.words)")
            }
            guard seen.insert(figure.id).inserted else {
                throw WrongValue(words: "findings[\(index)]: \(finding.metric) of \(finding.cell) is there twice")
            }
            figures.append(figure)
        }
        return ComparedRun(
            id: run.id, startedAt: run.startedAt.flatMap(Timestamp.seconds),
            isComplete: run.status == Run.Status.complete.rawValue, suite: suite.name,
            suiteDigest: suite.digest ?? suite.text.map(SHA256.hexadecimal(of:)) ?? "", tareVersion: tareVersion,
            facts: HostFacts(facts: host).sayingDefinitions(of: []),
            platforms: platforms.compactMap { part in
                part.details.map {
                    PlatformRecord(platform: part.name, details: $0, emulated: part.emulated ?? false)
                }
            },
            figures: figures, cells: cells.filter { $0.impossible == nil }.map(\.key), sides: plan.sides ?? [])
    }
}

/// A figure as it stands in the file. What older exports lack is optional.
private struct ReadFinding: Decodable {
    var metric, title, unit, polarity: String
    var definitionVersion: Int
    var isHeadline: Bool?
    var cell: String
    var workload, platform: String?
    var estimate: Double
    var n: Int
    var isAtLeast: Bool
    var caveats: [String]
    var scale: String?
    var resolution, comparedEstimate, standardError, degreesOfFreedom: Double?
    var blocks, events, trials: Int?
    var refusal: String?

    func figure() throws -> Figure {
        guard let polarity = Metric.Polarity(rawValue: polarity) else {
            throw WrongValue(words: "polarity is lower or higher, not '\(polarity.prefix(60))'")
        }
        let known = KnownMetric.all[metric]
        var scale = known?.scale ?? .ratio
        if let word = self.scale {
            guard let word = ScaleWord(rawValue: word) else {
                throw WrongValue(words: "scale is ratio or difference, not '\(word.prefix(60))'")
            }
            scale = word.scale(resolution: resolution)
        }
        guard (events == nil) == (trials == nil) else { throw WrongValue(words: "events go with trials") }
        let place = CellKey(cell)
        let figure = Figure(
            metric: Metric(
                metric, title, Metric.Unit(rawValue: unit), polarity, definitionVersion: definitionVersion),
            scale: scale,
            isHeadline: isHeadline ?? known?.isHeadline ?? false, cell: cell,
            workload: workload ?? place.workload,
            platform: platform ?? place.platform, estimate: comparedEstimate ?? estimate,
            standardError: standardError, degreesOfFreedom: degreesOfFreedom ?? 1, blocks: blocks ?? 0, n: n,
            counts: events.flatMap { events in trials.map { Figure.Counts(events: events, trials: $0) } },
            isLowerBound: isAtLeast, caveats: caveats,
            refusal: refusal ?? (self.scale == nil ? RunJSON.withoutError : nil))
        if let fault = figure.fault { throw WrongValue(words: "\(fault.key): \(fault.words)") }
        return figure.sayingRefusal
    }
}

/// A metric that tare makes itself: also what exports said nothing of before they were made to be compared.
struct KnownMetric {
    var scale: Scale
    var isHeadline: Bool

    static let all: [String: KnownMetric] = Dictionary(
        entries(StartupCell.self) + entries(TaskCell.self) + entries(FootprintCell.self) + entries(DensityCell.self),
        uniquingKeysWith: { first, _ in first })

    private static func entries<Cell: AnalysedCell>(_: Cell.Type) -> [(String, KnownMetric)] {
        Cell.metrics.map { ($0.id, KnownMetric(scale: $0.scale, isHeadline: $0.isHeadline)) }
    }
}
