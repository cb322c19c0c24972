import BenchmarkModel

extension Baseline {
    /// Makes a baseline of one or several runs: each figure is the mean of the runs' figures, see ``Figure/combined(_:)``. What
    /// the runs vary by among themselves is no part of its error: that is in what was learnt.
    ///
    /// - Parameters:
    ///   - runs: of one suite, comparable with each other.
    ///   - learnt: how noisy the figures are, where it is known.
    /// - Throws: ``TareError``: where there is no run, or none has a figure; with code `notComparable` where two are of different
    ///   suites, or differ in a fact that matters.
    package init(of runs: [ComparedRun], learnt: [LearntNoise] = []) throws {
        guard let first = runs.first else {
            throw TareError(.usage, "a baseline is made of at least one run", remedy: "'tare list' shows all runs.")
        }
        try Baseline.check(runs)
        let tables = runs.map { run in
            (run.id, run.figuresByID)
        }
        let ids = Set(tables.flatMap(\.1.keys)).sorted()
        let figures = ids.compactMap { id -> Figure? in
            var mean = Figure.combined(tables.compactMap { run, table in table[id].map { (run: run, figure: $0) } })
            mean?.sample = nil
            return mean
        }
        guard !figures.isEmpty else {
            throw TareError(
                .failed, "there is no figure in \(runs.map(\.id).enumeration)",
                remedy: "'tare report' says what became of the measurements.")
        }
        self.init(
            suite: first.suite, suiteDigest: runs.map(\.suiteDigest).first { !$0.isEmpty } ?? "",
            tareVersion: runs.last?.tareVersion ?? first.tareVersion,
            sources: runs.map { Source(id: $0.id, startedAt: $0.startedAt) },
            facts: HostFacts(facts: first.facts.facts.filter { $0.mustAgree || $0.name == HostFacts.machine }),
            platforms: Baseline.platforms(of: runs), cells: runs.flatMap(\.cells).firstOfEach(), figures: figures,
            learnt: learnt.sorted { $0.id < $1.id })
    }

    /// Refuses runs that are not of one suite file, or not comparable.
    static func check(_ runs: [ComparedRun]) throws {
        for (index, run) in runs.enumerated() where runs[(index + 1)...].contains(where: { $0.id == run.id }) {
            throw TareError(.usage, "the run \(run.id) is given twice", remedy: "Give each run once.")
        }
        try Comparability.check(runs, purpose: "Take")
        let told = runs.filter { !$0.suiteDigest.isEmpty }
        guard let first = told.first, let other = told.first(where: { $0.suiteDigest != first.suiteDigest }) else {
            return
        }
        throw TareError(
            .notComparable, "the runs \(first.id) and \(other.id) are of two versions of the suite '\(first.suite)'",
            remedy: "Take runs of one suite file, or measure again.")
    }

    /// What must agree of them: what else is told changes from boot to boot, and would be noise in git.
    private static func platforms(of runs: [ComparedRun]) -> [PlatformRecord] {
        var found: [PlatformRecord] = []
        for var record in runs.flatMap(\.platforms) {
            record.details.removeAll { !$0.mustAgree }
            guard let place = found.firstIndex(where: { $0.platform == record.platform }) else {
                found.append(record)
                continue
            }
            // A platform that was emulated once is not one whose figures are a virtual machine's.
            found[place].emulated = found[place].emulated || record.emulated
        }
        return found
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it first stood.
    fileprivate func firstOfEach() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
