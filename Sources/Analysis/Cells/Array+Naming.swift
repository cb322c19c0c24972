import BenchmarkModel

extension Array where Element: AnalysedCell {
    /// The sound cells of a workload in the order in which a sentence names them: containers, guests, then floors, the kernel's
    /// own first. Where only parts of the isolation are switched on is told elsewhere.
    package func inOrderOfNaming(_ workload: String) -> [Element] {
        let mine = filter { $0.isSound && $0.cell.workload == workload && $0.traits?.parts == nil }
        func rank(_ cell: Element) -> Int {
            guard let traits = cell.traits else { return 4 }
            switch traits.role {
            case .container: return 0
            case .guest: return 1
            case .floor: return traits.isolation == .whole ? 2 : 3
            }
        }
        return (0...4).flatMap { wanted in mine.filter { rank($0) == wanted } }
    }
}
