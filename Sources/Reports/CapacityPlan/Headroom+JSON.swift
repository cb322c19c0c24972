package import Analysis
import BenchmarkModel
import Statistics

// What `tare doctor --for` says as JSON, schema `tare-headroom/1`: { schema, instances, fits, runs, host, hostLimits, rows, unmeasured,
// statements }.
//
//   fits        whether all run on each platform; absent where nothing can be said
//   host        { availableBytes, reserveBytes, cpus }
//   hostLimits, binds, bound, limits, limitsKnown, basis   as in a plan, see CapacityPlan+JSON.swift
//   rows        [{ workload, platform, fits, holds: { value, lower, upper }, binds, bound, limits, limitsKnown, basis,
//                 measuredInstances, emulated, marks, refusal }]
//   unmeasured  [{ platform, openFiles: a member of limits }], where nothing was measured

extension Headroom {
    /// Writes it as JSON; its form stands at the head of the file.
    ///
    /// - Parameter notes: sentences to be said besides.
    package func json(notes: [String] = []) throws -> String { try JSONDocument.text(HeadroomDocument(self, notes)) }
}

private struct HeadroomDocument: Encodable {
    struct HostPart: Encodable {
        var availableBytes: UInt64
        var reserveBytes = DensityExperiment.defaultReserveBytes
        var cpus: Int
    }
    struct RowPart: Encodable {
        var workload: String
        var platform: String
        var fits: Bool?
        var holds: PlanRangePart?
        var binds: String?
        var bound: PlanBoundPart?
        var limits: [PlanLimitPart]
        var limitsKnown: Bool
        var basis: String?
        var measuredInstances: Int
        var emulated: Bool
        var marks: [String]
        var refusal: String?
    }
    struct UnmeasuredPart: Encodable {
        var platform: String
        var openFiles: PlanLimitPart
    }

    var schema = "tare-headroom/1"
    var instances: Int
    var fits: Bool?
    var runs: [String]
    var host: HostPart
    var hostLimits: HostLimitsPart
    var rows: [RowPart]
    var unmeasured: [UnmeasuredPart]
    var statements: [String]

    init(_ headroom: Headroom, _ notes: [String]) {
        instances = headroom.instances
        fits = headroom.fits
        runs = headroom.runs
        host = HostPart(availableBytes: headroom.host.availableBytes, cpus: headroom.host.cpus)
        hostLimits = HostLimitsPart(headroom.host.limits)
        rows = headroom.rows.map { row in
            RowPart(
                workload: row.workload, platform: row.platform, fits: headroom.fits(row),
                holds: row.perHost.map(PlanRangePart.init), binds: row.bindsText,
                bound: row.binds.map(PlanBoundPart.init), limits: row.limits.map(PlanLimitPart.init),
                limitsKnown: row.areLimitsKnown, basis: row.basis?.rawValue,
                measuredInstances: row.measuredInstances, emulated: row.emulated, marks: row.caveats.words,
                refusal: row.refusal?.text)
        }
        unmeasured = headroom.unmeasured.map {
            UnmeasuredPart(platform: $0.platform, openFiles: PlanLimitPart($0.openFiles))
        }
        statements = headroom.statements.map(\.text) + notes
    }
}
