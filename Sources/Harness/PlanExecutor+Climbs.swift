import BenchmarkModel
import LinuxSystem

/// What ladders and ramps share.
extension PlanExecutor {
    /// The host's memory, watched until it is flat.
    var quiet: QuietHost {
        QuietHost(read: { [memory] in memory.host(countingGroups: true) }, interruption: interruption)
    }

    func makeCrowd(parallel: Int) throws -> Crowd {
        try needLaunchers(parallel)
        return Crowd(launchers: Array(launchers.prefix(parallel)), interruption: interruption)
    }

    func makeInstance(of cell: ClimbCell) throws -> LaunchedInstance {
        try makeInstance(workload: cell.workload, platform: cell.platform, purpose: .workload)
    }

    /// The RAM of a guest of the cell; nil where the platform runs no guests.
    func guestMemory(of cell: ClimbCell) -> UInt64? {
        guard let kind = platforms[cell.platform]?.spec.kind, case .libvirt = kind else { return nil }
        return workloads[cell.workload]?.memoryBytes
    }

    /// The figures of the instances beside those of the host: what is charged to them, and what their processes say.
    func readInstances(_ crowd: Crowd, of cell: ClimbCell) -> MemoryReading {
        var reading = memory.charged(to: environment.group)
        reading.merge(memory.processes(crowd.processes(), guestMemoryBytes: guestMemory(of: cell)))
        return reading
    }

    func tell(_ cell: ClimbCell, _ what: String) {
        progress(
            Progress(done: done, total: totalSteps, now: "\(cell.key): \(what)", secondsLeft: climbSecondsLeft(cell)))
    }

    func finishClimb(_ cell: ClimbCell, since begin: UInt64) {
        climbSeconds[cell.key, default: []].append(Double(MonotonicClock.now() - begin) / 1e9)
        done += 1
    }

    /// Samples and climbs of the whole run.
    var totalSteps: Int { plan.totalSamples + (plan.footprint?.total ?? 0) + (plan.density?.total ?? 0) }

    /// The seconds of the climbs that are left, once every cell of the same experiment has been climbed once.
    private func climbSecondsLeft(_ cell: ClimbCell) -> Double? {
        guard let climbs = [plan.footprint, plan.density].compactMap({ $0 }).first(where: { $0.cells.contains(cell) })
        else { return nil }
        var sum = 0.0
        for other in climbs.cells where other.impossible == nil {
            guard let seconds = climbSeconds[other.key], !seconds.isEmpty else { return nil }
            sum += seconds.reduce(0, +) / Double(seconds.count) * Double(max(0, other.planned - seconds.count))
        }
        return sum
    }
}
