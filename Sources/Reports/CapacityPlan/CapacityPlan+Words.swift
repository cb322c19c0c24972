package import Analysis
import BenchmarkModel

extension CapacityPlan.Row {
    /// The workload's name, or the mix as `nginx 80.0 %, redis 20.0 %`.
    package var workload: String {
        mix.count == 1
            ? mix[0].workload
            : mix.map { "\($0.workload) \(Format.percent($0.share))" }.joined(separator: ", ")
    }

    /// What ends the number on a host; nil where nothing is said of it.
    var bindsText: String? { binds.map { $0.text + (isCPUKnown ? "" : "; CPU is unknown") } }

    /// The same for a table: what an instance takes is an aside.
    var bindsInline: [Inline] {
        guard let binds else { return .unknown }
        let unknown: [Inline] = isCPUKnown ? [] : [.text("; CPU is unknown")]
        guard case .limit(let share) = binds else { return [.text(binds.name)] + unknown }
        return [.text(binds.name), .aside("\(share.eachText) an instance")] + unknown
    }

    /// How the number on a host came about.
    var basisText: String { containersPerVM != nil ? "extrapolated, assumed" : basis?.rawValue ?? "–" }
}

extension CapacityPlan {
    /// What was asked for, in a sentence.
    package var question: String {
        var text =
            "\(Format.instances(Double(request.instances))) instances on hosts with "
            + "\(Format.bytesBothWays(request.hostMemoryBytes)) and "
            + "\(request.hostCPUs) CPU\(request.hostCPUs == 1 ? "" : "s"), "
            + "\(Format.bytes(request.reserveBytes)) of each kept free"
        if request.utilisation < 1 { text += ", \(Format.percent(request.utilisation)) of the rest used" }
        if let disk = request.limits.limits[.diskBytes] {
            text += ", \(Format.bytesBothWays(request.limits.diskBytes ?? disk.value)) of disk"
        }
        if let most = request.maxPerHost { text += ", at most \(Format.instances(Double(most))) instances on each" }
        if request.spareHosts > 0 {
            text += ", \(request.spareHosts) spare host\(request.spareHosts == 1 ? "" : "s")"
        }
        if let price = request.pricePerHostMonth { text += ", \(Format.number(price)) a host and month" }
        return text + ". From run \(runs.joined(separator: ", "))."
    }

    /// The answer, a sentence for each workload or mix.
    package var answers: [String] {
        rows.map(\.workload).uniqued().compactMap { name in
            let sized = rows.filter { $0.workload == name && $0.containersPerVM == nil && $0.hosts != nil }
            guard !sized.isEmpty else { return nil }
            return "\(name): \(sized.map(answer).joined(separator: "; "))."
        }
    }

    private func answer(_ row: Row) -> String {
        let hosts = row.hosts?.value ?? 0
        let each = row.perHost.map { Format.instances($0.value) } ?? ""
        let mark = row.emulated ? " (emulated)" : ""
        let isOne = hosts == 1 && request.spareHosts == 0
        var text =
            "\(Format.instances(hosts))\(spareText) host\(isOne ? "" : "s") with \(row.platform)\(mark), \(each) on each"
        if let binds = row.binds, binds != .memory { text += " (\(binds.name) binds)" }
        return text
    }

    /// ` + 1 spare`, or nothing.
    var spareText: String { request.spareHosts > 0 ? " + \(request.spareHosts) spare" : "" }
}

extension CapacityPlan.Bound {
    /// What it is called.
    var name: String {
        switch self {
        case .memory: "memory"
        case .cpu: "CPU"
        case .limit(let share): share.resource.rawValue
        case .maxPerHost(let most): "max-per-host (\(most))"
        }
    }

    /// The name, and what an instance takes.
    var text: String {
        if case .limit(let share) = self { return "\(name) (\(share.eachText) an instance)" }
        return name
    }
}

extension CapacityPlan.LimitShare {
    /// What one instance takes: `3 processes and threads`, `1.25 MiB`.
    var eachText: String {
        let amount = amount(each.value)
        guard !resource.isBytes else { return amount }
        return "\(amount) \(amount == "1" ? resource.singular : resource.noun)"
    }

    /// So much of the resource: a count, or bytes.
    func amount(_ value: Double) -> String {
        if resource.isBytes { return Format.signedBytes(value) }
        return abs(value - value.rounded()) < 0.005 || value >= 1_000
            ? Format.instances(value.rounded()) : Format.number(value)
    }

    /// How many instances a host holds by it: `10,823 [10,820 to 10,830]`.
    var holdsText: String { Format.range(holds, Format.endlessInstances) }
}

extension LimitedResource {
    /// What one of it is.
    var singular: String {
        switch self {
        case .processIDs, .threads, .groupTasks: "process or thread"
        case .ownOpenFiles: "open file of tare"
        default: String(noun.dropLast())
        }
    }
}

extension [Inline] {
    var hasAside: Bool { contains { if case .aside = $0 { true } else { false } } }
}

extension Format {
    /// Memory in binary units and, in parentheses, in decimal ones: `512 GiB (550 GB)`.
    static func bytesBothWays(_ bytes: UInt64) -> String {
        let units: [(name: String, bytes: Double)] = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
        guard let unit = units.first(where: { Double(bytes) >= $0.bytes }) else { return Format.bytes(bytes) }
        let value = Double(bytes) / unit.bytes
        let decimal = value == value.rounded() ? Format.instances(value) : Format.number(value)
        return "\(Format.bytes(bytes)) (\(decimal) \(unit.name))"
    }

    /// A whole number of instances; `any number` where there is no end.
    static func endlessInstances(_ count: Double) -> String { count.isFinite ? instances(count) : "any number" }

    /// A figure with its interval in brackets, where it has one.
    static func range(_ range: CapacityPlan.Range, _ format: (Double) -> String) -> String {
        let (value, lower, upper) = (
            format(range.value), format(min(range.lower, range.upper)), format(max(range.lower, range.upper))
        )
        return lower == upper ? value : "\(value) [\(lower) to \(upper)]"
    }
}
