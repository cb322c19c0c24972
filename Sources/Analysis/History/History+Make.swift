import BenchmarkModel
import Statistics

extension History {
    /// The series of all metrics and cells that fit, in the order of the metrics and of the plan of the reference. What is in a
    /// series are complete runs of the reference's suite that agree with it in all that must agree, save other platforms'
    /// versions, and whose figure can be relied on.
    ///
    /// - Parameters:
    ///   - runs: in any order; those of other suites are passed over.
    ///   - pattern: of metric ids, see ``Pattern``.
    ///   - cellPattern: of cell keys.
    ///   - like: the reference; cells that it does not have are not shown.
    ///   - seed: the same gives the same change points.
    ///   - isShown: which figures there shall be histories of.
    package static func all(
        of runs: [ComparedRun], metric pattern: String = "*", cell cellPattern: String = "*", like: ComparedRun,
        seed: UInt64 = 0, where isShown: (Figure) -> Bool = { _ in true }
    ) -> [History] {
        let candidates = runs.filter { $0.suite == like.suite }
            .sorted { ($0.startedAt ?? -.infinity, $0.id) < ($1.startedAt ?? -.infinity, $1.id) }
            .map { Candidate($0, like: like) }
        let cells = Dictionary(
            like.cells.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        // The newest figure says what the metric is.
        let figures = ([like] + candidates.reversed().map(\.run)).flatMap(\.figures).filter { figure in
            cells[figure.cell] != nil && Pattern.matches(pattern, figure.metric.id)
                && Pattern.matches(cellPattern, figure.cell) && isShown(figure)
        }
        var histories = shown(figures, places: cells).map { History($0, from: candidates) }
        let searched = ChangeSearch(
            histories.map { history in
                ChangeSearch.Series(
                    name: "\(history.cell)/\(history.metric.id)",
                    values: history.points.compactMap { history.scale.value($0.estimate) },
                    margin: history.scale.margin)
            }, seed: seed)
        for index in histories.indices { histories[index].take(searched, at: index) }
        return histories
    }

    /// One figure for each metric and cell, in the order of the metrics and then of the cells.
    private static func shown(_ figures: [Figure], places: [String: Int]) -> [Figure] {
        var seen: Set<Figure.ID> = []
        let firsts = figures.filter { seen.insert($0.id).inserted }
        var metrics: [String: Int] = [:]
        for figure in firsts where metrics[figure.metric.id] == nil { metrics[figure.metric.id] = metrics.count }
        return firsts.sorted { one, other in
            let first = (metrics[one.metric.id] ?? 0, places[one.cell] ?? 0)
            return first < (metrics[other.metric.id] ?? 0, places[other.cell] ?? 0)
        }
    }

    private init(_ model: Figure, from candidates: [Candidate]) {
        var points: [Point] = []
        var counts: [String: Int] = [:]
        for candidate in candidates {
            switch candidate.point(of: model) {
            case .success(let point): points.append(point)
            case .failure(let refusal): counts[refusal.reason, default: 0] += 1
            }
        }
        let leftOut = counts.map { LeftOut($0, $1) }.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
        self.init(
            metric: model.metric, scale: model.scale, cell: model.cell, workload: model.workload,
            platform: model.platform, points: points, leftOut: leftOut)
    }

    /// Takes over what was found in the series at a place.
    private mutating func take(_ searched: ChangeSearch, at place: Int) {
        fewestForSteps = searched.isTested[place] ? nil : searched.fewest
        let changes = searched.found[place]
        let bounds = [0] + changes.map(\.index) + [points.count]
        steps = changes.enumerated().map { number, change in
            let before = points[bounds[number]..<change.index].map(\.estimate)
            let after = points[change.index..<bounds[number + 2]].map(\.estimate)
            let point = points[change.index]
            return Step(
                index: change.index, run: point.run, startedAt: point.startedAt,
                before: Quantiles(before)?.median ?? .nan, after: Quantiles(after)?.median ?? .nan,
                effect: change.effect, pValue: change.pValue, runsBefore: before.count, runsAfter: after.count,
                isWorse: (change.effect > 0) == (metric.polarity == .lowerIsBetter))
        }
    }
}

/// A run that may be in a series.
private struct Candidate {
    /// Why a run is not in a series, in words.
    struct Refusal: Error {
        var reason: String
    }

    let run: ComparedRun
    private let figures: [Figure.ID: Figure]
    private let cells: Set<String>
    private let differences: [Comparability.Difference]
    /// What stands beside all its figures because it is set beside the reference.
    private let caveats: [String]

    init(_ run: ComparedRun, like: ComparedRun) {
        self.run = run
        figures = run.figuresByID
        cells = Set(run.cells)
        differences = Comparability.differences(run, like)
        let machines = Set([run, like].compactMap { $0.facts[HostFacts.machine] })
        caveats = machines.count > 1 ? [Caveat.otherHost.word] : []
    }

    /// - Parameter model: the figure in a newer run, which says what the metric means.
    func point(of model: Figure) -> Result<History.Point, Refusal> {
        guard run.isComplete else { return refused("not complete") }
        for difference in differences {
            switch difference.subject {
            case .host, .definition, .suite: return refused("\(difference.name) differs")
            case .platform(model.platform): return refused("\(difference.name) of \(model.platform) differs")
            // What another platform is has no part in this one's figures.
            case .platform: continue
            }
        }
        guard let figure = figures[model.id] else {
            return refused(cells.contains(model.cell) ? "no such figure" : "no such cell")
        }
        guard figure.metric.definitionVersion == model.metric.definitionVersion else {
            return refused("the metric's definition differs")
        }
        // What a task prints of itself is called and counted as the suite says.
        guard figure.metric.unit == model.metric.unit, figure.metric.polarity == model.metric.polarity else {
            return refused("the metric's unit or polarity differs")
        }
        // A figure whose error nobody knows has a place in a series all the same.
        if let refusal = figure.cellRefusal { return refused(refusal) }
        if figure.isLowerBound { return refused("it is only known to be at least so much") }
        guard figure.scale == model.scale, model.scale.value(figure.estimate) != nil else {
            return refused("it has no place on the scale")
        }
        let isLog = model.scale == .ratio
        return .success(
            History.Point(
                run: run.id, startedAt: run.startedAt, estimate: figure.estimate,
                standardError: figure.standardError.map { isLog ? $0 * abs(figure.estimate) : $0 }, n: figure.n,
                caveats: figure.caveats + caveats))
    }

    private func refused(_ reason: String) -> Result<History.Point, Refusal> { .failure(Refusal(reason: reason)) }
}
