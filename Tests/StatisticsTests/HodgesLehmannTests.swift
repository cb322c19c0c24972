import Testing

@testable import Statistics

@Suite struct HodgesLehmannTests {
    static let base = [10.1, 12.5, 9.8, 11.4, 30.2, 10.9, 12.0]
    static let head = [11.9, 13.1, 12.2, 10.7, 14.8]

    /// python3 -c "import numpy as np; b=[10.1,12.5,9.8,11.4,30.2,10.9,12.0]; h=[11.9,13.1,12.2,10.7,14.8]
    /// print(np.median(np.subtract.outer(h,b)))"
    @Test func agreesWithNumPy() {
        #expect(near(HodgesLehmann.shift(from: Self.base, to: Self.head), 0.8999999999999986, within: 1e-14))
    }

    /// Listing all pairs and sorting them gives the very same number.
    @Test func itIsTheMedianOfAllPairs() {
        var random = SplitMix(state: 1)
        for round in 0..<60 {
            // Every third round has ties.
            let draw = { (random: inout SplitMix) in
                round % 3 == 0 ? Double(random.next() % 5) - 2 : 10 * random.normal()
            }
            let base = (0..<(1 + round % 9)).map { _ in draw(&random) }
            let head = (0..<(1 + round % 7)).map { _ in draw(&random) }
            let differences = head.flatMap { one in base.map { one - $0 } }
            let shift = HodgesLehmann.shift(from: base, to: head)
            #expect(near(shift, Quantiles(differences)?.median ?? .nan, within: 1e-15))
        }
    }

    @Test func manyNumbers() {
        let base = (0..<2_000).map { Double($0 * 7 % 2_000) }
        #expect(HodgesLehmann.shift(from: base, to: base.map { $0 + 0.25 }) == 0.25)
    }

    @Test func whatCannotBe() {
        #expect(HodgesLehmann.shift(from: [], to: [1]) == nil)
        #expect(HodgesLehmann.shift(from: [1], to: []) == nil)
        #expect(HodgesLehmann.shift(from: [1, .nan], to: [1]) == nil)
        #expect(HodgesLehmann.shift(from: [1], to: [.infinity]) == nil)
        #expect(HodgesLehmann.shift(from: [-1e308], to: [1e308]) == nil)
        #expect(HodgesLehmann.shift(from: [4, 4], to: [4])?.sign == .plus)
    }
}
