import Foundation

/// From values to places along an axis, and back.
package struct Scale: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Equal distances are equal differences.
        case linear
        /// Equal distances are equal ratios.
        case logarithmic
    }

    package let kind: Kind
    package let lower: Double
    package let upper: Double
    package let unit: Unit

    /// Where things differ more than so many times, a linear scale would press all but the largest into one point.
    package static let ratioForLogarithm = 20.0

    /// Whether positive values are so far apart that they need a logarithmic scale.
    package static func kind(for values: [Double]) -> Kind {
        guard let least = values.min(), let most = values.max(), least > 0 else { return .linear }
        return most / least > ratioForLogarithm ? .logarithmic : .linear
    }

    /// - Parameters:
    ///   - lower: above 0 on a logarithmic scale, or the scale is linear.
    ///   - upper: above `lower`, or it is taken to lie as much above it as makes a scale.
    package init(_ kind: Kind, from lower: Double, to upper: Double, unit: Unit) {
        self.kind = lower > 0 ? kind : .linear
        self.lower = lower
        self.upper = upper > lower ? upper : lower + max(abs(lower), 1)
        self.unit = unit
    }

    /// A scale on which all of some values lie, with a margin where one is needed to see them whole.
    ///
    /// A linear scale begins at zero, unless there are negative values. A logarithmic one leaves out what is not positive.
    ///
    /// - Returns: nil where there is nothing to show.
    package init?(covering values: [Double], kind: Kind, unit: Unit, margin: Double = 0.03) {
        let finite = values.filter(\.isFinite)
        let shown = kind == .logarithmic ? finite.filter { $0 > 0 } : finite
        guard let least = shown.min(), let most = shown.max() else { return nil }
        switch kind {
        case .logarithmic:
            // A single value stands in the middle.
            let factor = max(pow(most / least, margin), most == least ? 2 : 1)
            self.init(kind, from: least / factor, to: most * factor, unit: unit)
        case .linear:
            let room = (max(most, 0) - min(least, 0)) * margin
            self.init(
                kind, from: least < 0 ? least - room : 0, to: most > 0 ? most + room : least < 0 ? 0 : 1, unit: unit)
        }
    }

    /// How far along the axis a value lies, from 0 to 1; what lies beyond an end is shown at that end.
    package func share(of value: Double) -> Double {
        let share: Double
        switch kind {
        case .linear: share = (value - lower) / (upper - lower)
        case .logarithmic: share = log(max(value, lower) / lower) / log(upper / lower)
        }
        return share.isFinite ? min(max(share, 0), 1) : 0
    }

    /// The value at a place from 0 to 1.
    package func value(at share: Double) -> Double {
        switch kind {
        case .linear: lower + share * (upper - lower)
        case .logarithmic: lower * pow(upper / lower, share)
        }
    }
}
