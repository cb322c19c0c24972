import BenchmarkModel
import Statistics

extension CapacityPlan {
    /// What was measured of a workload or a mix on one platform.
    struct Source {
        var mix: [Share]
        var platform: String
        var traits: PlatformTraits?
        var emulated = false
        var caveats: [Caveat] = []
        var problem: Refusal?
        var bytesEach = Range(value: 0, lower: 0, upper: 0)
        var fixedBytes = 0.0
        var idleCPU: Range?
        var measured = 0

        init(_ mix: [Share], _ platform: String, _ cells: [FootprintCell], _ densities: [DensityCell]) {
            self.mix = mix
            self.platform = platform
            var cpu: Range? = Range(value: 0, lower: 0, upper: 0)
            measured = .max
            for part in mix {
                let (workload, share) = (part.workload, part.share)
                let cell = cells.first { $0.cell.workload == workload && $0.cell.platform == platform }
                guard let cell, cell.isSound, let line = cell.ledger, line.slope > 0 else {
                    problem =
                        cell?.cell.impossible.map(Refusal.impossible)
                        ?? .noFootprint(workload: workload, platform: platform)
                    measured = 0
                    return
                }
                guard (line.slopeInterval?.lower ?? line.slope) > 0 else {
                    problem = .costMayBeNothing(workload: workload)
                    measured = 0
                    return
                }
                traits = cell.traits
                emulated = emulated || cell.emulated
                caveats = (caveats + cell.caveats).uniqued()
                bytesEach.value += share * line.slope
                bytesEach.lower += share * (line.slopeInterval?.lower ?? line.slope)
                bytesEach.upper += share * (line.slopeInterval?.upper ?? line.slope)
                fixedBytes = max(fixedBytes, line.intercept)
                cpu = cpu.flatMap { sum in
                    cell.idleCPU.map { middle in
                        Range(
                            value: sum.value + share * middle,
                            lower: sum.lower + share * (cell.idleCPURange?.lowerBound ?? middle),
                            upper: sum.upper + share * (cell.idleCPURange?.upperBound ?? middle))
                    }
                }
                let dense = densities.filter { $0.cell.workload == workload && $0.cell.platform == platform }
                let ran = dense.compactMap { $0.answer?.instances }.max() ?? 0
                measured = min(measured, max(cell.mostInstances, ran))
            }
            idleCPU = cpu
        }

        /// The row of this platform by itself.
        func row(_ request: Request) -> Row {
            var row = CapacityPlan.empty(mix, platform, emulated: emulated, caveats: caveats, measured: measured)
            if let problem {
                row.refusal = problem
            } else if emulated, !request.acceptsEmulated {
                row.refusal = .emulated
            } else {
                CapacityPlan.fill(
                    &row, request, bytesEach: bytesEach, fixedBytes: fixedBytes, idleCPU: idleCPU, group: 1,
                    measured: measured)
                row.sharedFate = traits?.hasOwnKernel == true ? 1 : row.perHost?.value
            }
            return row
        }
    }

    /// Virtual machines as an isolation boundary with containers inside.
    static func mixed(_ request: Request, _ sources: [Source]) -> [Row] {
        let containers = sources.filter { $0.traits?.role == .container && $0.problem == nil }
        let guests = sources.filter { $0.traits?.role == .guest && $0.problem == nil }
        return guests.flatMap { guest in
            containers.flatMap { container in
                request.containersPerVM.map { count -> Row in
                    let both = "\(guest.platform) with \(count) x \(container.platform)"
                    var row = empty(
                        guest.mix, both, emulated: guest.emulated,
                        caveats: (guest.caveats + container.caveats).uniqued(), measured: 0)
                    row.containersPerVM = count
                    guard !guest.emulated || request.acceptsEmulated else {
                        row.refusal = .emulated
                        return row
                    }
                    // The first instance is part of what the guest was measured with.
                    let more = Double(count - 1)
                    func each(_ guest: Range, _ container: Range) -> Range {
                        func one(_ end: KeyPath<Range, Double>) -> Double {
                            (guest[keyPath: end] + more * container[keyPath: end]) / Double(count)
                        }
                        return Range(value: one(\.value), lower: one(\.lower), upper: one(\.upper))
                    }
                    var cpu: Range?
                    if let first = guest.idleCPU, let second = container.idleCPU { cpu = each(first, second) }
                    fill(
                        &row, request, bytesEach: each(guest.bytesEach, container.bytesEach),
                        fixedBytes: guest.fixedBytes, idleCPU: cpu, group: count, measured: 0)
                    row.sharedFate = Double(count)
                    return row
                }
            }
        }
    }

    static func empty(
        _ mix: [Share], _ platform: String, emulated: Bool, caveats: [Caveat], measured: Int
    ) -> Row {
        Row(mix: mix, platform: platform, emulated: emulated, caveats: caveats, measuredInstances: measured)
    }

    /// Works a row out.
    ///
    /// - Parameter group: instances come in groups of this size: the containers of one virtual machine.
    static func fill(
        _ row: inout Row, _ request: Request, bytesEach: Range, fixedBytes: Double, idleCPU: Range?, group: Int,
        measured: Int
    ) {
        let usable = Double(request.hostMemoryBytes) - Double(request.reserveBytes) - max(0, fixedBytes)
        func whole(_ count: Double) -> Double { (max(0, count) / Double(group)).rounded(.down) * Double(group) }
        func byMemory(_ bytes: Double) -> Double { whole(usable / bytes) }
        func byCPU(_ end: KeyPath<Range, Double>) -> Double {
            guard let each = idleCPU?[keyPath: end], each > 0 else { return .infinity }
            return whole(Double(request.hostCPUs) / each)
        }
        let perHost = Range(
            value: min(byMemory(bytesEach.value), byCPU(\.value)),
            lower: min(byMemory(bytesEach.upper), byCPU(\.upper)),
            upper: min(byMemory(bytesEach.lower), byCPU(\.lower)))
        guard perHost.lower > 0 else {
            row.refusal = perHost.value > 0 ? .perhapsNothingFits(containers: group) : .nothingFits(containers: group)
            return
        }
        row.bytesEach = bytesEach
        row.perHost = perHost
        row.binds =
            byCPU(\.value) < byMemory(bytesEach.value) ? .cpu : idleCPU == nil ? .memoryWithUnknownCPU : .memory
        row.basis =
            perHost.value <= Double(measured)
            ? .measured : perHost.value <= 2 * Double(measured) ? .extrapolated : .longExtrapolation
        func hosts(_ each: Double) -> Double { (Double(request.instances) / each).rounded(.up) }
        let needed = Range(value: hosts(perHost.value), lower: hosts(perHost.upper), upper: hosts(perHost.lower))
        row.hosts = needed
        let bought = needed.value * Double(request.hostMemoryBytes - request.reserveBytes)
        row.wasted = bought > 0 ? max(0, 1 - Double(request.instances) * bytesEach.value / bought) : nil
        row.cost = request.pricePerHostMonth.map {
            Range(value: needed.value * $0, lower: needed.lower * $0, upper: needed.upper * $0)
        }
    }
}
