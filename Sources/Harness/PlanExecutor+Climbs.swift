import BenchmarkModel
import LinuxSystem

/// What ladders and ramps share.
extension PlanExecutor {
    /// The host's memory, watched until it is flat.
    var quiet: QuietHost {
        QuietHost(read: { [memory] in memory.host(countingGroups: true) }, interruption: interruption)
    }

    /// Climbs every cell in the order of the plan, until somebody asks to end.
    func forEachClimb(of plan: ClimbPlan, _ climb: (ClimbCell, _ block: Int) throws -> Void) throws {
        for (block, order) in plan.blocks.enumerated() {
            for index in order {
                if interruption.isRequested { return }
                try climb(plan.cells[index], block)
            }
        }
    }

    /// Waits for a quiet host, and says where it was not.
    func waitForQuiet(_ cell: ClimbCell, warnings: inout [String]) throws -> QuietHost.Idle {
        tell(cell, "waiting for a quiet host")
        let idle = try quiet.wait(deadlineSeconds: PlanExecutor.quietDeadlineSeconds)
        if !idle.isQuiet { warnings.append("the host was not quiet within \(PlanExecutor.quietDeadlineSeconds) s") }
        return idle
    }

    /// Tells the store what was seen since a reading, and sorts it into what makes a climb invalid and what only warns.
    ///
    /// - Parameter onlyWarning: detectors whose sightings do not make the climb invalid.
    func judgeClimb(
        _ cell: ClimbCell, since before: HostReading, onlyWarning: Set<String> = [], reasons: inout [String],
        warnings: inout [String]
    ) throws {
        for var threat in Validity.judge(before, reader.read(), scope: .climb, cpus: cpus) {
            if onlyWarning.contains(threat.detector) { threat.severity = .warning }
            threat.cell = cell.key
            try sink.save(threat)
            let text = "\(threat.detector): \(threat.text)"
            if threat.severity == .invalid { reasons.append(text) } else { warnings.append(text) }
        }
    }

    func makeCrowd(parallel: Int) throws -> Crowd {
        try needLaunchers(parallel)
        return Crowd(launchers: Array(launchers.prefix(parallel)), interruption: interruption)
    }

    /// What the instances of a climb left behind, told to the store and for the climb's own warnings.
    func troubles(of crowd: Crowd, _ cell: ClimbCell, block: Int) throws -> [String] {
        let troubles = crowd.troubles + endStrays()
        try tell(troubles: troubles, cell: cell.key, block: block)
        return troubles.map { "left behind: \($0)" }
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
