/// The two sides of an A/B run: two platforms or two workloads of a suite that alternate within each block.
package struct Sides: Sendable, Equatable {
    /// What the two are.
    package enum Kind: String, Sendable, CaseIterable {
        case platform
        case workload
    }

    package var kind: Kind
    /// The names; the base first.
    package var names: [String]

    /// Whether a workload on a platform belongs to one of the two.
    package func hold(workload: String, platform: String) -> Bool {
        names.contains(kind == .platform ? platform : workload)
    }

    /// On which side a cell is: 0 for the base, 1 for the other; nil where it is on neither.
    func side(of cell: Cell) -> Int? { names.firstIndex(of: kind == .platform ? cell.platform : cell.workload) }

    /// By what a cell and that of the other side belong together.
    func meeting(_ cell: Cell) -> String {
        "\(cell.experiment)/\(kind == .platform ? cell.workload : cell.platform)/\(cell.parameters.key)"
    }
}

extension Suite {
    /// Looks two names up among the platforms and the workloads.
    ///
    /// - Returns: nil where they are not two of one kind.
    package func sides(named names: [String]) -> Sides? { try? checkedSides(names) }

    /// As ``sides(named:)``, for what a user wrote.
    ///
    /// - Throws: ``TareError`` with code `usage` that lists the names which would do, or says why two workloads cannot be set
    ///   against each other.
    package func checkedSides(_ names: [String]) throws -> Sides {
        guard names.count == 2 else {
            throw sidesError("'\(names.joined(separator: ",").prefix(80))' are not two names")
        }
        guard names[0] != names[1] else {
            throw sidesError("'\(names[0].prefix(80))' cannot be compared with itself")
        }
        let platforms = Set(platforms.map(\.name))
        let workloads = Set(workloads.map(\.name))
        for name in names where !platforms.contains(name) && !workloads.contains(name) {
            throw sidesError("the suite has no platform and no workload '\(name.prefix(80))'")
        }
        switch (names.allSatisfy(platforms.contains), names.allSatisfy(workloads.contains)) {
        case (true, true):
            throw sidesError("'\(names[0])' and '\(names[1])' are platforms and workloads as well")
        case (false, false):
            throw sidesError("'\(names[0])' and '\(names[1])' are not both platforms, and not both workloads")
        case (true, false):
            return Sides(kind: .platform, names: names)
        case (false, true):
            try checkAllowances(names)
            return Sides(kind: .workload, names: names)
        }
    }

    private func checkAllowances(_ names: [String]) throws {
        let both = names.compactMap { name in workloads.first { $0.name == name } }
        guard let base = both.first, let head = both.last else { return }
        guard base.memoryBytes == head.memoryBytes, base.cpus == head.cpus else {
            func allowance(_ workload: Workload) -> String {
                "\(workload.memoryBytes >> 10) KiB and \(workload.cpus) CPU\(workload.cpus == 1 ? "" : "s")"
            }
            throw TareError(
                .usage,
                "a comparison of unequal allowances is refused: '\(base.name)' has \(allowance(base)), "
                    + "'\(head.name)' has \(allowance(head))",
                remedy: "Give both workloads the same 'memory' and 'cpus'.")
        }
    }

    private func sidesError(_ message: String) -> TareError {
        func list(_ names: [String]) -> String {
            names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", ..." : "")
        }
        return TareError(
            .usage, "--ab: \(message)",
            remedy: "Name two platforms (\(list(platforms.map(\.name)))) or two workloads "
                + "(\(list(workloads.map(\.name)))), such as --ab A,B, the base first.")
    }

    /// The suite with nothing but the two sides, and without the experiments that measure neither: what an A/B run measures.
    package func reduced(to sides: Sides) -> Suite {
        var suite = self
        func isKept(_ name: String) -> Bool { sides.names.contains(name) }
        func narrow<Experiment>(_ experiment: inout Experiment?, _ names: WritableKeyPath<Experiment, [String]?>) {
            guard let listed = experiment?[keyPath: names] else { return }
            if !listed.contains(where: isKept) { experiment = nil }
            experiment?[keyPath: names]?.removeAll { !isKept($0) }
        }
        switch sides.kind {
        case .platform:
            suite.platforms.removeAll { !isKept($0.name) }
            narrow(&suite.startup, \.platforms)
            narrow(&suite.footprint, \.platforms)
            narrow(&suite.density, \.platforms)
            narrow(&suite.task, \.platforms)
        case .workload:
            suite.workloads.removeAll { !isKept($0.name) }
            narrow(&suite.startup, \.workloads)
            narrow(&suite.footprint, \.workloads)
            narrow(&suite.density, \.workloads)
            narrow(&suite.task, \.workloads)
        }
        return suite
    }
}
