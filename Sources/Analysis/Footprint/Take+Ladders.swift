import BenchmarkModel
import Statistics

extension Take {
    /// The limits ledger of ladders: a line for each resource that was read in any of them, in the order of ``LimitedResource``.
    ///
    /// Of each ladder the slope (Theil-Sen) over its rungs with instances, for counts come in no steps; of bytes of disk, which do,
    /// over the fitted rungs where there are enough. Other processes come and go meanwhile: a slope counts where most of the ladders
    /// climb by more than that (``climbs(_:by:)``), and is 0 for all else.
    static func all(of ladders: [Ladder]) -> [Take] {
        LimitedResource.allCases.compactMap { resource in
            let lines = ladders.compactMap { line(of: resource, in: $0) }
            guard !lines.isEmpty else { return nil }
            let slopes = lines.map(\.slope)
            let climbing = lines.count { $0.isClimbing }
            let isTaken = 2 * climbing > lines.count
            let bases = ladders.compactMap { $0.rungs.first?.limits?[resource] }.map { Double($0) }
            // What a platform takes once, with its first instance, is in use before each further one.
            let starts = isTaken ? zip(bases, lines.map(\.intercept)).map { max($0, $1) } : bases
            return Take(
                resource, each: isTaken ? Quantiles(slopes)?.median ?? 0 : 0,
                lower: isTaken ? max(0, slopes.min() ?? 0) : 0, upper: isTaken ? slopes.max() ?? 0 : 0,
                inUse: starts.max() ?? 0,
                limit: ladders.compactMap { $0.limits[resource] }.min { $0.value < $1.value },
                isDiscerned: isTaken || lines.allSatisfy(\.isLevel))
        }
    }

    private struct Climb {
        var slope: Double
        /// In use at no instance, by the line.
        var intercept: Double
        var isClimbing: Bool
        /// Whether nothing came or went, so that a slope of 0 is that of the instances.
        var isLevel: Bool
    }

    /// A slope below this is none: one of a resource for 128 instances.
    private static let leastSlope = 1.0 / 128
    /// A ladder climbs where the line rises by more than so many times the farthest that a rung is off it.
    private static let scatterMultiple = 2.0

    private static func line(of resource: LimitedResource, in ladder: Ladder) -> Climb? {
        let fitted = ladder.fittedRungs
        let comesInSteps = resource == .diskBytes && fitted.count >= Ladder.fewestFittedRungs
        let rungs = comesInSteps ? fitted : ladder.rungs.filter { $0.instances > 0 }
        let points = rungs.compactMap { rung in
            rung.limits?[resource].map { TheilSen.Point(Double(rung.instances), Double($0)) }
        }
        guard ladder.rungs.first?.limits?[resource] != nil, let drawn = TheilSen.slope(through: [points])
        else { return nil }
        let slope = resource == .diskBytes ? drawn : whole(drawn, over: points)
        guard let intercept = Quantiles(points.map { $0.y - slope * $0.x })?.median
        else { return nil }
        return Climb(
            slope: slope, intercept: intercept, isClimbing: climbs(points, by: slope), isLevel: isLevel(points))
    }

    /// Whether the highest and the lowest rung are no farther apart than what is no slope.
    private static func isLevel(_ points: [TheilSen.Point]) -> Bool {
        let (counts, used) = (points.map(\.x), points.map(\.y))
        guard let first = counts.min(), let last = counts.max(), let least = used.min(), let most = used.max() else {
            return false
        }
        return most - least < leastSlope * (last - first)
    }

    /// So many of a resource that others took or gave back may be in a whole ladder.
    private static let othersInALadder = 2.0

    /// Instances take whole numbers: a slope that is so near to one that the few which others come and go by explain the rest is
    /// that number. (One thread of tare's own that ends while 16 instances are started makes 0.93 of 1.)
    private static func whole(_ slope: Double, over points: [TheilSen.Point]) -> Double {
        guard let first = points.map(\.x).min(), let last = points.map(\.x).max(), slope.rounded() >= 1 else {
            return slope
        }
        return abs(slope - slope.rounded()) * (last - first) <= othersInALadder ? slope.rounded() : slope
    }

    /// Whether a slope is that of the instances, and not what others' coming and going looks like, which scatters about any line.
    static func climbs(_ points: [TheilSen.Point], by slope: Double) -> Bool {
        guard slope >= leastSlope, let first = points.map(\.x).min(), let last = points.map(\.x).max(),
            let middle = Quantiles(points.map { $0.y - slope * $0.x })?.median
        else { return false }
        let farthest = points.map { abs($0.y - middle - slope * $0.x) }.max() ?? 0
        return slope * (last - first) > scatterMultiple * farthest
    }
}
