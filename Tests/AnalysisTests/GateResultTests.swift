import Analysis
import BenchmarkModel
import Testing

@Suite("A gate") struct GateResultTests {
    private static let cell = "startup/noop/runc/warm"

    private func gate(
        _ base: [Figure], _ head: [Figure], policy: GatePolicy = GatePolicy(), learnt: Bool = true,
        headCells: [String]? = nil
    ) throws -> GateResult {
        try GateResult(
            of: Side(name: "head", runs: [Made.run(head, cells: headCells)]),
            against: Made.side(base, name: "base", learnt: learnt ? base.map { Made.calm($0) } : []), policy: policy)
    }

    @Test func aRegressionFails() throws {
        let result = try gate([Made.figure(1e7)], [Made.figure(2e7)])
        #expect(result.outcome == .regression)
        #expect(result.outcome.exitCode == 3)
        #expect(result.checks.map(\.fate) == [.fails])
        #expect(result.sentence.hasPrefix("Regression: 1 figure got worse"))
    }

    @Test func aRegressionThatDoesNotCountPasses() throws {
        let base = Made.figure(1e7, error: 0.002)
        let head = Made.figure(1.04e7, error: 0.002)
        let noise = Made.calm(base, total: 0.000_004, error: 0.000_004)
        func result(_ effect: Double) throws -> GateResult {
            try GateResult(
                of: Made.side([head], name: "head"), against: Made.side([base], learnt: [noise]),
                policy: GatePolicy(effect: effect))
        }
        #expect(try result(0.1).checks[0].row.verdict == .regressed)
        #expect(try result(0.1).outcome == .pass)
        #expect(try result(0.02).outcome == .regression)
    }

    @Test func inconclusiveFailsOnlyWhereThePolicyCountsIt() throws {
        let (base, head) = (Made.figure(1e7, error: 0.2), Made.figure(1e7, error: 0.2))
        let passes = try gate([base], [head])
        #expect(passes.outcome == .pass)
        #expect(passes.checks.map(\.fate) == [.passesUndecided])
        #expect(passes.sentence.contains("Nothing could be decided"))
        let counted = try gate([base], [head], policy: GatePolicy(inconclusive: .fail))
        #expect(counted.outcome == .inconclusive)
        #expect(counted.outcome.exitCode == 4)
        let rule = GatePolicy(rules: [.init(metric: "startup.*", inconclusive: .fail)])
        #expect(try gate([base], [head], policy: rule).outcome == .inconclusive)
    }

    @Test func noSamplesNoPass() throws {
        let gone = try gate([Made.figure(1e7)], [], headCells: [GateResultTests.cell])
        #expect(gone.outcome == .notComparable)
        #expect(gone.outcome.exitCode == 5)
        #expect(gone.checks.map(\.fate) == [.missing])
        let nothing = try gate([], [])
        #expect(nothing.outcome == .notComparable)
        #expect(nothing.sentence.contains("nothing to judge by"))
        // What is new has no baseline yet.
        let new = Made.figure(1e7, cell: "startup/new/runc/warm")
        #expect(try gate([Made.figure(1e7)], [Made.figure(1e7), new]).outcome == .pass)
        // That alone is no pass.
        #expect(
            try gate([Made.figure(1e7)], [Made.figure(1e7), new], policy: GatePolicy(cells: [new.cell])).outcome
                == .notComparable)
        // Samples that an exported file only claims are none.
        var claimed = Made.figure(1e7, refusal: "it rests on no measurement")
        claimed.n = 0
        #expect(try gate([Made.figure(1e7)], [claimed]).outcome == .notComparable)
    }

    /// Of many none are left: no ratio, and no pass.
    @Test func nothingFitsAnyMore() throws {
        let cell = "density/noop/runc/64MiB"
        var none = Made.figure(0, error: nil, metric: Made.instances, cell: cell, refusal: "it is not positive")
        none.n = 3
        let result = try gate([Made.figure(50, metric: Made.instances, cell: cell)], [none])
        #expect(result.outcome == .notComparable && result.checks.map(\.fate) == [.missing])
    }

    @Test func aRuleOfTheHeadsSideHolds() throws {
        let cells = ["startup/noop/a/warm", "startup/noop/b/warm"]
        let run = Made.run(
            zip(cells, [1e7, 1.05e7]).map { Made.figure($1, error: 0.2, cell: $0) }, sides: ["a", "b"])
        let policy = GatePolicy(
            rules: [.init(metric: "startup.median", cells: ["*/b/*"], effect: 0.02, inconclusive: .fail)],
            bounds: [.init(metric: "startup.median", cell: "startup/*", value: 9e9, isUpper: true, text: "9s")])
        let result = try GateResult(interleaved: run, policy: policy)
        #expect(result.outcome == .inconclusive)
        #expect(abs((result.checks.first?.row.effectThatCounts ?? 0) - 0.0198) < 0.001)
        // Bounds are of the head's side, whatever the rules speak of.
        #expect(result.bounds.map(\.cell) == ["startup/noop/b/warm"])
        #expect(result.bounds.map(\.fate) == [.passes])
    }

    @Test func aRuleThatJudgesNothingIsRefused() throws {
        let base = [Made.figure(1e7), Made.figure(50, metric: Made.instances, cell: "density/noop/runc/64MiB")]
        let policy = GatePolicy(rules: [
            .init(metric: "startup.median"), .init(metric: "density.instances", cells: ["startup/*"]),
        ])
        let error = #expect(throws: TareError.self) { try gate(base, base, policy: policy) }
        #expect(error?.code == .usage && error?.concerns == "density.instances")
    }

    @Test func allFailuresAreARegression() throws {
        let base = [Made.figure(1e7), Made.failures(0, of: 20)]
        let head = [Made.failures(20, of: 20)]
        let result = try gate(base, head)
        #expect(result.outcome == .regression)
        #expect(result.checks.map(\.fate) == [.fails, .missing])
    }

    /// All of both sides failed, or nothing is there at all: equal, and no pass.
    @Test func aCellWithoutAnyFigureIsNoPass() throws {
        let cell = GateResultTests.cell
        let failed = try gate([Made.failures(20, of: 20)], [Made.failures(20, of: 20)])
        #expect(failed.outcome == .notComparable)
        #expect(failed.sentence.contains("no measurement of \(cell) is good"))
        let other = Made.figure(1e7, cell: "startup/other/runc/warm")
        let nothing = try gate([other], [other], headCells: [other.cell, cell])
        #expect(nothing.outcome == .notComparable)
        #expect(nothing.outcome.exitCode == 5)
        // A policy that does not speak of it is not stopped by it.
        #expect(
            try gate([other], [other], policy: GatePolicy(cells: ["*/other/*"]), headCells: [other.cell, cell]).outcome
                == .pass)
        let rule = GatePolicy(rules: [.init(metric: "startup.median", cells: ["*/other/*"])])
        #expect(try gate([other], [other], policy: rule, headCells: [other.cell, cell]).outcome == .pass)
    }

    @Test func theFirstRuleThatFitsHoldsAndOnlyItsFiguresAreTheFamily() throws {
        let cells = ["startup/a/runc/warm", "startup/b/runc/warm"]
        let base = cells.map { Made.figure(1e7, cell: $0) }
        let head = cells.map { Made.figure(2e7, cell: $0) }
        let policy = GatePolicy(rules: [.init(metric: "startup.median", cells: ["*/b/*"])])
        let result = try gate(base, head, policy: policy)
        #expect(result.checks.map(\.row.workload) == ["b"])
        #expect(result.comparison.familySize == 1)
        #expect(try gate(base, head, policy: GatePolicy(cells: ["startup/a/*"])).checks.map(\.row.workload) == ["a"])
    }

    @Test func whatAPolicyNamesMustBeThere() throws {
        for policy in [
            GatePolicy(cells: ["startup/typo/*"]), GatePolicy(rules: [.init(metric: "startup.medain")]),
            GatePolicy(bounds: [
                .init(metric: "startup.median", cell: "*/typo/*", value: 1, isUpper: true, text: "1ns")
            ]),
        ] {
            let error = #expect(throws: TareError.self) {
                try gate([Made.figure(1e7)], [Made.figure(1e7)], policy: policy)
            }
            #expect(error?.code == .usage)
            #expect(error?.concerns?.isEmpty == false)
        }
    }

    private func bound(
        _ figure: Figure?, below value: Double, isUpper: Bool = true, inconclusive: GatePolicy.Inconclusive = .pass
    ) throws -> GateResult.BoundCheck {
        let policy = GatePolicy(
            inconclusive: inconclusive,
            bounds: [
                .init(metric: "startup.median", cell: "startup/*", value: value, isUpper: isUpper, text: "\(value)")
            ])
        let base = Made.figure(1e7)
        return try gate([base], figure.map { [$0] } ?? [], policy: policy, headCells: [GateResultTests.cell]).bounds[0]
    }

    @Test func boundsAreJudgedByTheInterval() throws {
        let figure = Made.figure(1e7)
        #expect(try bound(figure, below: 2e7).fate == .passes)
        #expect(try bound(figure, below: 0.5e7).fate == .fails)
        #expect(try bound(figure, below: 1.01e7).fate == .passesUndecided)
        #expect(try bound(figure, below: 1.01e7, inconclusive: .fail).fate == .failsInconclusive)
        #expect(try bound(figure, below: 0.5e7, isUpper: false).fate == .passes)
        #expect(try bound(figure, below: 2e7, isUpper: false).fate == .fails)
        #expect(try bound(nil, below: 2e7).fate == .missing)
        let few = Made.figure(1e7, refusal: "20 measurements do not carry a p95: that takes 72")
        #expect(try bound(few, below: 2e7).verdict == .inconclusive)
        #expect(try bound(few, below: 2e7).reasons == ["20 measurements do not carry a p95: that takes 72"])
        let least = Made.figure(400, isLowerBound: true)
        #expect(try bound(least, below: 100, isUpper: false).fate == .passes)
        #expect(try bound(least, below: 1_000).fate == .passesUndecided)
        #expect(try bound(least, below: 300).fate == .fails)
        let spoilt = Made.figure(400, refusal: "20 of 100 measurements are invalid", isLowerBound: true)
        #expect(try bound(spoilt, below: 100, isUpper: false).fate == .passesUndecided)
    }

    @Test func patternsMatchWholeTexts() {
        #expect(Pattern.matches("startup/*", "startup/noop/runc/warm"))
        #expect(Pattern.matches("*/runc/*", "startup/noop/runc/warm"))
        #expect(Pattern.matches("*", ""))
        #expect(Pattern.matches("a*b*c", "a1b2b3c"))
        #expect(!Pattern.matches("a*b*c", "a1b2b3"))
        #expect(!Pattern.matches("startup", "startup/noop"))
        #expect(!Pattern.matches("ab*ba", "aba"))
    }
}
