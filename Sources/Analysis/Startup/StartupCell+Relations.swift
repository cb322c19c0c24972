import BenchmarkModel
import Statistics

extension StartupCell {
    /// Sets the cells of each workload and mode against their floors, and against the one that sentences name first.
    static func relate(_ cells: inout [StartupCell], seed: UInt64, resamples: Int) {
        let groups = Dictionary(grouping: cells.indices) { [cells[$0].cell.workload, cells[$0].mode.key] }
        var pairs: [Pair] = []
        for members in groups.values {
            let floors = cells.floors(among: members)
            let reference = reference(of: members, cells)
            if let reference { cells[reference].isReference = true }
            for member in members {
                cells[member].floors = floors.map { floor in
                    FloorRatio(platform: cells[floor].cell.platform, ratio: nil, isItself: floor == member)
                }
                for floor in floors where floor != member { pairs.append(Pair(above: member, below: floor)) }
                // Sentences set no floor against a container.
                if let reference, reference != member, !floors.contains(reference),
                    cells[member].traits?.isFloor != true
                {
                    pairs.append(Pair(above: member, below: reference))
                }
            }
            addToNone(members, &cells)
        }
        let bare = cells
        let ratios = pairs.concurrently { pair in
            bare[pair.above].ratio(to: bare[pair.below], seed: seed, resamples: resamples)
        }
        for (pair, ratio) in zip(pairs, ratios) {
            let below = cells[pair.below].cell.platform
            if cells[pair.below].isReference { cells[pair.above].ratioToReference = ratio }
            for place in cells[pair.above].floors.indices where cells[pair.above].floors[place].platform == below {
                cells[pair.above].floors[place].ratio = ratio
            }
        }
    }

    private struct Pair {
        var above: Int
        var below: Int
    }

    /// The first container that has a sound figure, else the first that is no floor, else the first floor.
    private static func reference(of members: [Int], _ cells: [StartupCell]) -> Int? {
        let sound = members.filter { cells[$0].isSound && cells[$0].traits?.parts == nil }
        return sound.first { cells[$0].traits?.role == .container }
            ?? sound.first { cells[$0].traits?.isFloor != true } ?? cells.floors(among: sound).first ?? sound.first
    }

    private static func addToNone(_ members: [Int], _ cells: inout [StartupCell]) {
        let none = members.first { cells[$0].traits?.parts == [] }
        guard let base = none.flatMap({ cells[$0].startup?.median }) else { return }
        for member in members where cells[member].traits?.parts != nil {
            cells[member].moreThanNone = cells[member].startup.map { $0.median - base }
        }
    }

    /// How many times as long this cell's median is as another's; nil unless both are sound.
    private func ratio(to other: StartupCell, seed: UInt64, resamples: Int) -> Ratio? {
        guard isSound, other.isSound, let mine = startups, let theirs = other.startups else { return nil }
        return mine.cost(
            against: theirs, seed: seed, name: "\(cell.key) \(other.cell.key)", resamples: resamples)
    }
}
