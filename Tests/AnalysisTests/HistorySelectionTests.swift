import BenchmarkModel
import Testing

@testable import Analysis

@Suite struct HistorySelectionTests {
    @Test func whatIsLeftOutIsCountedByReason() throws {
        var runs = HistorySeries.step(1, of: 14)
        for index in [0, 1] { runs[index].facts.facts[0].value = "6.0" }
        runs[2].facts.facts[1] = Definition.firstStartup.fact
        runs[3].isComplete = false
        runs[4].figures[0].cellRefusal = "too few measurements are ok (5 of 20)"
        runs[5].figures = []
        runs[6].figures = []
        runs[6].cells = []
        runs[7].suite = "another"
        runs[8].platforms[0].details = [Fact("runtime", "1.0", mustAgree: true)]
        // Another platform's version has no part in it, and what is not said disagrees with nothing.
        runs[9].platforms[1].details = [Fact("emulator", "7", mustAgree: true)]
        runs[10].figures[0].metric.definitionVersion = 2
        runs[13].platforms[0].details = [Fact("runtime", "1.1", mustAgree: true)]
        runs[13].platforms[1].details = [Fact("emulator", "8", mustAgree: true)]
        let history = try HistorySeries.history(runs)
        #expect(history.points.map(\.run) == ["run-9", "run-11", "run-12", "run-13"])
        #expect(
            history.leftOut == [
                .init("kernel differs", 2), .init("definition of startup differs", 1), .init("no such cell", 1),
                .init("no such figure", 1), .init("not complete", 1), .init("runtime of runc differs", 1),
                .init("the metric's definition differs", 1), .init("too few measurements are ok (5 of 20)", 1),
            ])
        #expect(history.points.count + history.leftOut.reduce(0) { $0 + $1.count } == 13)
    }

    @Test func aHistoryOfNothingSaysWhy() throws {
        var runs = HistorySeries.step(1, of: 2)
        for index in runs.indices { runs[index].figures[0].cellRefusal = "it cannot be measured: no KVM" }
        let history = try HistorySeries.history(runs)
        #expect(history.points.isEmpty && history.steps.isEmpty)
        #expect(history.leftOut == [.init("it cannot be measured: no KVM", 2)])
        // Whose error nobody knows, such as a minimum, has a place in a series all the same.
        var minima = HistorySeries.step(1, of: 2)
        for index in minima.indices { minima[index].figures[0].refusal = "no spread of it is known" }
        #expect(try HistorySeries.history(minima).points.count == 2)
        var impossible = HistorySeries.step(1, of: 2)
        impossible[0].figures[0].estimate = -1
        #expect(try HistorySeries.history(impossible).leftOut == [.init("it has no place on the scale", 1)])
    }

    @Test func aFigureOfAnotherMachineSaysSo() throws {
        var runs = HistorySeries.step(1, of: 4)
        for index in runs.indices { runs[index].facts.facts.append(Fact(HostFacts.machine, index < 2 ? "a" : "b")) }
        runs[2].figures[0].caveats = ["noisy"]
        let history = try HistorySeries.history(runs)
        #expect(history.points.map(\.caveats) == [["other host"], ["other host"], ["noisy"], []])
    }

    /// Metrics in the order of the figures, cells in that of the plan; cells that the reference does not have are past.
    @Test func patternsChooseMetricsAndCells() throws {
        let cells = ["startup/noop/runc/warm", "startup/noop/q35/warm", "startup/noop/gone/warm"]
        let p95 = Metric("startup.p95", "p95", .nanoseconds, .lowerIsBetter, definitionVersion: 3)
        let figures = cells.flatMap { cell in
            [HistorySeries.figure(1e6, cell: cell), HistorySeries.figure(2e6, p95, cell: cell)]
        }
        var like = HistorySeries.run(1, Array(figures.prefix(4)))
        like.cells = [cells[1], cells[0]]
        let runs = [HistorySeries.run(0, figures), like]
        func ids(_ metric: String, _ cell: String = "*") -> [String] {
            History.all(of: runs, metric: metric, cell: cell, like: like).map {
                "\($0.metric.title) \($0.platform) \($0.cell)"
            }
        }
        #expect(
            ids("startup.*") == [
                "median runc \(cells[1])", "median runc \(cells[0])", "p95 runc \(cells[1])", "p95 runc \(cells[0])",
            ])
        #expect(ids("startup.p95", "*/runc/*") == ["p95 runc \(cells[0])"])
        #expect(ids("density.*").isEmpty && ids("startup.p95", "*/gone/*").isEmpty)
        #expect(History.all(of: runs, like: like) { $0.metric == p95 }.count == 2)
    }
}

@Suite struct ChangeSearchTests {
    /// python3 -c "from math import comb; print([2/comb(n, n//2) for n in (6, 9, 10, 13, 14)])"
    @Test func noFewerRunsCanShowAChange() {
        let expected = [(6, 0.1), (9, 0.015_873_015_873), (10, 0.007_936_507_937), (13, 0.001_165_501_166)]
        for (count, pValue) in expected { #expect(abs(ChangeSearch.leastPValue(count) - pValue) < 1e-12) }
        #expect(ChangeSearch.leastPValue(5) == 1 && ChangeSearch.leastPValue(0) == 1)
        #expect([1, 12, 100].map(ChangeSearch.fewest) == [10, 14, 17])
    }

    /// What cannot be found takes nothing of the level from what can.
    @Test func shortSeriesAreNoMembersOfTheFamily() {
        #expect(ChangeSearch.tested([30, 8, 8]) == [0])
        #expect(ChangeSearch.tested([10]) == [0])
        #expect(ChangeSearch.tested([10, 10]).isEmpty)
        #expect(ChangeSearch.tested([12, 12, 3]) == [0, 1])
        #expect(ChangeSearch.tested([]).isEmpty)
    }

    /// Each of several series is found, with a p-value that was multiplied by how many there are.
    @Test func severalSeriesShareTheLevel() throws {
        let series = (0..<4).map { number in
            ChangeSearch.Series(
                name: "\(number)",
                values: HistorySeries.noise(24, 0.02, seed: UInt64(number)).enumerated().map { index, value in
                    number < 3 && index >= 12 ? value + 0.2 : value
                }, margin: 0.01)
        }
        let search = ChangeSearch(series, seed: 0)
        #expect(search.isTested == [true, true, true, true])
        #expect(search.found.map { $0.map(\.index) } == [[12], [12], [12], []])
        for changes in search.found.prefix(3) {
            let change = try #require(changes.first)
            #expect(abs(change.effect - 0.2) < 0.02 && change.pValue >= 4 / 4_000 && change.pValue <= 0.01)
        }
        #expect(ChangeSearch([], seed: 0).found.isEmpty)
    }
}
