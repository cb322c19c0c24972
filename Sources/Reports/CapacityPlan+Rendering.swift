import Foundation

extension CapacityPlan {
    private static let titles = [
        "workload", "platform", "memory each", "per host", "hosts", "binds", "wasted", "cost a month",
        "one kernel's fault hits", "measured up to", "basis",
    ]

    private func cells(_ row: Row) -> [String] {
        let marks = row.marks.map { " (\($0))" }.joined()
        var cells = [row.workload, row.platform + marks]
        if let refusal = row.refusal {
            return cells + ["–", "–", "–", "–", "–", "–", "–", "–", "refused: \(refusal)"]
        }
        func count(_ range: Range?) -> String { range.map { Self.range($0, Format.instances) } ?? "–" }
        cells += [
            row.bytesEach.map(Self.bytes) ?? "–", count(row.perHost), count(row.hosts),
            row.binds ?? "–", row.wasted.map { "\(Format.number($0 * 100)) %" } ?? "–", count(row.cost),
            row.sharedFate.map(Format.instances) ?? "–",
        ]
        let isMixed = row.containersPerVM != nil
        return cells + [
            isMixed ? "not measured" : "\(row.measuredInstances)",
            isMixed ? "extrapolated, assumed" : row.basis?.rawValue ?? "–",
        ]
    }

    private static func range(_ range: Range, _ format: (Double) -> String) -> String {
        let (value, lower, upper) = (
            format(range.value), format(min(range.lower, range.upper)), format(max(range.lower, range.upper))
        )
        return lower == upper ? value : "\(value) [\(lower) to \(upper)]"
    }

    private static func bytes(_ range: Range) -> String {
        let value = Format.signedBytes(range.value)
        guard range.lower != range.upper else { return value }
        return "\(value) [\(Format.signedBytes(range.lower, to: range.upper, of: range.value))]"
    }

    /// What was asked for, in a sentence.
    public var question: String {
        var text =
            "\(Format.instances(Double(request.instances))) instances on hosts with \(Format.bytes(request.hostMemoryBytes)) and "
            + "\(request.hostCPUs) CPUs, \(Format.bytes(request.reserveBytes)) of each kept free"
        if let price = request.pricePerHostMonth { text += ", \(Format.number(price)) a host and month" }
        return text + ". From run \(runs.joined(separator: ", "))."
    }

    /// The answer, a sentence for each workload or mix.
    public var answers: [String] {
        rows.map(\.workload).uniqued().compactMap { name in
            let sized = rows.filter { $0.workload == name && $0.containersPerVM == nil && $0.hosts != nil }
            guard !sized.isEmpty else { return nil }
            let parts = sized.map { row in
                let hosts = row.hosts?.value ?? 0
                let each = row.perHost.map { Format.instances($0.value) } ?? ""
                let mark = row.emulated ? " (emulated)" : ""
                return
                    "\(Format.instances(hosts)) host\(hosts == 1 ? "" : "s") with \(row.platform)\(mark), \(each) on each"
            }
            return "\(name): \(parts.joined(separator: "; "))."
        }
    }

    /// Writes the plan for a terminal.
    public func text(width: Int, color: Bool) -> String {
        var out = TerminalSummary.wrap(question, width: max(40, width)) + "\n"
        for answer in answers { out += TerminalSummary.wrap(answer, width: max(40, width)) }
        // One workload is named above the table.
        let ranks = [Set(rows.map(\.workload)).count > 1 ? 0 : 1, 0, 3, 0, 0, 4, 6, 2, 5, 7, 0]
        let columns = zip(Self.titles, ranks).map {
            TerminalTable.Column($0, numeric: $0 == "hosts" || $0 == "per host", rank: $1)
        }
        let shown = rows.filter { $0.refusal == nil }
        if !shown.isEmpty {
            out += "\n" + TerminalTable(columns: columns, rows: shown.map(cells)).render(width: width, color: color)
        }
        out += "\n"
        let refused = rows.compactMap { row in
            row.refusal.map { "Not sized: \(row.workload) on \(row.platform): \($0)." }
        }.uniqued()
        for line in refused + statements { out += TerminalSummary.wrap(line, width: max(40, width)) }
        return out
    }

    /// Writes the plan as GitHub-flavoured Markdown.
    public func markdown() -> String {
        var out = "# Capacity plan\n\n\(Escape.markdown(question))\n\n"
        for answer in answers { out += "\(Escape.markdown(answer))\n\n" }
        out +=
            "| \(Self.titles.joined(separator: " | ")) |\n|" + Self.titles.map { _ in "---" }.joined(separator: "|")
            + "|\n"
        for row in rows { out += "| \(cells(row).map(Escape.markdown).joined(separator: " | ")) |\n" }
        out += "\n"
        for statement in statements { out += "- \(Escape.markdown(statement))\n" }
        return out
    }

    /// Writes the plan as JSON, schema `tare-plan/1`: `{ schema, runs, request, rows, statements }`. Memory is in bytes, what
    /// is unknown is absent, `basis` is `measured`, `extrapolated` or `extrapolated, long`.
    public func json() throws -> String {
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
                refusal: row.refusal,
                emulated: row.emulated, marks: row.marks, bytesEach: row.bytesEach.map(RangePart.init),
                perHost: row.perHost.map(RangePart.init), hosts: row.hosts.map(RangePart.init), binds: row.binds,
                wasted: row.wasted?.ifFinite, costPerMonth: row.cost.map(RangePart.init), basis: row.basis?.rawValue,
                measuredInstances: row.measuredInstances, sharedFate: row.sharedFate?.ifFinite)
        }
        statements = plan.statements
    }
}
