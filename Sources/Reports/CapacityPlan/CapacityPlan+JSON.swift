package import Analysis
import BenchmarkModel
import Foundation
import Statistics

extension CapacityPlan {
    /// Writes the plan as JSON, schema `tare-plan/1`: `{ schema, runs, request, rows, statements }`. Memory is in bytes, what
    /// is unknown is absent, `basis` is `measured`, `extrapolated` or `extrapolated, long`.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(PlanDocument(self)), as: UTF8.self) + "\n"
    }
}

private struct PlanDocument: Encodable {
    struct RangePart: Encodable {
        var value: Double?
        var lower: Double?
        var upper: Double?

        init(_ range: CapacityPlan.Range) {
            value = range.value.ifFinite
            lower = range.lower.ifFinite
            upper = range.upper.ifFinite
        }
    }
    struct RowPart: Encodable {
        var workload: String
        var platform: String
        var containersPerVM: Int?
        var refusal: String?
        var emulated: Bool
        var marks: [String]
        var bytesEach: RangePart?
        var perHost: RangePart?
        var hosts: RangePart?
        var binds: String?
        var wasted: Double?
        var costPerMonth: RangePart?
        var basis: String?
        var measuredInstances: Int
        var sharedFate: Double?
    }
    struct RequestPart: Encodable {
        var hostMemoryBytes: UInt64
        var hostCPUs: Int
        var reserveBytes: UInt64
        var instances: Int
        var mix: [String: Double]?
        var pricePerHostMonth: Double?
        var acceptsEmulated: Bool
    }

    var schema = "tare-plan/1"
    var runs: [String]
    var request: RequestPart
    var rows: [RowPart]
    var statements: [String]

    init(_ plan: CapacityPlan) {
        runs = plan.runs
        let asked = plan.request
        request = RequestPart(
            hostMemoryBytes: asked.hostMemoryBytes, hostCPUs: asked.hostCPUs, reserveBytes: asked.reserveBytes,
            instances: asked.instances,
            mix: asked.mix.map { Dictionary($0.map { ($0.workload, $0.share) }, uniquingKeysWith: +) },
            pricePerHostMonth: asked.pricePerHostMonth, acceptsEmulated: asked.acceptsEmulated)
        rows = plan.rows.map { row in
            RowPart(
                workload: row.workload, platform: row.platform, containersPerVM: row.containersPerVM,
                refusal: row.refusal?.text,
                emulated: row.emulated, marks: row.caveats.words, bytesEach: row.bytesEach.map(RangePart.init),
                perHost: row.perHost.map(RangePart.init), hosts: row.hosts.map(RangePart.init), binds: row.binds?.text,
                wasted: row.wasted?.ifFinite, costPerMonth: row.cost.map(RangePart.init), basis: row.basis?.rawValue,
                measuredInstances: row.measuredInstances, sharedFate: row.sharedFate?.ifFinite)
        }
        statements = plan.statements.map(\.text)
    }
}
