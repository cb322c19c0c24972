package import BenchmarkModel
import Statistics

/// Everything that is worked out of a run: the one place where its numbers and verdicts are made.
package struct RunAnalysis: Sendable {
    package var run: Run
    /// How many times blocks are drawn for an interval.
    package var resamples: Int
    /// The cells of each experiment, in the order of the plan.
    package var startups: [StartupCell]
    package var tasks: [TaskCell]
    package var footprints: [FootprintCell]
    package var densities: [DensityCell]
    /// The modes in the order in which the plan first names them.
    package var modes: [StartupMode]
    /// What became of all planned observations.
    package var accounting: Accounting
    /// What failed, is invalid or was warned of; nothing is left out.
    package var troubles: [Trouble]
    /// What each workload sees; empty where nobody observed it.
    package var parities: [Parity]
    /// What the mark channel costs.
    package var echoes: [Echo]
    /// The platforms whose guests ran under software emulation.
    package var emulatedPlatforms: [String]
    /// What can be stated of each cell.
    package var findings: [Finding]

    /// Works out a run, complete or not. The same run gives the same figures, to the last digit.
    package init(run: Run, resamples: Int = Bootstrap.defaultResamples) {
        let observations = RunAnalysis.ordered(run.observations)
        parities = Parity.all(of: run)
        let (observed, stray) = RunAnalysis.cells(of: run, observations, parities)
        startups = StartupCell.all(observed, of: run, observations: observations, resamples: resamples)
        tasks = TaskCell.all(observed, of: run, resamples: resamples)
        footprints = FootprintCell.all(observed, of: run, resamples: resamples)
        densities = DensityCell.all(observed, of: run, footprints: footprints)
        modes = startups.map(\.mode).uniqued()
        accounting = observed.reduce(Accounting(stray: stray)) { $0 + $1.accounting }
        troubles = Trouble.all(in: observations)
        echoes = run.channelEchoes.map(Echo.init)
        emulatedPlatforms = run.platforms.filter(\.emulated).map(\.platform)
        self.run = run
        self.resamples = resamples
        let facts = run.facts.sayingDefinitions(of: run.observations)
        findings = []
        findings = cells.flatMap { $0.findings(facts) }
    }

    /// All cells, in the order of the experiments and of the plan.
    package var cells: [any AnalysedCell] {
        startups as [any AnalysedCell] + tasks as [any AnalysedCell] + footprints as [any AnalysedCell]
            + densities as [any AnalysedCell]
    }

    /// The cells of a mode, in the order of the plan.
    package func startups(of mode: StartupMode) -> [StartupCell] {
        startups.filter { $0.mode == mode }
    }

    /// The cell of a key, or nil.
    package func startup(_ key: String) -> StartupCell? {
        startups.first { $0.cell.key == key }
    }

    private static func ordered(_ observations: [Observation]) -> [Observation] {
        let isOrdered = observations.indices.dropFirst().allSatisfy {
            observations[$0 - 1].number <= observations[$0].number
        }
        return isOrdered ? observations : observations.sorted { $0.number < $1.number }
    }

    /// The cells of the plan with their observations, and how many observations are of none of them.
    private static func cells(
        of run: Run, _ observations: [Observation], _ parities: [Parity]
    ) -> (cells: [ObservedCell], stray: Int) {
        var places: [String: Int] = [:]
        for (place, cell) in run.plan.cells.enumerated() where places[cell.key] == nil { places[cell.key] = place }
        var members = [[Observation]](repeating: [], count: run.plan.cells.count)
        // Growing by doubling would take twice the room.
        var room = observations.count
        for (place, cell) in run.plan.cells.enumerated() where cell.planned > 0 {
            members[place].reserveCapacity(min(cell.planned, room))
            room -= min(cell.planned, room)
        }
        var ordinals = [[Int]](repeating: [], count: run.plan.cells.count)
        let experiments = run.plan.cells.map(\.experiment)
        let names = experiments.uniqued()
        let numbers = experiments.map { name in names.firstIndex(of: name) ?? 0 }
        var counts = [Int](repeating: 0, count: names.count)
        var stray = 0
        for index in observations.indices {
            let experiment = observations[index].record.experiment
            guard let place = places[observations[index].cell], experiments[place] == experiment else {
                stray += 1
                if let number = names.firstIndex(of: experiment) { counts[number] += 1 }
                continue
            }
            counts[numbers[place]] += 1
            members[place].append(observations[index])
            ordinals[place].append(counts[numbers[place]])
        }
        let cells = run.plan.cells.enumerated().map { place, cell in
            let parity = parities.first { $0.workload == cell.workload }
            return ObservedCell(
                cell, of: run, members[place], ordinals: ordinals[place],
                inequality: parity?.caveats(on: cell.platform) ?? [])
        }
        return (cells, stray)
    }
}
