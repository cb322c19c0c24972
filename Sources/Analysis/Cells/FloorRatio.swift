import BenchmarkModel
package import Statistics

/// The ratio of a cell's median to that of a floor.
package struct FloorRatio: Sendable, Equatable {
    /// The floor's platform.
    package var platform: String
    /// How many times as long, or as dear; nil where one of the two cells has no sound figure.
    package var ratio: Ratio?
    /// Whether this cell is the floor.
    package var isItself: Bool
}

extension Array where Element: AnalysedCell {
    /// Of the cells at some places those that ratios are taken against: the kernel's own for any container first, then the one
    /// without isolation.
    func floors(among members: [Int]) -> [Int] {
        let inOrder: [PlatformTraits.Isolation] = [.whole, .none]
        return inOrder.compactMap { isolation in
            members.first {
                self[$0].cell.impossible == nil && self[$0].traits?.isFloor == true
                    && self[$0].traits?.isolation == isolation
            }
        }
    }
}
