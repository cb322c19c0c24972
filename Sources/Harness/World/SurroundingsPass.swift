import BenchmarkModel
import LinuxSystem

/// What is found out of platforms before anything is measured on them: what each workload sees there, and what the mark channel
/// costs. One instance serves for both, because a guest takes long to boot.
struct SurroundingsPass {
    let plan: Plan
    let bench: Bench
    /// Told what is done now, in words.
    let show: (String) -> Void

    /// - Parameter echoes: round trips for each platform; 0 measures none.
    func run(echoes: Int) throws {
        var measured: Set<String> = []
        for pair in plan.pairs {
            if bench.interruption.isRequested { return }
            show("what \(pair.workload) sees on \(pair.platform)")
            let wanted = measured.contains(pair.platform) ? 0 : echoes
            if try observe(pair, echoes: wanted) { measured.insert(pair.platform) }
        }
        guard echoes > 0 else { return }
        for pair in plan.pairs where measured.insert(pair.platform).inserted {
            if bench.interruption.isRequested { return }
            show("the mark channel of \(pair.platform)")
            try measureChannel(of: pair, echoes: echoes)
        }
    }

    /// - Returns: whether the channel was measured too.
    private func observe(_ pair: Plan.Pair, echoes: Int) throws -> Bool {
        let instance = try bench.makeInstance(pair, purpose: .world)
        var world = ObservedWorld(workload: pair.workload, platform: pair.platform, facts: [])
        var trips: [UInt64] = []
        do {
            world.facts = try WorldMeasurement.facts(
                from: instance, launcher: bench.launchers[0], interruption: bench.interruption)
        } catch {
            world.failure = "\(error)"
        }
        if world.failure == nil, echoes > 0 {
            // Where it cannot be measured here, an instance of its own says why.
            trips =
                (try? EchoMeasurement.roundTrips(
                    count: echoes, over: instance, receiver: bench.receiver, interruption: bench.interruption)) ?? []
        }
        try end(instance)
        if bench.interruption.isRequested { return false }
        try bench.sink.save(world)
        if let failure = world.failure {
            try bench.sink.save(
                Threat(
                    detector: "parity", severity: .note,
                    text: "what \(pair.workload) sees on \(pair.platform) is not known: \(failure)"))
        }
        guard !trips.isEmpty else { return false }
        try bench.sink.save(ChannelEcho(platform: pair.platform, roundTripsNanoseconds: trips))
        return true
    }

    private func measureChannel(of pair: Plan.Pair, echoes: Int) throws {
        let instance = try bench.makeInstance(pair, purpose: .echo)
        var echo = ChannelEcho(platform: pair.platform, roundTripsNanoseconds: [])
        do {
            try EchoMeasurement.enter(instance, launcher: bench.launchers[0], interruption: bench.interruption)
            echo.roundTripsNanoseconds = try EchoMeasurement.roundTrips(
                count: echoes, over: instance, receiver: bench.receiver, interruption: bench.interruption)
        } catch {
            echo.failure = "\(error)"
        }
        try end(instance)
        try bench.sink.save(echo)
    }

    private func end(_ instance: LaunchedInstance) throws {
        do {
            try instance.stop()
        } catch {
            try bench.tell(leftBehind: ["\(error)"], cell: nil, block: nil)
        }
    }
}
