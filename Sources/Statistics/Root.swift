/// Where a function crosses zero.
enum Root {
    /// The zero of a continuous increasing function, to the last few digits: steps of doubling size until the zero lies
    /// between two points, then the method known as Illinois (M. Dowell and P. Jarratt, "A
    /// modified regula falsi method for computing the root of an equation", BIT 11 (1971), 168-174), halving where that
    /// is slow.
    ///
    /// Values that are infinite are taken as what they are: too low or too high.
    ///
    /// - Parameter start: near the zero, finite.
    static func ofIncreasing(near start: Double, _ function: (Double) -> Double) -> Double {
        let first = start.isFinite ? start : 0
        var low = (x: first, y: function(first))
        guard low.y != 0 else { return first }
        var high = low
        var step = 0.1
        while low.y > 0 || high.y < 0 {
            guard step < 1e6 else { return low.y > 0 ? low.x : high.x }
            if high.y < 0 {
                low = high
                high.x += step
                high.y = function(high.x)
            } else {
                high = low
                low.x -= step
                low.y = function(low.x)
            }
            step *= 2
        }
        return between(low, high, function)
    }

    private static func between(
        _ low: (x: Double, y: Double), _ high: (x: Double, y: Double), _ function: (Double) -> Double
    ) -> Double {
        var low = low
        var high = high
        var side = 0
        for round in 0..<200 {
            let middle = low.x + (high.x - low.x) / 2
            guard low.x < middle, middle < high.x else { return middle }
            let chord = low.x - low.y * (high.x - low.x) / (high.y - low.y)
            // Each fourth point halves, so that nothing takes longer than four times halving alone.
            let x = chord > low.x && chord < high.x && round % 4 != 3 ? chord : middle
            let y = function(x)
            if y == 0 { return x }
            if abs(high.x - low.x) <= 2e-16 * abs(x) { return x }
            if y < 0 {
                low = (x, y)
                if side == -1 { high.y /= 2 }
                side = -1
            } else {
                high = (x, y)
                if side == 1 { low.y /= 2 }
                side = 1
            }
        }
        return low.x + (high.x - low.x) / 2
    }
}
