import Analysis
import BenchmarkModel
import Foundation
import Statistics
import Testing

@Suite("Two sides set against each other") struct ComparisonTests {
    @Test func theTestIsThatOfSciPy() throws {
        // import math; from scipy import stats
        // def sep(b,h,sb,sh,df,runs,total,error):
        //   own=[max(0,s*s-error) for s in (sb,sh)]; v=sum(total+o for o in own)
        //   f=v*v/((2*total)**2/(runs-1)+sum(o*o/df for o in own)); se=math.sqrt(v); d=math.log(h/b); m=math.log(1.01)
        //   print(d, 2*stats.t.sf((abs(d)-m)/se,f), stats.t.interval(.99,f,loc=d,scale=se),
        //         m+(stats.t.ppf(.995,f)+stats.t.ppf(.9,f))*se)
        // sep(20e6,30e6,.05,.02,19,8,.0025,.0009)
        let base = Made.figure(20e6, error: 0.05)
        let head = Made.figure(30e6, error: 0.02)
        let noise = Made.calm(base, total: 0.0025, error: 0.0009)
        let row = try Comparison(base: Made.side([base], learnt: [noise]), head: Made.side([head])).rows[0]
        #expect(abs((row.pValue ?? 0) - 0.000_409_740_146_132_029_67) < 1e-9)
        let effect = try #require(row.effect)
        #expect(abs(effect.value - 0.405_465_108_108_164_4) < 1e-12)
        #expect(abs(effect.lower - 0.156_362_269_123_781_62) < 1e-9)
        #expect(abs(effect.upper - 0.654_567_947_092_547_2) < 1e-9)
        #expect(abs((row.smallestDetectable ?? 0) - 0.369_367_504_411_603_9) < 1e-9)
        #expect(row.verdict == .regressed)
    }

    @Test func worseAndBetterFollowThePolarity() throws {
        #expect(try Made.compare(Made.figure(20e6), Made.figure(30e6)).verdict == .regressed)
        #expect(try Made.compare(Made.figure(30e6), Made.figure(20e6)).verdict == .improved)
        let many = Made.figure(100, metric: Made.instances, cell: "density/noop/runc/64MiB")
        let few = Made.figure(60, metric: Made.instances, cell: "density/noop/runc/64MiB")
        #expect(try Made.compare(many, few).verdict == .regressed)
        #expect(try Made.compare(few, many).verdict == .improved)
    }

    @Test func equivalentIsMeasuredByWhatTheUserNamesAndNotByTheNoise() throws {
        let base = Made.figure(20e6, error: 0.01)
        let head = Made.figure(20.2e6, error: 0.01)
        #expect(try Made.compare(base, head).verdict == .equivalent)
        #expect(try Made.compare(base, head, effect: 0.02).verdict == .inconclusive)
        // The noisier host passes no more.
        let noisy = Made.figure(20.2e6, error: 0.2)
        let row = try Made.compare(base, noisy)
        #expect(row.verdict == .inconclusive)
        #expect((row.smallestDetectable ?? 0) > 0.4)
    }

    @Test func withoutLearntNoiseSeparateRunsProveNothing() throws {
        let row = try Comparison(base: Made.side([Made.figure(20e6)]), head: Made.side([Made.figure(60e6)])).rows[0]
        #expect(row.verdict == .inconclusive)
        #expect(row.reasons.contains { $0.contains("was not learnt") })
        #expect(row.effect != nil, "the effect is shown all the same")
        #expect(row.pValue == nil)
    }

    /// What is called regressed or improved, and the interval that is shown, are one test: in families of any size.
    @Test func theIntervalInvertsTheTest() throws {
        var random = SplitMix64(seed: 7)
        func uniform() -> Double { Double(random.next() >> 11) / Double(1 << 53) }
        for size in [1, 2, 7, 40] {
            for _ in 0..<30 {
                let base = (0..<size).map { Made.figure(1e7, error: 0.02, cell: "startup/w\($0)/runc/warm") }
                let head = base.map { figure in
                    var copy = figure
                    copy.estimate *= exp((uniform() - 0.5) * 0.7)
                    return copy
                }
                let comparison = try Comparison(
                    base: Made.side(base, learnt: base.map { Made.calm($0) }), head: Made.side(head))
                #expect(comparison.familySize == size)
                for row in comparison.rows {
                    let effect = try #require(row.effect)
                    let excludes = effect.lower > row.margin || effect.upper < -row.margin
                    #expect((row.verdict == .regressed || row.verdict == .improved) == excludes)
                    #expect(excludes == ((row.adjustedPValue ?? 1) < Comparison.level))
                }
            }
        }
    }

    @Test func whatMustAgreeIsNamedAndCanBeInsistedOn() throws {
        let old = Side(
            name: "old", runs: [Made.run([Made.figure(1e7)], facts: [Fact("kernel", "6.1", mustAgree: true)])])
        let new = Side(
            name: "new", runs: [Made.run([Made.figure(1e7)], facts: [Fact("kernel", "6.9", mustAgree: true)])])
        let error = #expect(throws: TareError.self) { try Comparison(base: old, head: new) }
        #expect(error?.code == .notComparable)
        #expect(error?.exitCode == 5)
        #expect(error?.message.contains("kernel: 6.1 and 6.9") == true)
        #expect(error?.remedy?.contains("--despite 'kernel'") == true)
        let insisted = try Comparison(base: old, head: new, question: .init(despite: ["Kernel"]))
        #expect(insisted.insisted.map(\.name) == ["kernel"])
    }

    @Test func anotherSuiteIsRefusedAndAChangedFileIsTold() throws {
        let one = Side(name: "one", runs: [Made.run([Made.figure(1e7)], suite: "quick", digest: "a")])
        let other = Side(name: "other", runs: [Made.run([Made.figure(1e7)], suite: "mine", digest: "b")])
        #expect(throws: TareError.self) { try Comparison(base: one, head: other) }
        let changed = Side(name: "changed", runs: [Made.run([Made.figure(1e7)], suite: "quick", digest: "b")])
        #expect(try Comparison(base: one, head: changed).notes.contains { $0.contains("suite file is not the same") })
    }

    @Test func anotherMachineOfTheSameFactsIsACaveat() throws {
        let sides = ["1", "2"].map {
            Side(name: $0, runs: [Made.run([Made.figure(1e7)], facts: [Fact("machine", $0)])])
        }
        #expect(try Comparison(base: sides[0], head: sides[1]).rows[0].caveats == ["other host"])
        #expect(try Comparison(base: sides[0], head: sides[0]).rows[0].caveats.isEmpty)
    }

    @Test func whatOneSideLacksIsARow() throws {
        let gone = Made.figure(1e7, cell: "startup/gone/runc/warm")
        let failed = Made.figure(1e7, cell: "startup/failed/runc/warm")
        let new = Made.figure(1e7, cell: "startup/new/runc/warm")
        let head = Side(name: "head", runs: [Made.run([new], cells: [new.cell, failed.cell])])
        let rows = try Comparison(base: Made.side([gone, failed], name: "base"), head: head).rows
        #expect(rows.map(\.verdict) == [.oneSided, .oneSided, .oneSided])
        let reasons = Dictionary(uniqueKeysWithValues: rows.map { ($0.cell, $0.reasons) })
        #expect(reasons[gone.cell] == ["head does not have the cell"])
        #expect(reasons[failed.cell] == ["head measured the cell, and no measurement gave the figure"])
        #expect(reasons[new.cell] == ["base does not have the cell"])
    }

    @Test func sharesAreComparedByFishersTest() throws {
        // scipy.stats.fisher_exact([[9, 11], [0, 20]])[1]
        let row = try Comparison(
            base: Made.side([Made.failures(0, of: 20)]), head: Made.side([Made.failures(9, of: 20)])
        ).rows[0]
        #expect(abs((row.pValue ?? 0) - 0.001_228_501_228_501_228_5) < 1e-9)
        #expect(row.verdict == .regressed)
        #expect(row.effect?.value == 0.45)
        // Nobody failed: with twenty each that excludes no rate of a tenth.
        let none = try Comparison(
            base: Made.side([Made.failures(0, of: 20)]), head: Made.side([Made.failures(0, of: 20)])
        ).rows[0]
        #expect(none.verdict == .inconclusive)
        // 8 of 20: scipy.stats.fisher_exact([[8, 12], [0, 20]])[1] = 0.0033, [[7, 13], [0, 20]] = 0.0083, 6: 0.020.
        #expect(none.smallestDetectable == 0.35)
        // Up to one in a hundred counts as none.
        let many = try Comparison(
            base: Made.side([Made.failures(0, of: 300)]), head: Made.side([Made.failures(0, of: 300)])
        ).rows[0]
        #expect(many.verdict == .equivalent)
        // A tenth of what was nothing is nothing: one start in twenty that fails is not let pass as less than counts.
        let some = try Comparison(
            base: Made.side([Made.failures(0, of: 200)]), head: Made.side([Made.failures(10, of: 200)])
        ).rows[0]
        #expect(some.verdict == .regressed && !some.isWithinEffectThatCounts)
        // Where Fisher's test does not say that they differ, the interval that is shown does not either.
        // scipy.stats.fisher_exact([[8, 12], [1, 19]])[1] = 0.0197
        let unclear = try Comparison(
            base: Made.side([Made.failures(1, of: 20)]), head: Made.side([Made.failures(8, of: 20)])
        ).rows[0]
        #expect(unclear.verdict == .inconclusive && (unclear.effect?.lower ?? 1) <= 0)
    }

    @Test func refusedFiguresAreShownAndNotJudged() throws {
        let row = try Made.compare(Made.figure(1e7), Made.figure(9e7, refusal: "too few measurements are ok (1 of 20)"))
        #expect(row.verdict == .inconclusive)
        #expect(row.reasons == ["head: too few measurements are ok (1 of 20)"])
        #expect(row.effect != nil)
        #expect(row.pValue == nil)
    }

    /// Of "at least so much" only one direction can be concluded.
    @Test func aLowerBoundCanOnlyGetWorse() throws {
        func figure(_ estimate: Double, isLowerBound: Bool) -> Figure {
            Made.figure(
                estimate, error: 0.003, metric: Made.instances, cell: "density/noop/runc/64MiB",
                isLowerBound: isLowerBound)
        }
        let ceiling = figure(400, isLowerBound: true)
        #expect(try Made.compare(ceiling, figure(100, isLowerBound: false)).verdict == .regressed)
        #expect(try Made.compare(figure(100, isLowerBound: false), ceiling).verdict == .improved)
        for row in [
            try Made.compare(ceiling, ceiling), try Made.compare(ceiling, figure(900, isLowerBound: false)),
            try Made.compare(figure(900, isLowerBound: false), ceiling),
        ] {
            #expect(row.verdict == .inconclusive)
            #expect(row.reasons.contains { $0.contains("at least so much") })
        }
    }

    /// A run in which no verdict can rest on the figure does not spoil those in which one can.
    @Test func aRefusedRunIsLeftOut() throws {
        let good = Made.figure(1e7)
        let bad = Made.figure(5e7, refusal: "11 of 100 measurements are invalid")
        let mean = try #require(Figure.combined([("a", good), ("b", bad), ("c", good)]))
        #expect(mean.refusal == nil && mean.runs == 2 && abs(mean.estimate - 1e7) < 1)
        #expect(mean.caveats == ["left out of 1 of 3 runs"])
        #expect(Figure.combined([("a", bad), ("b", bad)])?.refusal?.contains("in run a") == true)
    }

    @Test func figuresOfOtherDefinitionsAreNotJudged() throws {
        var old = Made.figure(1e7)
        old.metric.definitionVersion = 2
        let row = try Made.compare(old, Made.figure(9e7))
        #expect(row.verdict == .inconclusive)
        #expect(row.reasons.contains { $0.contains("version 2 in the base and 3 in the head") })
    }

    @Test func manyRunsASideNeedNothingLearnt() throws {
        func side(_ name: String, _ estimates: [Double]) -> Side {
            Side(name: name, runs: estimates.map { Made.run([Made.figure($0 * 1e6)], id: "\(name)-\($0)") })
        }
        let base = side("base", [20, 20.5, 19.6, 20.2, 19.9])
        let head = side("head", [25, 24.6, 25.3, 24.8, 25.1])
        let comparison = try Comparison(base: base, head: head)
        #expect(comparison.design == .manyRuns)
        #expect(comparison.rows[0].verdict == .regressed)
        let same = try Comparison(base: base, head: side("head", [20.1, 20.4, 19.7, 20.3, 19.8]))
        #expect(same.rows[0].verdict == .equivalent)
        // Two runs a side, nothing learnt: no verdict.
        let few = try Comparison(base: side("base", [20, 20.5]), head: side("head", [40, 41]))
        #expect(few.rows[0].verdict == .inconclusive)
    }

    @Test func theGravestComesFirst() throws {
        let cells = ["a", "b", "c", "d"].map { "startup/\($0)/runc/warm" }
        let base = cells.map { Made.figure(1e7, error: 0.01, cell: $0) }
        let head = zip(cells, [1.5, 0.5, 1.0, 2.0]).map { Made.figure(1e7 * $1, error: 0.01, cell: $0) }
        let rows = try Comparison(
            base: Made.side(base, learnt: base.map { Made.calm($0, total: 0.0001, error: 0.0001) }),
            head: Made.side(head)
        ).rows
        #expect(rows.map(\.workload) == ["d", "a", "b", "c"])
        #expect(rows.map(\.verdict) == [.regressed, .regressed, .improved, .equivalent])
    }
}
