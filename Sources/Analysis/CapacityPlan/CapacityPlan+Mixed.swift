import BenchmarkModel

extension CapacityPlan {
    /// What the guests of a mix are allowed.
    struct Allowance {
        var memoryBytes: Double
        var cpus: Int

        init(_ mix: [Share], _ workloads: [Workload]) {
            let parts = mix.map { part in (part.share, workloads.first { $0.name == part.workload }) }
            memoryBytes = parts.reduce(0) { $0 + $1.0 * Double($1.1?.memoryBytes ?? 0) }
            cpus = parts.compactMap { $0.1?.cpus }.max() ?? 1
        }
    }

    /// Virtual machines as an isolation boundary with containers inside.
    static func mixed(
        _ request: Request, _ sources: [Source], measuredCPUs: Int?, _ allowance: Allowance
    ) -> [Row] {
        let containers = sources.filter { $0.traits?.role == .container && $0.isKnown }
        let guests = sources.filter { $0.traits?.role == .guest && $0.isKnown }
        return guests.flatMap { guest in
            containers.flatMap { container in
                request.containersPerVM.map { count in
                    row(request, count, of: container, in: guest, measuredCPUs: measuredCPUs, allowance)
                }
            }
        }
    }

    private static func row(
        _ request: Request, _ count: Int, of container: Source, in guest: Source, measuredCPUs: Int?,
        _ allowance: Allowance
    ) -> Row {
        let (guestBytes, scaled) = guest.bytesEach(from: measuredCPUs, to: request.kernelCPUs)
        // A guest has rarely more CPUs than the measured host; fewer are not taken for a saving.
        let (containerBytes, inside) = container.bytesEach(
            from: measuredCPUs, to: max(measuredCPUs ?? 0, allowance.cpus))
        var row = Row(
            mix: guest.mix, platform: "\(guest.platform) with \(count) x \(container.platform)",
            containersPerVM: count, emulated: guest.emulated,
            caveats: (guest.caveats + container.caveats + scaled + inside).uniqued(),
            areLimitsKnown: guest.withoutTakes.isEmpty && container.withoutTakes.isEmpty, measuredInstances: 0)
        guard !guest.emulated || request.acceptsEmulated else {
            row.refusal = .emulated
            return row
        }
        // The first instance is part of what the guest was measured with.
        let more = Double(count - 1)
        func each(_ guest: Range, _ container: Range) -> Range { (1 / Double(count)) * (guest + more * container) }
        let memory = allowance.memoryBytes + more * containerBytes.value
        if let full = limit(of: container, in: memory, cpus: allowance.cpus), full.holds.lower < Double(count) {
            row.refusal = .guestHoldsFewer(containers: count, full)
            return row
        }
        let disk = container.takes.first { $0.resource == .diskBytes }
        // The host gives what the guest takes; only what its containers write becomes the host's.
        let takes = guest.takes.map { take in
            let inner = take.resource == .diskBytes ? disk.map(Range.init) ?? .zero : .zero
            let shared = each(Range(take), inner)
            return Take(
                take.resource, each: shared.value, lower: shared.lower, upper: shared.upper, inUse: take.inUse,
                limit: take.limit)
        }
        var cpu: Range?
        if let first = guest.idleCPU, let second = container.idleCPU { cpu = each(first, second) }
        let needs = Needs(
            bytesEach: each(guestBytes, containerBytes), fixedBytes: guest.fixedBytes, idleCPU: cpu, takes: takes,
            group: count)
        fill(&row, request, needs, measured: 0)
        row.sharedFate = Double(count)
        return row
    }

    /// The limit of a guest's kernel, as it is by default, that ends the number of its containers first; nil where none does.
    private static func limit(of container: Source, in memoryBytes: Double, cpus: Int) -> LimitShare? {
        let bytes = UInt64(min(max(0, memoryBytes), 0x1p62))
        let limits = HostLimits.kernel(memoryBytes: bytes, cpus: cpus)
        return container.takes.compactMap { take -> LimitShare? in
            guard take.upper > 0, let limit = limits.limits[take.resource] else { return nil }
            // What an idle guest has in use of its own is unknown: of processes it is taken to be as much as on the measured host.
            let isOfProcesses = take.resource == .processIDs || take.resource == .threads
            return LimitShare(
                take.resource, each: Range(take), limit: limit, inUse: isOfProcesses ? take.inUse : 0)
        }.min { $0.holds.lower < $1.holds.lower }
    }
}
