import BenchmarkModel
import Testing

@testable import Analysis

@Suite("A baseline of several runs") struct BaselineMakeTests {
    private static let cell = "startup/noop/runc/warm"

    private func run(
        _ figures: [Figure], _ id: String, startedAt: Double = 0, digest: String = "abc", facts: [Fact] = [],
        platforms: [PlatformRecord] = []
    ) -> ComparedRun {
        var run = Made.run(figures, id: id, facts: facts, digest: digest, platforms: platforms)
        run.startedAt = startedAt
        return run
    }

    /// import numpy as np; e=np.array([20e6,22e6,21e6]); s=np.array([.03,.02,.025]); f=np.array([19,9,19.])
    /// print(np.exp(np.log(e).mean()), np.sqrt((s**2).sum())/3, (s**2).sum()**2/((s**4)/f).sum())
    @Test func theMeanIsThatOfNumPy() throws {
        let runs = [(20e6, 0.03, 19.0), (22e6, 0.02, 9), (21e6, 0.025, 19)].enumerated().map { place, one in
            run([Made.figure(one.0, error: one.1, freedom: one.2)], "run-\(place)", startedAt: Double(place))
        }
        let baseline = try Baseline(of: runs)
        let figure = try #require(baseline.figures.first)
        #expect(baseline.figures.count == 1)
        #expect(abs(figure.estimate - 20_984_114.971_245_39) < 1e-6)
        #expect(abs((figure.standardError ?? 0) - 0.014_624_940_645_653_537) < 1e-12)
        #expect(abs(figure.degreesOfFreedom - 45.766_216_765_223_675) < 1e-9)
        #expect(figure.n == 60 && figure.blocks == 60 && figure.runs == 3)
        #expect(figure.refusal == nil && figure.sample == nil)
        #expect(baseline.sources.map(\.id) == ["run-0", "run-1", "run-2"])
        #expect(baseline.sources.map(\.startedAt) == [0, 1, 2])
        #expect(baseline.suite == "s" && baseline.suiteDigest == "abc" && baseline.cells == [BaselineMakeTests.cell])
    }

    @Test func oneRunIsItsOwnMean() throws {
        let figure = Made.figure(20e6, error: 0.03)
        let baseline = try Baseline(of: [run([figure], "a")])
        #expect(baseline.figures == [figure])
        #expect(baseline.side(named: "x").runs[0].figures == [figure])
    }

    @Test func countsAddUp() throws {
        let baseline = try Baseline(of: [
            run([Made.failures(1, of: 20)], "a"), run([Made.failures(0, of: 30)], "b"),
        ])
        let figure = try #require(baseline.figures.first)
        #expect(figure.counts == Figure.Counts(events: 1, trials: 50) && figure.estimate == 0.02)
    }

    @Test func whatOneRunRefusesIsTakenFromTheOthers() throws {
        let bad = Made.figure(20e6, refusal: "too few measurements are ok (3 of 20)", caveats: ["too few"])
        let baseline = try Baseline(of: [run([Made.figure(21e6, caveats: ["noisy"])], "a"), run([bad], "b")])
        let figure = try #require(baseline.figures.first)
        #expect(figure.refusal == nil && abs(figure.estimate - 21e6) < 1)
        #expect(figure.caveats == ["noisy", "left out of 1 of 2 runs"])
        let none = try Baseline(of: [run([bad], "a"), run([bad], "b")])
        #expect(none.figures.first?.refusal == "in run a: too few measurements are ok (3 of 20)")
    }

    @Test func figuresAndNoiseAreSortedAndCellsAreThoseOfAll() throws {
        let one = Made.figure(20e6, cell: "startup/noop/runc/warm")
        let other = Made.figure(1e6, cell: "startup/noop/process/warm")
        var first = run([one], "a")
        first.cells.append("startup/noop/q35/warm")
        let second = run([other, one], "b")
        let baseline = try Baseline(of: [first, second], learnt: [Made.calm(one), Made.calm(other)])
        #expect(baseline.figures.map(\.cell) == ["startup/noop/process/warm", "startup/noop/runc/warm"])
        #expect(baseline.figures.map(\.runs) == [1, 2])
        #expect(baseline.learnt.map(\.id.cell) == ["startup/noop/process/warm", "startup/noop/runc/warm"])
        #expect(
            baseline.cells == ["startup/noop/runc/warm", "startup/noop/q35/warm", "startup/noop/process/warm"])
    }

    @Test func anEmulatedPlatformStaysOne() throws {
        func record(_ emulated: Bool) -> PlatformRecord {
            PlatformRecord(platform: "q35", details: [], emulated: emulated)
        }
        let figure = Made.figure(20e6)
        let baseline = try Baseline(of: [
            run([figure], "a", platforms: [record(false)]), run([figure], "b", platforms: [record(true)]),
        ])
        #expect(baseline.platforms.map(\.emulated) == [true])
    }

    @Test func nothingMakesNoBaseline() throws {
        let none = try #require(#expect(throws: TareError.self) { try Baseline(of: []) })
        #expect(none.code == .usage)
        let empty = try #require(#expect(throws: TareError.self) { try Baseline(of: [run([], "a"), run([], "b")]) })
        #expect(empty.code == .failed && empty.message == "there is no figure in a and b")
    }

    @Test func runsThatDifferMakeNoBaseline() throws {
        let figure = Made.figure(20e6)
        func refused(_ one: ComparedRun, _ other: ComparedRun) throws -> TareError {
            try #require(#expect(throws: TareError.self) { try Baseline(of: [one, other]) })
        }
        let kernels = try refused(
            run([figure], "a", facts: [Fact("kernel", "6.1", mustAgree: true)]),
            run([figure], "b", facts: [Fact("kernel", "6.2", mustAgree: true)]))
        #expect(kernels.code == .notComparable && kernels.message.contains("'kernel'"))
        var otherSuite = run([figure], "b")
        otherSuite.suite = "other"
        #expect(try refused(run([figure], "a"), otherSuite).code == .notComparable)
        let versions = try refused(run([figure], "a"), run([figure], "b", digest: "def"))
        #expect(versions.code == .notComparable && versions.message.contains("two versions of the suite 's'"))
        #expect(try refused(run([figure], "a"), run([figure], "a")).message == "the run a is given twice")
        // A file that does not tell its digest disagrees with none.
        _ = try Baseline(of: [run([figure], "a"), run([figure], "b", digest: "")])
    }
}
