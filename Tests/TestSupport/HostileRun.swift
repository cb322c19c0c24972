package import BenchmarkModel

/// What strangers may have named or written.
package enum HostileRun {
    /// Text that means something to each of the forms it is written in.
    package static let text =
        "=1+1|`x`</td><script>alert(\"1\")</script>\u{1B}[31m\n\"quoted\"\u{338}, 'a' & *b* _c_ {{d}} \u{202E}"

    /// A run in which every text that comes from outside is hostile.
    package static func run() -> Run {
        var run = SyntheticClimbs.run(platforms: [SyntheticRun.runc, SyntheticRun.vm])
        run.suite.name = text
        run.suite.description = text
        run.suiteText = "\(text)\n```\n````\n]]>"
        run.command = text
        run.suite.workloads[0].command = [text, text]
        run.facts.facts.append(Fact(text, text))
        run.platforms[0].details.append(Fact(text, text))
        run.preparations.append(
            Preparation(workload: text, platform: text, step: text, seconds: .nan, cached: false, identity: text))
        run.threats.append(Threat(detector: text, severity: .warning, text: text))
        run.channelEchoes.append(ChannelEcho(platform: text, roundTripsNanoseconds: [], failure: text))
        run.observations[20].outcome = .failed
        run.observations[20].reasons = [text, text]
        run.observations[20].warnings = [text]
        run.startedAt = .infinity
        run.unreadable = [text, text]
        var isFirst = true
        for index in run.observations.indices where run.observations[index].startup == nil {
            run.observations[index].warnings = [text]
            run.observations[index].changeRamp { ramp in
                ramp.liveness = text
                ramp.enforcedBy = text
                ramp.cause = isFirst ? .died(text) : .launchFailed(text)
                isFirst = false
            }
        }
        let ladder = run.observations.firstIndex { $0.ladder != nil } ?? 0
        run.observations[ladder].outcome = .failed
        run.observations[ladder].reasons = [text]
        for parameters in [Parameters.startup(.warm), .footprint(most: 1), .density(most: 1, budgetBytes: 1)] {
            var cell = Cell(workload: text, platform: text, parameters: parameters, impossible: text)
            cell.key += text
            run.plan.cells.append(cell)
        }
        return run
    }
}
