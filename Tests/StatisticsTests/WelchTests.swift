import Testing

@testable import Statistics

@Suite struct WelchTests {
    /// python3 -c "import numpy as np; from scipy import stats; b=[10.1,12.5,9.8,11.4,30.2,10.9,12.0]
    /// h=[11.9,13.1,12.2,10.7,14.8]; r=stats.ttest_ind(h,b,equal_var=False); d=np.mean(h)-np.mean(b)
    /// print(d, d/r.statistic, r.df, r.statistic, r.pvalue)"
    @Test func agreesWithSciPy() throws {
        let found = try #require(Welch(base: HodgesLehmannTests.base, head: HodgesLehmannTests.head))
        #expect(near(found.difference, -1.3028571428571425))
        #expect(near(found.standardError, 2.83403776757248))
        #expect(near(found.degreesOfFreedom, 6.724581889295121))
        #expect(near(found.t, -0.45971763600494153))
        #expect(near(found.pValue, 0.6602109499083455))
    }

    @Test func sidesThatDoNotVary() throws {
        let same = try #require(Welch(base: [0.1, 0.1, 0.1], head: [0.1, 0.1]))
        #expect(same.standardError == 0 && same.difference == 0 && same.t == 0 && same.pValue == 1)
        #expect(same.degreesOfFreedom == 3)
        let less = try #require(Welch(base: [0.3, 0.3, 0.3], head: [0.1, 0.1]))
        #expect(less.standardError == 0 && less.t == -Double.infinity && less.pValue == 0)
        // One side alone: its error and degrees of freedom are all there is.
        let one = try #require(Welch(base: [5, 5, 5], head: [6, 7, 8]))
        #expect(near(one.degreesOfFreedom, 2) && near(one.standardError, (1.0 / 3).squareRoot()))
    }

    @Test func whatCannotBe() {
        #expect(Welch(base: [1], head: [1, 2]) == nil)
        #expect(Welch(base: [1, 2], head: []) == nil)
        #expect(Welch(base: [1, .nan], head: [1, 2]) == nil)
        #expect(Welch(base: [1, 2], head: [1, .infinity]) == nil)
        #expect(Welch(base: [-1e308, 1e308], head: [1, 2]) == nil)
    }
}
