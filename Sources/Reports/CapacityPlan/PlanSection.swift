import Analysis
import BenchmarkModel

/// How many instances hosts of usual sizes hold, by what this run measured: the arithmetic of `tare plan`.
enum PlanSection {
    /// A host that somebody may buy.
    private struct Host {
        var memoryBytes: UInt64
        var cpus: Int
        /// A 64th of the memory, and not less than `tare plan` keeps free unless it is told otherwise.
        var reserveBytes: UInt64 { max(1 << 30, memoryBytes / 64) }
        var words: String { "\(Format.bytes(memoryBytes)), \(cpus) CPUs" }
    }

    private static let hosts = [
        Host(memoryBytes: 64 << 30, cpus: 16), Host(memoryBytes: 256 << 30, cpus: 32),
        Host(memoryBytes: 512 << 30, cpus: 64),
    ]

    /// nil where no footprint was measured from which one could plan.
    static func section(_ analysis: RunAnalysis) -> Document.Section? {
        let plans = hosts.compactMap { host in
            try? CapacityPlan(
                .init(
                    hostMemoryBytes: host.memoryBytes, hostCPUs: host.cpus, reserveBytes: host.reserveBytes,
                    instances: 1, containersPerVM: []), from: [analysis])
        }
        guard plans.count == hosts.count, let first = plans.first, !first.rows.isEmpty else { return nil }
        let columns: [Table.Column] =
            [.init("workload", header: true), .init("platform", header: true)]
            + hosts.map { .init($0.words, numeric: true) }
        let table = Table(
            caption: "Instances on one host, with their interval; in parentheses what ends their number",
            columns: columns,
            rows: first.rows.indices.map { index in
                let row = first.rows[index]
                let scaled = row.caveats.filter { if case .scaledPerCPU = $0 { true } else { false } }
                return [
                    [.text(row.workload)],
                    [Inline.text(row.platform)].marked(row.caveats.filter { !scaled.contains($0) }),
                ] + plans.map { cell($0.rows[index]) }
            })
        let refused = first.rows.compactMap { row in
            row.refusal.map { [Inline.text("\(row.workload) on \(row.platform) is not sized: \($0.text).")] }
        }.uniqued()
        // What is said of hosts of all sizes; the rest differs from one to the next.
        let shared = first.statements.filter { statement in plans.allSatisfy { $0.statements.contains(statement) } }
        let scaled = plans.flatMap(\.statements).filter { if case .scaledPerCPU = $0 { true } else { false } }
        let statements = (shared + scaled).map(\.text).uniqued().map { [Inline.text($0)] }
        let planner = (try? PlanningFigures(from: [analysis])).flatMap(PlannerPart.html)
        return Document.Section(
            id: "plan", title: "Plan: how many a host would hold",
            blocks: [
                .paragraph([
                    .text("From this run's footprints, with a 64th of the memory kept free (1 GiB at least). "),
                    .code("tare plan"),
                    .text(" answers for any host, mix, reserve and limits, and says how many hosts are needed."),
                ]), .table(table),
            ] + (planner.map { [.embedded($0, script: .planner)] } ?? []) + [.list(refused + statements)], summary: nil)
    }

    private static func cell(_ row: CapacityPlan.Row) -> [Inline] {
        guard row.refusal == nil, let range = row.perHost else { return .unknown }
        var pieces = CapacityPlan.count(range, Format.instances)
        if let binds = row.binds { pieces.append(.text(" (\(binds.name))")) }
        let missing = row.areLimitsKnown ? [] : ["without most limits of the kernel"]
        return pieces.marked([row.basisText] + missing)
    }
}
