import Testing

@testable import Statistics

/// Expected values come from NumPy and SciPy by another way than sums over groups: the mean squares as quadratic forms
/// with projections, what is expected of them as traces, and the linear equations solved (Tests' own program): def
/// comps(runs):  # R and B: indicator matrices of run and block; P(X) = X @ pinv(X); V = [I, B B', R R'] A = [I-P(B),
/// P(B)-P(R), P(R)-P(ones)]; df = [trace(a) for a in A]; ms = [y@a@y/d for a, d in zip(A, df)] C[i][j] = trace(A[i] @
/// V[j]) / df[i], of the levels with df > 0; w = inv(C)[q] * ms; est = w.sum() d = est**2 / (w**2 / df).sum(); cap =
/// df[q] * ms[q] / chi2.ppf(.2, df[q]) / C[q][q] return (est, d, min(d * est / chi2.ppf(.2, d), cap)) if est > 0 else
/// (0, df[q], cap)
@Suite struct VarianceComponentsTests {
    private func agrees(
        _ component: VarianceComponents.Component?, _ variance: Double, _ degrees: Double, _ upper: Double
    ) -> Bool {
        guard let component else { return false }
        return near(component.variance, variance) && near(component.degreesOfFreedom, degrees)
            && near(component.upper80, upper)
    }

    @Test func unbalanced() throws {
        let found = try #require(
            VarianceComponents([
                [[10.1, 10.4, 9.8], [11.2, 11.9]], [[14.3, 13.8, 14.9, 14.1], [12.2, 12.9], [13.5]],
                [[9.1, 9.9], [10.8, 10.2, 10.9], [8.7, 9.3]], [[12.0, 12.4], [11.1]],
            ]))
        #expect(agrees(found.withinBlocks, 0.1820138888889021, 12, 0.2797585494761026))
        #expect(agrees(found.betweenBlocks, 0.7939889705882652, 4.829733575683202, 1.7251787372850105))
        #expect(agrees(found.betweenRuns, 3.1056031361408136, 2.3543786234936803, 10.42963837595054))
    }

    @Test func oneNumberABlock() throws {
        let found = try #require(
            VarianceComponents([
                [[5.1], [6.3], [4.8], [5.9]], [[7.2], [8.8], [7.9]], [[6.1], [5.2], [6.6], [7.0], [5.5]],
            ]))
        #expect(found.withinBlocks == nil)
        #expect(agrees(found.betweenBlocks, 0.5513518518518482, 9, 0.922326689224525))
        #expect(agrees(found.betweenRuns, 1.2538463356973872, 1.612970831312202, 6.2498647756699635))
    }

    @Test func oneBlockARun() throws {
        let found = try #require(VarianceComponents([[[1.0, 1.2, 0.9]], [[2.0, 2.3]], [[1.5, 1.1, 1.6, 1.3]]]))
        #expect(agrees(found.withinBlocks, 0.039861111111111375, 6, 0.07790220837114044))
        #expect(found.betweenBlocks == nil)
        #expect(agrees(found.betweenRuns, 0.24942307692307666, 1.7941719852685336, 1.179604574256822))
        let single = try #require(VarianceComponents([[[3.0]], [[4.5]], [[2.5]], [[3.9]]]))
        #expect(single.withinBlocks == nil && single.betweenBlocks == nil)
        #expect(agrees(single.betweenRuns, 0.8024999999999997, 3, 2.3951076815936516))
    }

    @Test func whereNothingIsBetween() throws {
        let found = try #require(
            VarianceComponents([[[1, 5], [2, 7]], [[4, 3], [6, 2.5]], [[5.5, 1.5], [3.5, 4.5]]]))
        #expect(agrees(found.withinBlocks, 5.9375, 6, 11.603900375840535))
        #expect(agrees(found.betweenBlocks, 0, 3, 1.5233680737031086))
        #expect(agrees(found.betweenRuns, 0, 2, 0.023340729779791358))
    }

    @Test func oneRun() throws {
        let found = try #require(VarianceComponents([[[1.0, 1.5], [2.5, 2.75, 3.25]]]))
        #expect(agrees(found.withinBlocks, 0.13888888888888662, 3, 0.4145219248171701))
        #expect(agrees(found.betweenBlocks, 1.195601851851857, 0.9091494382402218, 19.52912695108886))
        #expect(found.betweenRuns == nil)
    }

    @Test func emptyConstantAndNotFinite() throws {
        #expect(VarianceComponents([]) == nil)
        #expect(VarianceComponents([[[]], []]) == nil)
        #expect(VarianceComponents([[[1, .nan]]]) == nil)
        #expect(VarianceComponents([[[1e308, -1e308]]]) == nil)
        let alone = try #require(VarianceComponents([[[7]], [[]]]))
        #expect(alone.withinBlocks == nil && alone.betweenBlocks == nil && alone.betweenRuns == nil)
        let constant = try #require(
            VarianceComponents([[[0.1, 0.1], [0.1, 0.1]], [[0.1, 0.1], [0.1, 0.1, 0.1]]]))
        #expect(agrees(constant.withinBlocks, 0, 5, 0))
        #expect(agrees(constant.betweenBlocks, 0, 2, 0))
        #expect(agrees(constant.betweenRuns, 0, 1, 0))
    }

    /// The true variance between runs lies above the limit in no more than about 20 % of cases, whether it is large,
    /// small or nothing.
    @Test(arguments: [0, 0.1, 0.5, 3] as [Double])
    func upperLimitsHold(deviation: Double) throws {
        var random = SplitMix(state: 77)
        var above = 0
        for _ in 0..<300 {
            let runs = (0..<8).map { _ in
                let run = deviation * random.normal()
                return (0..<5).map { _ in [run + random.normal()] }
            }
            let component = try #require(VarianceComponents(runs)?.betweenRuns)
            if deviation * deviation > component.upper80 { above += 1 }
        }
        // 60 are expected where the limit is exact; scipy.stats.binom.ppf(.999, 300, .2) = 82.
        #expect(above <= 82, "\(above)")
    }
}
