import BenchmarkModel
import Foundation
import Statistics

/// How often nominal 95 % intervals hold the truth, in simulation on the shapes that startup times have: skewed, and with two
/// modes. The medians' own interval, and that of the logarithm of the ratio of two medians, of separate and of alternating samples.
enum CoverageTrials {
    private static let resamples = 1_000

    private enum Shape: String, CaseIterable {
        case lognormal = "lognormal, sigma 1"
        case equalModes = "two modes, 50:50"
        case unequalModes = "two modes, 70:30"

        func draw(_ random: inout SplitMix64) -> Double {
            switch self {
            case .lognormal: Logarithm.exponential(normal(&random))
            case .equalModes: (uniform(&random) < 0.5 ? 1 : 2) + 0.05 * normal(&random)
            case .unequalModes: (uniform(&random) < 0.7 ? 1 : 2) + 0.05 * normal(&random)
            }
        }

        var median: Double {
            switch self {
            case .lognormal: 1
            case .equalModes: 1.5
            case .unequalModes: 1 + 0.05 * NormalDistribution.quantile(0.5 / 0.7)
            }
        }

        func sample(_ count: Int, _ random: inout SplitMix64) -> BlockedValues? {
            BlockedValues((0..<count).map { (block: $0, value: draw(&random)) })
        }
    }

    static func report(repetitions: Int) {
        print("| n | shape | median | log ratio, two samples | log ratio, alternating |\n|---:|---|---:|---:|---:|")
        for blocks in [10, 20, 50, 200] {
            for shape in Shape.allCases {
                var random = SplitMix64(seed: UInt64(blocks))
                var held = [0, 0, 0]
                for _ in 0..<repetitions {
                    guard let head = shape.sample(blocks, &random), let base = shape.sample(blocks, &random) else {
                        continue
                    }
                    if let interval = Bootstrap.medianInterval(of: head, resamples: resamples, using: &random),
                        interval.lower <= shape.median, shape.median <= interval.upper
                    {
                        held[0] += 1
                    }
                    let difference = abs(Logarithm.of(head.quantiles.median / base.quantiles.median))
                    if difference <= half(head, base, blocks, &random) { held[1] += 1 }
                    if difference <= pairedHalf(head, base, blocks, &random) { held[2] += 1 }
                }
                let shares = held.map { String(format: "%.1f %%", Double($0) / Double(repetitions) * 100) }
                print("| \(blocks) | \(shape.rawValue) | \(shares.joined(separator: " | ")) |")
            }
        }
    }

    /// Half the interval of two samples that are independent.
    private static func half(
        _ head: BlockedValues, _ base: BlockedValues, _ blocks: Int, _ random: inout SplitMix64
    ) -> Double {
        let variances = [head, base].map { side -> Double in
            let error = Bootstrap.standardError(
                of: side, probability: 0.5, logarithmic: true, resamples: resamples, using: &random)
            return (error ?? 0) * (error ?? 0)
        }
        let sum = variances[0] + variances[1]
        let squares = variances[0] * variances[0] + variances[1] * variances[1]
        return StudentT.quantile(0.975, degreesOfFreedom: sum * sum / squares * Double(blocks - 1)) * sum.squareRoot()
    }

    /// Half the interval of two samples that alternate within each block.
    private static func pairedHalf(
        _ head: BlockedValues, _ base: BlockedValues, _ blocks: Int, _ random: inout SplitMix64
    ) -> Double {
        let paired = Bootstrap.pairedStandardError(
            of: head, against: base, probability: 0.5, logarithmic: true, resamples: resamples, using: &random)
        return StudentT.quantile(0.975, degreesOfFreedom: Double(blocks - 1)) * (paired?.error ?? 0)
    }
}

/// Above 0 and below 1.
private func uniform(_ random: inout SplitMix64) -> Double {
    (Double(random.next() >> 11) + 0.5) / 9_007_199_254_740_992
}

private func normal(_ random: inout SplitMix64) -> Double { NormalDistribution.quantile(uniform(&random)) }
