/// Many tests at once: the p-values that keep the chance of a single false alarm among all of them (S. Holm, "A Simple
/// Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6 (1979), 65-70).
package enum Holm {
    /// The adjusted p-values in the order of those given; each is at least its own and at most 1.
    package static func adjusted(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
        var adjusted = pValues
        var largest = 0.0
        for (position, index) in order.enumerated() {
            largest = max(largest, min(1, pValues[index] * Double(pValues.count - position)))
            adjusted[index] = largest
        }
        return adjusted
    }
}
