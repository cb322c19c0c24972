import Foundation
import Testing

@testable import Charts

@Suite struct ScaleTests {
    private func labels(_ kind: Scale.Kind, _ lower: Double, _ upper: Double, _ unit: Charts.Unit, most: Int = 6)
        -> [String]
    {
        Scale(kind, from: lower, to: upper, unit: unit).ticks(atMost: most).map(\.label)
    }

    @Test func ticksAreRoundInTheirUnit() {
        let mebibyte = 1_048_576.0
        #expect(labels(.linear, 0, 44e6, .nanoseconds) == ["0", "10 ms", "20 ms", "30 ms", "40 ms"])
        #expect(labels(.linear, 0, 2.1e3, .nanoseconds) == ["0", "500 ns", "1 µs", "1.5 µs", "2 µs"])
        #expect(labels(.linear, 0, 300e9, .nanoseconds) == ["0", "1 min", "2 min", "3 min", "4 min", "5 min"])
        #expect(labels(.linear, 0, 1_536 * mebibyte, .bytes, most: 4) == ["0", "512 MiB", "1 GiB", "1.5 GiB"])
        #expect(labels(.linear, 0, 3, .count) == ["0", "1", "2", "3"])
        #expect(labels(.linear, 0, 20_000, .count) == ["0", "5,000", "10,000", "15,000", "20,000"])
        #expect(labels(.linear, 0, 0.1, .share) == ["0", "2 %", "4 %", "6 %", "8 %", "10 %"])
        #expect(labels(.linear, -5, 5, .ratio, most: 3) == ["-5×", "0", "5×"])
        #expect(labels(.logarithmic, 1e6, 4e9, .nanoseconds) == ["1 ms", "10 ms", "100 ms", "1 s"])
        #expect(labels(.logarithmic, 4e9, 8_000e9, .nanoseconds) == ["10 s", "1 min", "10 min", "1 h"])
        #expect(labels(.logarithmic, 1, 3_000, .count) == ["1", "10", "100", "1,000"])
        #expect(
            labels(.logarithmic, mebibyte, 40_000 * mebibyte, .bytes) == [
                "2 MiB", "16 MiB", "128 MiB", "1 GiB", "8 GiB",
            ])
        #expect(
            labels(.logarithmic, 30 * mebibyte, 41 * mebibyte, .bytes) == [
                "30 MiB", "32 MiB", "34 MiB", "36 MiB", "38 MiB", "40 MiB",
            ])
    }

    /// Whatever the range, there are at least two ticks and no more than asked for, within it and in ascending order, and no
    /// two with one name.
    @Test(arguments: Charts.Unit.allCases, [Scale.Kind.linear, .logarithmic])
    func ticksFitEveryRange(unit: Charts.Unit, kind: Scale.Kind) {
        for exponent in 0..<13 {
            for ratio in [1.5, 2, 3.7, 19, 20.1, 400, 7e4, 3e9] {
                // Smaller than the smallest thing that is counted there is nothing to name.
                let lower = pow(10, Double(exponent)) * (unit == .share || unit == .ratio ? 1e-4 : 3)
                let scale = Scale(kind, from: lower, to: lower * ratio, unit: unit)
                for most in [4, 7] {
                    let ticks = scale.ticks(atMost: most)
                    #expect(ticks.count <= most, "\(scale)")
                    #expect(ticks.count >= 2 || ratio * lower < 10, "\(scale) \(ticks)")
                    #expect(
                        ticks.allSatisfy { $0.value >= scale.lower && $0.value <= scale.upper * (1 + 1e-12) },
                        "\(scale)")
                    #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value }, "\(scale)")
                    #expect(Set(ticks.map(\.label)).count == ticks.count, "\(scale) \(ticks)")
                }
            }
        }
    }

    @Test(arguments: [Scale.Kind.linear, .logarithmic])
    func aPlaceIsTheInverseOfItsValue(kind: Scale.Kind) {
        let scale = Scale(kind, from: 3, to: 7_000, unit: .count)
        var before = -1.0
        for step in 0...20 {
            let place = Double(step) / 20
            #expect(abs(scale.share(of: scale.value(at: place)) - place) < 1e-12)
            #expect(scale.value(at: place) > before)
            before = scale.value(at: place)
        }
        #expect(scale.share(of: 1) == 0)
        #expect(scale.share(of: 1e9) == 1)
        #expect(scale.share(of: .nan) == 0)
    }

    /// The middle of a logarithmic scale is the geometric mean of its ends.
    @Test func equalRatiosAreEqualDistances() {
        let scale = Scale(.logarithmic, from: 10, to: 1_000, unit: .count)
        #expect(abs(scale.share(of: 100) - 0.5) < 1e-12)
        #expect(abs(Scale(.linear, from: 10, to: 1_000, unit: .count).share(of: 505) - 0.5) < 1e-12)
    }

    @Test func aScaleCoversItsValues() throws {
        #expect(Scale(covering: [], kind: .linear, unit: .count) == nil)
        #expect(Scale(covering: [.nan, .infinity], kind: .linear, unit: .count) == nil)
        #expect(Scale(covering: [0, -1], kind: .logarithmic, unit: .count) == nil)
        let linear = try #require(Scale(covering: [5, 20, .nan], kind: .linear, unit: .count))
        #expect(linear.lower == 0)
        #expect(linear.upper > 20)
        let single = try #require(Scale(covering: [50], kind: .logarithmic, unit: .count))
        #expect(abs(single.share(of: 50) - 0.5) < 1e-12)
        let negative = try #require(Scale(covering: [-8, -2], kind: .linear, unit: .count))
        #expect(negative.lower < -8)
        #expect(negative.upper == 0)
        #expect(try #require(Scale(covering: [0], kind: .linear, unit: .count)).upper == 1)
    }

    @Test func valuesFarApartNeedALogarithm() {
        #expect(Scale.kind(for: [1, 20]) == .linear)
        #expect(Scale.kind(for: [1, 20.1]) == .logarithmic)
        #expect(Scale.kind(for: [0, 100]) == .linear)
        #expect(Scale.kind(for: []) == .linear)
    }
}
