import BenchmarkModel
import HostReadings

/// The hold at the end of a ramp: N is a number at which all lived, were ready, and no limit was broken.
extension RampClimb {
    /// A ramp in which instances go on dying is given up after so many holds.
    private static let mostHoldsWithDeaths = 2

    /// Holds those that run. Where some die, or a limit is broken, fewer are held once more.
    func hold() throws {
        ramp.liveness = bench.platform(of: cell)?.livenessCheck ?? ""
        let workload = bench.workload(of: cell)
        if let workload, let spec = bench.platform(of: cell)?.spec,
            let words = ReadinessCheck.words(for: workload, on: spec)
        {
            ramp.liveness += "; \(words)"
        }
        var holdsWithDeaths = 0
        var shedding = 0
        while !crowd.instances.isEmpty, !bench.interruption.isRequested {
            let held = crowd.instances.count
            bench.tell("\(cell.key): holding \(held) instances")
            let end = try holdOnce(workload)
            if let death = end.deaths.first {
                let text = outOfMemory().map { "\($0); " } ?? ""
                let count = end.deaths.count == 1 ? "" : "\(end.deaths.count) instances; the first: "
                stop(watch.hasKilled ? .reserve : .died("\(text)\(count)\(death)"))
                holdsWithDeaths += 1
                guard holdsWithDeaths >= RampClimb.mostHoldsWithDeaths else { continue }
                observation.outcome = .failed
                observation.reasons.append("\(ramp.cause.text); instances died in both holds, so no N was held")
                return
            }
            guard let cause = end.broken else { return }
            // N is what is left when a hold broke nothing.
            stop(cause)
            var goal = held - 1
            if cause == .memoryBudget {
                shedToBudget()
            } else {
                goal = held - RampLimits.shed(of: held, attempt: shedding)
                shedding += 1
            }
            while crowd.instances.count > max(0, goal) { crowd.endNewest() }
        }
    }

    private func holdOnce(_ workload: Workload?) throws -> (deaths: [String], broken: Ramp.StopCause?) {
        let host = bench.host
        let begin = host.now()
        let pressure = host.pressure()
        let wasTouched = watch.isTouched
        // What was swapped stays so for a while: only what this hold added is judged.
        let swap = host.memory(countingGroups: false)[.swapUsed] ?? 0
        var deaths = crowd.buryDead { $0.death() }
        while deaths.isEmpty, host.now() - begin < UInt64(experiment.holdSeconds * 1e9),
            !bench.interruption.isRequested
        {
            host.pause(nanoseconds: 200_000_000)
            deaths = crowd.buryDead { $0.death() }
        }
        ramp.heldNanoseconds = host.now() - begin
        if deaths.isEmpty, let workload { deaths = try buryUnready(workload.readiness) }
        guard deaths.isEmpty, !bench.interruption.isRequested else { return (deaths, nil) }
        if watch.isTouched, !wasTouched { return ([], .reserve) }
        var reading = host.memory(countingGroups: false)
        reading.merge(host.charged())
        let limits = RampLimits(experiment: experiment, swapBefore: swap)
        if let cause = limits.broken(point(reading, since: pressure), startups: []) { return ([], cause) }
        return ([], used(reading) > Int64(experiment.budgetBytes) ? .memoryBudget : nil)
    }

    /// Takes those that are not ready any more out of the crowd.
    private func buryUnready(_ readiness: Readiness) throws -> [String] {
        guard readiness.isProbed else { return [] }
        let problems = try bench.host.problems(of: crowd.instances.map(\.asked), readiness: readiness)
        guard !problems.isEmpty else { return [] }
        return crowd.buryDead { problems[$0.request.name] }
    }
}
