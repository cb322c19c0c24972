import BenchmarkModel

/// When a ladder is high enough.
enum LadderEnding {
    /// 1, 2, 4, ... and the cap.
    static func rungs(to cap: Int) -> [Int] {
        var counts: [Int] = []
        var count = 1
        while count < cap {
            counts.append(count)
            count *= 2
        }
        return counts + [cap]
    }

    /// Whether a ladder is high enough, and why.
    ///
    /// That its cost exceeds 50 times the idle noise is enough for large instances. For small ones it is not: slab and
    /// per-CPU memory grow in steps, which a low ladder cannot tell from a slope, with hardly any noise.
    static func of(_ ladder: Ladder, cap: Int) -> Ladder.Ending? {
        guard let top = ladder.rungs.last, let cost = ladder.cost(of: top) else { return nil }
        let isLoud = cost > Ladder.noiseMultiple * max(ladder.ledgerNoise, 4_096)
        if isLoud, isStraight(ladder.fittedRungs) { return .slope }
        let isLarge = cost >= Ladder.largeInstanceBytes * Int64(top.instances)
        if isLoud, isLarge, ladder.fittedRungs.count >= Ladder.fewestFittedRungs { return .noise }
        return top.instances >= cap ? .cap : nil
    }

    /// Whether a rung of so many instances leaves a quarter of the memory that was available at the start: a ladder has no
    /// budget of its own, and the host is never driven out of memory.
    static func hasRoom(above ladder: Ladder, for instances: Int) -> Bool {
        guard let top = ladder.rungs.last, top.instances > 0, let cost = ladder.cost(of: top),
            let available = top.reading[.available], let start = ladder.rungs.first?.reading[.available]
        else { return true }
        let each = max(0, cost) / Int64(top.instances)
        return available - each * Int64(instances - top.instances) >= start / 4
    }

    /// Whether the slopes between the last three fitted rungs are within 5 % of their median: the widest interval there could be.
    private static func isStraight(_ rungs: [Rung]) -> Bool {
        let points = rungs.suffix(Ladder.fewestFittedRungs).compactMap { rung in
            rung.reading.ledger.map { (Double(rung.instances), Double($0)) }
        }
        guard points.count == Ladder.fewestFittedRungs else { return false }
        let slopes = [(0, 1), (0, 2), (1, 2)].map { first, second in
            (points[second].1 - points[first].1) / (points[second].0 - points[first].0)
        }.sorted()
        let tolerance = Ladder.slopeTolerance * slopes[1]
        return slopes[1] > 0 && slopes[2] - slopes[1] <= tolerance && slopes[1] - slopes[0] <= tolerance
    }
}
