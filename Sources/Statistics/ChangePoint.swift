/// Where a series changes.
package struct ChangePoint: Sendable, Equatable {
    /// The first number of the new segment, from 0.
    package var index: Int
    /// How likely so large a change, or a larger one, is if each segment found before it is of one kind.
    package var pValue: Double

    package init(index: Int, pValue: Double) {
        self.index = index
        self.pValue = pValue
    }
}
