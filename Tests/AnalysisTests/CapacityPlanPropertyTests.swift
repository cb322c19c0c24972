import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

/// No answer goes beyond a limit, whatever is asked and whatever instances take. What a row says is held against the request and
/// the takes themselves, by multiplication, where the plan divides.
@Suite struct CapacityPlanPropertyTests {
    /// Of a sum of this size a rounding error is smaller than this part.
    private static let rounding = 1e-9

    private struct Draw {
        var random: SplitMix64

        mutating func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
        mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        mutating func coin() -> Bool { Bool.random(using: &random) }

        /// Of any order of magnitude between two.
        mutating func size(_ powers: ClosedRange<Double>) -> UInt64 {
            var value = 1.0
            let power = number(powers)
            for _ in 0..<Int(power) { value *= 2 }
            return UInt64(value * (1 + power - power.rounded(.down)))
        }

        mutating func takes() -> [Take] {
            LimitedResource.allCases.filter { _ in count(0...2) == 0 }.map { resource in
                let scale = resource == .diskBytes ? 1e8 : 1.0
                let each = coin() ? Double(count(0...40)) * scale : number(0...40) * scale
                let (lower, upper) = (each * number(0.5...1), each * number(1...1.5))
                return Take(resource, each: each, lower: lower, upper: upper, inUse: Double(count(0...2_000)))
            }
        }

        mutating func request() -> CapacityPlan.Request {
            let memory = size(31...42)
            let cpus = count(1...512)
            var limits =
                HostLimits.system(
                    HostLimits.systems[count(0...1)], memoryBytes: memory, cpus: cpus) ?? HostLimits("", limits: [:])
            if coin() { limits = limits.with(diskBytes: size(33...45), source: "--host-disk") }
            for resource in LimitedResource.allCases where count(0...4) == 0 {
                limits.limits[resource] = KernelLimit(size(3...40), source: "drawn")
                if coin() { limits.inUse[resource] = Double(count(0...5_000)) }
            }
            return CapacityPlan.Request(
                hostMemoryBytes: memory, hostCPUs: cpus, reserveBytes: memory / UInt64(count(2...100)),
                utilisation: coin() ? 1 : number(0.05...1), limits: limits, maxPerHost: coin() ? count(1...2_000) : nil,
                spareHosts: count(0...3), instances: count(1...1_000_000),
                mix: coin() ? nil : [.init("nginx", 0.75), .init("noop", 0.25)], pricePerHostMonth: 100,
                acceptsEmulated: true, containersPerVM: [1, count(2...200)])
        }
    }

    /// What an instance takes in the row's mix: by hand, as the sum over its workloads.
    private func each(
        _ row: CapacityPlan.Row, _ resource: LimitedResource, _ takes: [String: [Take]], _ end: KeyPath<Take, Double>
    ) -> (each: Double, inUse: Double) {
        var (sum, used) = (0.0, 0.0)
        // Whatever was measured, an instance is one process.
        let least = [.processIDs, .threads, .groupTasks].contains(resource) ? 1.0 : 0
        for part in row.mix {
            let mine = takes["\(part.workload)/\(row.platform)"] ?? []
            let twin: LimitedResource? =
                resource == .groupTasks ? .processIDs : resource == .descendantGroups ? .memoryGroups : nil
            if let take = mine.first(where: { $0.resource == resource }) {
                sum += part.share * max(least, take[keyPath: end])
                used = max(used, take.inUse)
            } else {
                sum += part.share * max(least, mine.first { $0.resource == twin }?[keyPath: end] ?? 0)
            }
        }
        return (sum, used)
    }

    /// `RESERVED_PIDS` of kernel/pid.c, and the default of `kernel.pty.reserve`.
    private static let kept: [LimitedResource: Double] = [.processIDs: 300, .pseudoterminals: 1_024]

    @Test(arguments: 1...30) func noAnswerGoesBeyondALimit(seed: Int) throws {
        var draw = Draw(random: SplitMix64(seed: UInt64(seed), name: "capacity plan"))
        var takes: [String: [Take]] = [:]
        for workload in ["noop", "nginx"] {
            // As of a run that recorded none, now and then.
            for platform in ["runc", "q35"] where draw.count(0...5) > 0 {
                takes["\(workload)/\(platform)"] = draw.takes()
            }
        }
        let analysis = LimitFixture.analysis(takes: takes)
        for _ in 0..<20 {
            let request = draw.request()
            let plan = try CapacityPlan(request, from: [analysis])
            for row in plan.rows where row.refusal == nil { try check(row, request, takes) }
        }
    }

    private func check(
        _ row: CapacityPlan.Row, _ request: CapacityPlan.Request, _ takes: [String: [Take]]
    ) throws {
        let (perHost, hosts) = (try #require(row.perHost), try #require(row.hosts))
        let bytes = try #require(row.bytesEach)
        #expect(perHost.lower <= perHost.value && perHost.value <= perHost.upper && perHost.lower >= 1)
        let usable = Double(request.hostMemoryBytes - request.reserveBytes) * request.utilisation
        let more = 1 + Self.rounding
        for (count, cost) in [(perHost.value, bytes.value), (perHost.lower, bytes.upper), (perHost.upper, bytes.lower)]
        {
            #expect(count == count.rounded() && count * cost <= usable * more)
            #expect(count <= Double(request.maxPerHost ?? .max))
        }
        #expect(hosts.value * perHost.value >= Double(request.instances))
        #expect(hosts.lower * perHost.upper >= Double(request.instances))
        #expect(hosts.upper * perHost.lower >= Double(request.instances))
        if let group = row.containersPerVM {
            #expect(perHost.value.truncatingRemainder(dividingBy: Double(group)) == 0)
        }
        // The CPU time that the made-up cells need, weighed: 1 ms a second for an nginx under runc, half for a noop.
        if row.platform == "runc" {
            let cpu = row.mix.reduce(0) { $0 + $1.share * ($1.workload == "nginx" ? 0.001 : 0.0005) }
            #expect(perHost.value * cpu <= Double(request.hostCPUs) * request.utilisation * (1 + 1e-6))
        }
        let ends: [(KeyPath<Take, Double>, Double)] = [
            (\.each, perHost.value), (\.upper, perHost.lower), (\.lower, perHost.upper),
        ]
        guard row.containersPerVM == nil else {
            for share in row.limits {
                let taken = perHost.value * share.each.value + share.inUse + share.kept
                #expect(taken <= Double(share.limit.value) * more)
            }
            return
        }
        for (resource, limit) in request.limits.limits {
            for (end, count) in ends {
                let (each, measured) = each(row, resource, takes, end)
                guard each > 0 else { continue }
                let isOfDisk = resource == .diskBytes || resource == .diskInodes
                let used = request.limits.inUse[resource] ?? (isOfDisk ? 0 : measured)
                #expect(
                    count * each + used + (Self.kept[resource] ?? 0) <= Double(limit.value) * more,
                    "\(resource) of \(limit) on \(row.platform)")
            }
        }
    }
}
