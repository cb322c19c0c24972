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
        /// Why the memory of an instance is not known well enough, by workload; it does not bind then.
        var withoutMemory: [(workload: String, why: Refusal)] = []
        var bytesEach = Range.zero
        /// The part of ``bytesEach`` that is per-CPU memory of the kernel, on the measured host; nil where it is unknown.
        var perCPUBytes: Double? = 0
        var fixedBytes = 0.0
        var idleCPU: Range? = Range.zero
        var takes: [Take] = []
        /// The workloads of which it was not measured what they take of limited resources.
        var withoutTakes: [String] = []
        /// The workloads with ``takes`` among which no processes were discerned.
        var withoutProcesses: [String] = []
        /// The workloads whose idle CPU time is unknown.
        var withoutCPU: [String] = []
        /// The workloads whose per-CPU memory is unknown.
        var withoutPerCPU: [String] = []
        var measured = Int.max

        /// Whether it is known what an instance costs.
        var isKnown: Bool { problem == nil && withoutMemory.isEmpty }

        /// - Parameter toleratesUnknownMemory: as in ``Request``.
        init(
            _ mix: [Share], _ platform: String, _ cells: [FootprintCell], _ densities: [DensityCell],
            toleratesUnknownMemory: Bool = false
        ) {
            self.mix = mix
            self.platform = platform
            for part in mix {
                let workload = part.workload
                let cell = cells.first { $0.cell.workload == workload && $0.cell.platform == platform }
                let refusal = Source.refusal(cell, workload: workload, platform: platform)
                if let refusal {
                    guard toleratesUnknownMemory, let cell, cell.isCounted, !cell.takes.isEmpty else {
                        problem = refusal
                        measured = 0
                        return
                    }
                    withoutMemory.append((workload, refusal))
                }
                guard let cell else { continue }
                add(cell, refusal == nil ? cell.ledger : nil, part.share)
                let dense = densities.filter { $0.cell.workload == workload && $0.cell.platform == platform }
                let ran = dense.compactMap { $0.answer?.instances }.max() ?? 0
                measured = min(measured, max(cell.mostInstances, ran))
            }
        }

        /// Why the memory of one more instance is not known well enough; nil where it is.
        private static func refusal(_ cell: FootprintCell?, workload: String, platform: String) -> Refusal? {
            guard let cell, cell.isSound, let line = cell.ledger, line.slope > 0 else {
                return cell?.cell.impossible.map(Refusal.impossible)
                    ?? .noFootprint(workload: workload, platform: platform)
            }
            return (line.slopeInterval?.lower ?? line.slope) > 0 ? nil : .costMayBeNothing(workload: workload)
        }

        private mutating func add(_ cell: FootprintCell, _ line: Line?, _ share: Double) {
            let workload = cell.cell.workload
            traits = cell.traits
            emulated = emulated || cell.emulated
            caveats = (caveats + cell.caveats).uniqued()
            if let line {
                let slope = Range(
                    value: line.slope, lower: line.slopeInterval?.lower ?? line.slope,
                    upper: line.slopeInterval?.upper ?? line.slope)
                bytesEach = bytesEach + share * slope
                fixedBytes = max(fixedBytes, line.intercept)
            }
            let perCPU = cell.slopes[.perCPU]
            perCPUBytes = perCPUBytes.flatMap { sum in perCPU.map { sum + share * max(0, $0) } }
            if perCPU == nil { withoutPerCPU.append(workload) }
            let cpu = cell.idleCPU.map { middle in
                Range(
                    value: middle, lower: cell.idleCPURange?.lowerBound ?? middle,
                    upper: cell.idleCPURange?.upperBound ?? middle)
            }
            if cpu == nil { withoutCPU.append(workload) }
            idleCPU = idleCPU.flatMap { sum in cpu.map { sum + share * $0 } }
            if cell.takes.isEmpty { withoutTakes.append(workload) }
            let processes = cell.takes.first { $0.resource == .processIDs }?.each ?? 0
            if !cell.takes.isEmpty, processes <= 0 { withoutProcesses.append(workload) }
            for take in Source.withProcesses(cell) { add(take, share) }
        }

        /// All that an instance takes. What runs is one process at least, whatever ladders show of it, or where none recorded it.
        private static func withProcesses(_ cell: FootprintCell) -> [Take] {
            var resources: [LimitedResource] = [.processIDs, .threads]
            // Elsewhere a group of tare's does not count them.
            if cell.traits?.whereabouts.isInRunGroup == true { resources.append(.groupTasks) }
            var takes = cell.takes + inGroups(cell)
            for resource in resources {
                guard let index = takes.firstIndex(where: { $0.resource == resource }) else {
                    takes.append(Take(resource, each: 1, lower: 1, upper: 1, inUse: 0))
                    continue
                }
                takes[index].each = max(1, takes[index].each)
                takes[index].lower = max(1, takes[index].lower)
                takes[index].upper = max(1, takes[index].upper)
            }
            return takes
        }

        /// Limits of control groups that instances were not in while they were measured: a group counts the processes and the groups
        /// in it as the host does.
        private static func inGroups(_ cell: FootprintCell) -> [Take] {
            guard cell.traits?.whereabouts.isInRunGroup == true else { return [] }
            let pairs: [(LimitedResource, LimitedResource)] = [
                (.processIDs, .groupTasks), (.memoryGroups, .descendantGroups),
            ]
            return pairs.compactMap { whole, group in
                guard !cell.takes.contains(where: { $0.resource == group }),
                    let take = cell.takes.first(where: { $0.resource == whole })
                else { return nil }
                return Take(group, each: take.each, lower: take.lower, upper: take.upper, inUse: 0)
            }
        }

        /// What was in use is that of the workload with the most of it.
        private mutating func add(_ take: Take, _ share: Double) {
            var part = take
            (part.each, part.lower, part.upper) = (share * take.each, share * take.lower, share * take.upper)
            guard let index = takes.firstIndex(where: { $0.resource == take.resource }) else {
                return takes.append(part)
            }
            takes[index].each += part.each
            takes[index].lower += part.lower
            takes[index].upper += part.upper
            takes[index].inUse = max(takes[index].inUse, take.inUse)
        }

        /// Memory of one more instance on a host with another number of CPUs than it was measured on.
        ///
        /// - Parameters:
        ///   - from: CPUs of the measured host; nil where they are unknown.
        ///   - to: CPUs of the other.
        /// - Returns: the memory in bytes, and the caveat that it bears; as it was measured where a number is unknown.
        func bytesEach(from: Int?, to: Int) -> (bytes: Range, caveats: [Caveat]) {
            guard let from, from > 0, from != to, let part = perCPUBytes, part > 0 else { return (bytesEach, []) }
            // On fewer CPUs an interval that reaches below its own part would become nothing.
            let more = max(part * (Double(to) / Double(from) - 1), -bytesEach.lower / 2)
            return (bytesEach + Range(exactly: more), [.scaledPerCPU(from: from, to: to)])
        }

        /// The row of this platform by itself.
        func row(_ request: Request, measuredCPUs: Int?) -> Row {
            let (bytes, scaled) = bytesEach(from: measuredCPUs, to: request.kernelCPUs)
            var row = Row(
                mix: mix, platform: platform, emulated: emulated, caveats: caveats + scaled,
                areLimitsKnown: withoutTakes.isEmpty, measuredInstances: measured)
            if let problem {
                row.refusal = problem
            } else if emulated, !request.acceptsEmulated {
                row.refusal = .emulated
            } else {
                CapacityPlan.fill(
                    &row, request,
                    Needs(
                        bytesEach: withoutMemory.isEmpty ? bytes : nil, fixedBytes: fixedBytes, idleCPU: idleCPU,
                        takes: takes), measured: measured)
                row.sharedFate = traits?.hasOwnKernel == true ? 1 : row.perHost?.value
            }
            return row
        }
    }
}

extension FootprintCell {
    /// Whether as many ladders count as a claim needs, whatever they say of memory.
    fileprivate var isCounted: Bool {
        cell.impossible == nil && accounting.missing == 0 && accounting.ok >= FootprintCell.fewestForClaim
    }
}
