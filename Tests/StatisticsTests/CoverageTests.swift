import Testing

@testable import Statistics

/// How often intervals hold the truth, on the shapes that startup times have. The numbers of repetitions and draws are
/// small so that this takes seconds; with 4,000 repetitions of 1,000 draws and 10, 20, 50 and 200 blocks it was 93 to
/// 99 %.
@Suite struct CoverageTests {
    enum Shape: CaseIterable {
        case lognormal, twoEqualModes, twoUnequalModes

        func draw(_ random: inout SplitMix) -> Double {
            switch self {
            case .lognormal: Logarithm.exponential(random.normal())
            case .twoEqualModes: (random.uniform() < 0.5 ? 1 : 2) + 0.05 * random.normal()
            case .twoUnequalModes: (random.uniform() < 0.7 ? 1 : 2) + 0.05 * random.normal()
            }
        }

        var median: Double {
            switch self {
            case .lognormal: 1
            case .twoEqualModes: 1.5
            case .twoUnequalModes: 1 + 0.05 * NormalDistribution.quantile(0.5 / 0.7)
            }
        }

        func sample(_ count: Int, _ random: inout SplitMix) throws -> BlockedValues {
            try #require(singles((0..<count).map { _ in draw(&random) }))
        }
    }

    private static let repetitions = 400
    private static let resamples = 150

    /// scipy.stats.binom.ppf(.001, 400, .93) = 355: where the true coverage is 93 % or more, fewer are a matter of bad
    /// luck.
    private static let fewest = 355

    @Test(arguments: Shape.allCases, [10, 20])
    func medianIntervals(shape: Shape, blocks: Int) throws {
        var random = SplitMix(state: 5)
        var held = 0
        for _ in 0..<Self.repetitions {
            let values = try shape.sample(blocks, &random)
            let interval = try #require(
                Bootstrap.medianInterval(of: values, resamples: Self.resamples, using: &random))
            if (interval.lower...interval.upper).contains(shape.median) { held += 1 }
        }
        #expect(held >= Self.fewest, "\(held)")
    }

    @Test(arguments: Shape.allCases, [10, 20])
    func differencesOfLogMedians(shape: Shape, blocks: Int) throws {
        var random = SplitMix(state: 6)
        var held = 0
        var pairedHeld = 0
        for _ in 0..<Self.repetitions {
            let head = try shape.sample(blocks, &random)
            let base = try shape.sample(blocks, &random)
            let difference = abs(Logarithm.of(head.quantiles.median) - Logarithm.of(base.quantiles.median))
            let variances = try [head, base].map { side in
                let error = try #require(
                    Bootstrap.standardError(
                        of: side, probability: 0.5, logarithmic: true, resamples: Self.resamples, using: &random))
                return error * error
            }
            let sum = variances[0] + variances[1]
            let squares = variances[0] * variances[0] + variances[1] * variances[1]
            let degrees = sum * sum / squares * Double(blocks - 1)
            let t = StudentT.quantile(0.975, degreesOfFreedom: degrees)
            if difference <= t * sum.squareRoot() { held += 1 }
            let paired = try #require(
                Bootstrap.pairedStandardError(
                    of: head, against: base, probability: 0.5, logarithmic: true, resamples: Self.resamples,
                    using: &random))
            let pairedT = StudentT.quantile(0.975, degreesOfFreedom: Double(blocks - 1))
            if difference <= pairedT * paired.error { pairedHeld += 1 }
        }
        #expect(held >= Self.fewest && pairedHeld >= Self.fewest, "\(held) \(pairedHeld)")
    }

    /// python3 -c "from scipy.stats import norm, t; import math
    /// print([norm.cdf(-math.sqrt(n / (n - 1)) * t.ppf(.975, n - 1)) for n in (5, 10, 20, 256)])"
    @Test(arguments: [
        (5, 0.0009541005518824723), (10, 0.008550639023037153), (20, 0.01588082992034985),
        (256, 0.02423820196292536),
    ])
    func tails(units: Int, expected: Double) {
        #expect(near(Bootstrap.tail(units: units), expected))
    }
}
