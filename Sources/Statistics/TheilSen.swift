/// A straight line through measured points.
package struct Line: Sendable, Equatable {
    /// Units of y for each unit of x.
    package var slope: Double
    /// The value at x = 0, in units of y.
    package var intercept: Double
    /// The 95 % interval of the slope; nil where there are fewer than two groups.
    package var slopeInterval: Interval?
    /// The 95 % interval of the intercept; nil where there are fewer than two groups.
    package var interceptInterval: Interval?
    /// The largest distance of a point from the line, as a share of the line's value there.
    package var worstResidual: Double

    package init(
        slope: Double, intercept: Double, slopeInterval: Interval? = nil, interceptInterval: Interval? = nil,
        worstResidual: Double = 0
    ) {
        self.slope = slope
        self.intercept = intercept
        self.slopeInterval = slopeInterval
        self.interceptInterval = interceptInterval
        self.worstResidual = worstResidual
    }
}

/// Theil-Sen: the median of the slopes between all pairs of points, which outliers cannot pull away (H. Theil, "A
/// rank-invariant method of linear and polynomial regression analysis", 1950; P. K. Sen, "Estimates of the regression
/// coefficient based on Kendall's tau", Journal of the American Statistical Association 63 (1968), 1379-1389). The
/// intercept is the median of `y - slope x`.
package enum TheilSen {
    /// A measured point.
    package struct Point: Sendable, Equatable {
        /// Where.
        package var x: Double
        /// What was measured there.
        package var y: Double

        package init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// So many groups are resampled in every possible way instead of by chance.
    static let mostEnumerated = 5

    /// The line through points that were measured in groups (ladders). Slopes are taken within a group only: each group
    /// has a baseline of its own.
    ///
    /// The intervals are from resampled groups: all k^k ways of drawing k groups with replacement up to k = 5, 10,000 random
    /// ones above. Their half-width is Student's t, with k - 1 degrees of freedom, times the standard deviation of the
    /// draws times `sqrt(k / (k - 1))`, for a draw of k from k varies less than k new ones would (B. Efron and R. J.
    /// Tibshirani, "An Introduction to the Bootstrap", 1993, sections 5.3 and 12.2). Percentiles of the draws would not do:
    /// with three groups they can only reach from the least to the most of the three, which holds the truth in 75 % of cases.
    ///
    /// - Returns: nil where no group has two points of different x, or a number is not finite.
    package static func line(
        through groups: [[Point]], resamples: Int = Bootstrap.defaultResamples,
        using random: inout some RandomNumberGenerator
    ) -> Line? {
        guard let parts = parts(of: groups), let whole = fit(parts) else { return nil }
        var line = Line(slope: whole.slope, intercept: whole.intercept)
        for point in parts.map(\.points).joined() {
            let expected = whole.intercept + whole.slope * point.x
            let distance = abs(point.y - expected)
            line.worstResidual = max(line.worstResidual, expected != 0 ? distance / abs(expected) : distance)
        }
        guard parts.count > 1 else { return line }
        var drawnSlopes: [Double] = []
        var drawnIntercepts: [Double] = []
        for draw in draws(of: parts.count, resamples: resamples, using: &random) {
            guard let fit = fit(draw.map { parts[$0] }) else { continue }
            drawnSlopes.append(fit.slope)
            drawnIntercepts.append(fit.intercept)
        }
        line.slopeInterval = interval(around: line.slope, drawnSlopes, groups: parts.count)
        line.interceptInterval = interval(around: line.intercept, drawnIntercepts, groups: parts.count)
        return line
    }

    /// The slope alone, as ``line(through:resamples:using:)`` has it, without the work for its interval.
    ///
    /// - Returns: nil where there is no line.
    package static func slope(through groups: [[Point]]) -> Double? {
        parts(of: groups).flatMap { fit($0) }?.slope
    }

    /// The groups that have a slope; nil where a number is not finite.
    private static func parts(of groups: [[Point]]) -> [Part]? {
        guard groups.allSatisfy({ $0.allSatisfy { $0.x.isFinite && $0.y.isFinite } }) else { return nil }
        return groups.map { Part(slopes: slopes(of: $0), points: $0) }.filter { !$0.slopes.isEmpty }
    }

    private struct Part {
        var slopes: [Double]
        var points: [Point]
    }

    private static func slopes(of points: [Point]) -> [Double] {
        var slopes: [Double] = []
        for (index, first) in points.enumerated() {
            for second in points[(index + 1)...] where second.x != first.x {
                slopes.append((second.y - first.y) / (second.x - first.x))
            }
        }
        return slopes
    }

    private static func fit(_ parts: [Part]) -> (slope: Double, intercept: Double)? {
        guard let slope = Quantiles(parts.flatMap(\.slopes))?.median else { return nil }
        let offsets = parts.flatMap { $0.points.map { $0.y - slope * $0.x } }
        guard let intercept = Quantiles(offsets)?.median else { return nil }
        return (slope, intercept)
    }

    private static func draws(
        of count: Int, resamples: Int, using random: inout some RandomNumberGenerator
    ) -> [[Int]] {
        guard count <= mostEnumerated else {
            return (0..<resamples).map { _ in
                (0..<count).map { _ in Int(((random.next() >> 32) &* UInt64(count)) >> 32) }
            }
        }
        var all: [[Int]] = [[]]
        for _ in 0..<count { all = all.flatMap { draw in (0..<count).map { draw + [$0] } } }
        return all
    }

    private static func interval(around center: Double, _ drawn: [Double], groups: Int) -> Interval? {
        guard !drawn.isEmpty, groups > 1 else { return nil }
        let count = Double(drawn.count)
        let mean = drawn.reduce(0, +) / count
        let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let error = (variance * Double(groups) / Double(groups - 1)).squareRoot()
        let half = StudentT.quantile(0.975, degreesOfFreedom: Double(groups - 1)) * error
        return Interval(lower: center - half, upper: center + half, blocks: groups)
    }
}
