import Analysis
import BenchmarkModel
import Foundation

/// The part of a page that plans by itself: the figures that planner.js reads, and the place for its form. Without scripts it shows
/// nothing; the table beside it answers for hosts of usual sizes.
enum PlannerPart {
    /// nil where there is nothing to plan from.
    static func html(_ figures: PlanningFigures) -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard figures.parts.contains(where: { $0.refusal == nil }),
            let json = try? encoder.encode(PlannerData(figures))
        else { return nil }
        return """
            <div id="planner" class="planner" hidden="hidden"></div>
            <script type="application/json" id="planner-data">\(scriptText(String(decoding: json, as: UTF8.self)))</script>
            """
    }

    /// JSON that ends no element, neither in HTML nor in XML.
    private static func scriptText(_ json: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<": out.append(contentsOf: "\\u003c".unicodeScalars)
            case ">": out.append(contentsOf: "\\u003e".unicodeScalars)
            case "&": out.append(contentsOf: "\\u0026".unicodeScalars)
            case _ where Escape.isControl(scalar) || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}

/// Figures for planner.js. Ranges are [figure, lower end, upper end]; what is unknown is absent.
private struct PlannerData: Encodable {
    struct Part: Encodable {
        var workload: String
        var platform: String
        var container: Bool
        var guest: Bool
        var emulated: Bool
        var caveats: [String]
        var refusal: String?
        var bytesEach: [Double]
        var perCPUBytes: Double?
        var fixedBytes: Double
        var idleCPU: [Double]?
        var takes: [Take]
        var takesKnown: Bool
        var measured: Int
    }
    struct Take: Encodable {
        var resource: String
        var each: [Double]
        var inUse: Double
    }
    struct Resource: Encodable {
        var reserved: UInt64
        var isBytes: Bool
        var isOfDisk: Bool
        var noun: String
        var singular: String
    }
    struct Allowance: Encodable {
        var workload: String
        var memoryBytes: UInt64
        var cpus: Int
    }

    var measuredCPUs: Int?
    var parts: [Part]
    var allowances: [Allowance]
    var resources: [String: Resource]
    var runs: [String]

    init(_ figures: PlanningFigures) {
        measuredCPUs = figures.measuredCPUs
        runs = figures.runs
        allowances = figures.workloads.map {
            Allowance(workload: $0.name, memoryBytes: $0.memoryBytes, cpus: $0.cpus)
        }
        parts = figures.parts.map { part in
            Part(
                workload: part.workload, platform: part.platform, container: part.isContainer, guest: part.isGuest,
                emulated: part.emulated, caveats: part.caveats.words, refusal: part.refusal?.text,
                bytesEach: PlannerData.ends(part.bytesEach), perCPUBytes: part.perCPUBytes,
                fixedBytes: part.fixedBytes, idleCPU: part.idleCPU.map(PlannerData.ends),
                takes: part.takes.map {
                    Take(resource: $0.resource.rawValue, each: [$0.each, $0.lower, $0.upper], inUse: $0.inUse)
                }, takesKnown: part.areTakesKnown, measured: part.measuredInstances)
        }
        let used = Set(figures.parts.flatMap(\.takes).map(\.resource))
        resources = Dictionary(
            used.map { resource in
                (
                    resource.rawValue,
                    Resource(
                        reserved: resource.reserved, isBytes: resource.isBytes, isOfDisk: resource.isOfDisk,
                        noun: resource.noun, singular: resource.singular)
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func ends(_ range: CapacityPlan.Range) -> [Double] { [range.value, range.lower, range.upper] }
}
