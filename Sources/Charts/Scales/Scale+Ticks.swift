import Foundation

extension Scale {
    /// A round value with its name.
    package struct Tick: Sendable, Equatable {
        package var value: Double
        package var label: String
    }

    /// Values that are round in the unit, in ascending order, and as many as fit.
    ///
    /// - Parameter most: so many at the most, and not fewer than two.
    package func ticks(atMost most: Int) -> [Tick] {
        let most = max(most, 2)
        let values = kind == .logarithmic ? logarithmicTicks(most) : linearTicks(most)
        return values.map { Tick(value: $0, label: unit.label($0)) }
    }

    private func linearTicks(_ most: Int) -> [Double] {
        for step in Self.steps(unit, from: (upper - lower) / Double(most + 1)) {
            let first = (lower / step).rounded(.up)
            let last = (upper / step).rounded(.down)
            guard last - first < Double(most) else { continue }
            // Multiplied, not summed: the tenth of ten steps of 0.1 is 1.
            return first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
        }
        return []
    }

    /// Round distances between ticks, from a size upwards.
    private static func steps(_ unit: Unit, from size: Double) -> [Double] {
        switch unit {
        case .bytes:
            let exponent = max(log2(size).rounded(.down), 0)
            return (0...3).map { pow(2, exponent + Double($0)) }
        case .count:
            return decimals(from: max(size, 1), multiples: [1, 2, 5], decades: 2)
        case .share, .ratio, .number:
            return decimals(from: size, multiples: [1, 2, 5], decades: 2)
        case .nanoseconds:
            let clock =
                [10e9, 20e9, 30e9] + [1, 2, 5, 10, 20, 30].map { $0 * Unit.minute }
                + [1, 2, 3, 6, 12, 24].map { $0 * Unit.hour }
            let decimal = decimals(from: size, multiples: [1, 2, 5], decades: 2).filter { $0 < 10e9 }
            let days = decimals(from: max(size / (24 * Unit.hour), 1), multiples: [1, 2, 5], decades: 2)
            return decimal + clock + days.map { $0 * 24 * Unit.hour }
        }
    }

    private func logarithmicTicks(_ most: Int) -> [Double] {
        let ladders = Self.ladders(unit, from: lower, to: upper).map { $0.filter { (lower...upper).contains($0) } }
            .filter { $0.count >= 3 }
        // Between neighbouring powers a logarithmic scale is nearly linear, and so are its round values.
        guard let sparsest = ladders.last else { return linearTicks(most).filter { $0 > 0 } }
        let best = ladders.first { $0.count <= most } ?? sparsest
        let stride = (best.count + most - 1) / most
        return best.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    }

    /// Round values that cover a range, the closest first.
    private static func ladders(_ unit: Unit, from lower: Double, to upper: Double) -> [[Double]] {
        let decades = Int(min(log10(upper / lower), 300).rounded(.up)) + 1
        let fine = decimals(from: lower, multiples: [1, 2, 5], decades: decades)
        let coarse = decimals(from: lower, multiples: [1], decades: decades)
        switch unit {
        case .bytes:
            let first = log2(lower).rounded(.down)
            let last = log2(upper).rounded(.up)
            return [stride(from: first, through: last, by: 1).map { pow(2, $0) }]
                + [2.0, 3, 4, 5, 10].map { step in
                    stride(from: (first / step).rounded(.down) * step, through: last, by: step).map { pow(2, $0) }
                }
        case .nanoseconds:
            let minutes = [1, 2, 5, 10, 20, 30].map { $0 * Unit.minute }
            let hours = decimals(from: 1, multiples: [1, 2, 5], decades: 6).map { $0 * Unit.hour }
            return [
                fine.filter { $0 <= 20e9 } + minutes + hours,
                coarse.filter { $0 <= 10e9 } + [1, 10].map { $0 * Unit.minute }
                    + decimals(from: 1, multiples: [1], decades: 6).map { $0 * Unit.hour },
            ]
        case .count, .share, .ratio, .number:
            return [fine, coarse]
        }
    }

    /// Multiples of the powers of ten, from the power at or below a size.
    private static func decimals(from size: Double, multiples: [Double], decades: Int) -> [Double] {
        guard size > 0, size.isFinite else { return [] }
        let first = Int(log10(size).rounded(.down))
        return (first...(first + decades)).flatMap { power in
            // A negative power of ten cannot be written in binary; dividing by the positive one is exact to the last digit.
            multiples.map { power < 0 ? $0 / pow(10, Double(-power)) : $0 * pow(10, Double(power)) }
        }
    }
}
