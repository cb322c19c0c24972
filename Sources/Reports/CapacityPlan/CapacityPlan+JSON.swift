package import Analysis
import BenchmarkModel
import Statistics

// The plan as JSON, schema `tare-plan/2`: { schema, runs, request, hostLimits, rows, statements }. Memory and disk are in bytes, what
// is unknown is absent.
//
//   request     what was asked for; `utilisation` is a share from 0 to 1
//   hostLimits  { name, limits: [{ resource, limit, source, inUse }] }: what a host has; `inUse` only where it was told or read
//   rows        one for each workload or mix and platform, then the mixed answers, which have `containersPerVM`:
//     perHost, hosts, bytesEach, costPerMonth   { value, lower, upper }; `hosts` are without the spare ones, cost is with them
//     hostsInAll   `hosts.value` and the spare ones
//     binds        what ends the number on a host, in words
//     bound        the same for programs: { resource, ... }, with all that a member of `limits` has where it is a limited resource;
//                  else `resource` is `memory`, `cpu` or `max-per-host`, this one with `limit`
//     limits       [{ resource, each, limit, source, inUse, kept, holds }], of all resources of which an instance takes something;
//                  of `limit` no instance can have `kept`; `holds` without `value` is without end
//     limitsKnown  false where it was not measured what instances take: no such limit is in the row's figures then
//     basis        `measured`, `extrapolated` or `extrapolated, long`
//
// `tare-plan/1` was without hostLimits, bound, limits, limitsKnown and hostsInAll, and `binds` was `memory` or `CPU`.

extension CapacityPlan {
    /// Writes the plan as JSON; its form stands at the head of the file.
    package func json() throws -> String { try JSONDocument.text(PlanDocument(self)) }
}

/// A number with the ends of its interval.
struct PlanRangePart: Encodable {
    var value: Double?
    var lower: Double?
    var upper: Double?

    init(_ range: CapacityPlan.Range) {
        value = range.value.ifFinite
        lower = range.lower.ifFinite
        upper = range.upper.ifFinite
    }
}

/// A limited resource of a host, and what an instance takes of it.
struct PlanLimitPart: Encodable {
    var resource: String
    var each: PlanRangePart
    var limit: UInt64
    var source: String
    var inUse: Double
    var kept: Double
    var holds: PlanRangePart

    init(_ share: CapacityPlan.LimitShare) {
        resource = share.resource.rawValue
        each = PlanRangePart(share.each)
        limit = share.limit.value
        source = share.limit.source
        inUse = share.inUse
        kept = share.kept
        holds = PlanRangePart(share.holds)
    }
}

/// What ends the number of instances on a host.
enum PlanBoundPart: Encodable {
    case named(String, limit: Int?)
    case limited(PlanLimitPart)

    private enum Keys: String, CodingKey { case resource, limit }

    init(_ bound: CapacityPlan.Bound) {
        switch bound {
        case .memory: self = .named("memory", limit: nil)
        case .cpu: self = .named("cpu", limit: nil)
        case .limit(let share): self = .limited(PlanLimitPart(share))
        case .maxPerHost(let most): self = .named("max-per-host", limit: most)
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .named(let name, let limit):
            var keys = encoder.container(keyedBy: Keys.self)
            try keys.encode(name, forKey: .resource)
            try keys.encodeIfPresent(limit, forKey: .limit)
        case .limited(let part): try part.encode(to: encoder)
        }
    }
}

/// What a host has of limited resources.
struct HostLimitsPart: Encodable {
    struct LimitPart: Encodable {
        var resource: String
        var limit: UInt64
        var source: String
        var inUse: Double?
    }
    var name: String
    var limits: [LimitPart]

    init(_ host: HostLimits) {
        name = host.name
        limits = LimitedResource.allCases.compactMap { resource in
            host.limits[resource].map {
                LimitPart(
                    resource: resource.rawValue, limit: $0.value, source: $0.source,
                    inUse: host.inUse[resource]?.ifFinite)
            }
        }
    }
}

private struct PlanDocument: Encodable {
    struct RowPart: Encodable {
        var workload: String
        var platform: String
        var containersPerVM: Int?
        var refusal: String?
        var emulated: Bool
        var marks: [String]
        var bytesEach: PlanRangePart?
        var perHost: PlanRangePart?
        var hosts: PlanRangePart?
        var hostsInAll: Double?
        var binds: String?
        var bound: PlanBoundPart?
        var limits: [PlanLimitPart]
        var limitsKnown: Bool
        var wasted: Double?
        var costPerMonth: PlanRangePart?
        var basis: String?
        var measuredInstances: Int
        var sharedFate: Double?
    }
    struct RequestPart: Encodable {
        var hostMemoryBytes: UInt64
        var hostCPUs: Int
        var reserveBytes: UInt64
        var utilisation: Double
        var maxPerHost: Int?
        var spareHosts: Int
        var instances: Int
        var mix: [String: Double]?
        var pricePerHostMonth: Double?
        var acceptsEmulated: Bool
    }

    var schema = "tare-plan/2"
    var runs: [String]
    var request: RequestPart
    var hostLimits: HostLimitsPart
    var rows: [RowPart]
    var statements: [String]

    init(_ plan: CapacityPlan) {
        runs = plan.runs
        let asked = plan.request
        request = RequestPart(
            hostMemoryBytes: asked.hostMemoryBytes, hostCPUs: asked.hostCPUs, reserveBytes: asked.reserveBytes,
            utilisation: asked.utilisation, maxPerHost: asked.maxPerHost, spareHosts: asked.spareHosts,
            instances: asked.instances,
            mix: asked.mix.map { Dictionary($0.map { ($0.workload, $0.share) }, uniquingKeysWith: +) },
            pricePerHostMonth: asked.pricePerHostMonth, acceptsEmulated: asked.acceptsEmulated)
        hostLimits = HostLimitsPart(asked.limits)
        rows = plan.rows.map { row in
            RowPart(
                workload: row.workload, platform: row.platform, containersPerVM: row.containersPerVM,
                refusal: row.refusal?.text,
                emulated: row.emulated, marks: row.caveats.words, bytesEach: row.bytesEach.map(PlanRangePart.init),
                perHost: row.perHost.map(PlanRangePart.init), hosts: row.hosts.map(PlanRangePart.init),
                hostsInAll: row.hosts.map { $0.value + Double(asked.spareHosts) }, binds: row.bindsText,
                bound: row.binds.map(PlanBoundPart.init), limits: row.limits.map(PlanLimitPart.init),
                limitsKnown: row.areLimitsKnown,
                wasted: row.wasted?.ifFinite, costPerMonth: row.cost.map(PlanRangePart.init),
                basis: row.basis?.rawValue, measuredInstances: row.measuredInstances,
                sharedFate: row.sharedFate?.ifFinite)
        }
        statements = plan.statements.map(\.text)
    }
}
