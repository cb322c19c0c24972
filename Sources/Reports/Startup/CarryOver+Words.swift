import Analysis

extension CarryOver {
    /// What was found, in words that follow "the medians are".
    ///
    /// - Parameter label: a cell's key in words.
    func words(_ label: (String) -> String) -> String {
        func told(_ one: Predecessor) -> String {
            let name = grouping == .cell ? label(one.name) : "any start on \(one.name)"
            return "\(Format.duration(one.median)) after \(name) (n = \(one.count))"
        }
        let apart = Format.enumeration(predecessors.filter(\.differs).map(told))
        let others = Format.enumeration(predecessors.filter { !$0.differs }.map(told))
        let chance = pValue < 0.000_1 ? "p < 0.0001" : "p = \(Format.number(pValue))"
        return "\(apart)\(others.isEmpty ? "" : "; \(others)") (\(chance), rank test, after Holm)"
    }
}
