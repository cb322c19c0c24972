import Analysis
import BenchmarkModel

/// The limits ledger: what one more idle instance takes of resources of which a kernel has only so much.
enum LimitsSection {
    /// nil where no ladder recorded it.
    static func section(_ cells: [FootprintCell]) -> Document.Section? {
        let measured = cells.filter { !$0.takes.isEmpty && $0.cell.impossible == nil }
        guard !measured.isEmpty else { return nil }
        let table = table(measured)
        var blocks: [Document.Block] = [.paragraph([.text(definition)])]
        if let table { blocks.append(.table(table)) }
        let sentences = first(measured) + nothing(measured)
        blocks.append(.list(sentences.map { [.text($0)] }))
        let title = "Limits: what one idle instance takes of what a kernel has only so much of"
        return Document.Section(
            id: "limits", title: title, blocks: blocks,
            summary: Document.Summary(heading: title, table: table, lines: first(measured)))
    }

    static let definition =
        "How much of each limited resource one more idle, ready instance takes: the slope (Theil-Sen) over the rungs of each "
        + "ladder, the median of the ladders, read from the kernel with the instances running; in brackets how many instances "
        + "the limit of this host holds, without what the kernel keeps of it. While it starts an instance may take more. In use: before the first instance, all "
        + "users of the host together. Open files of tare and the limits of the control groups that it was started in are its "
        + "own, and say nothing of another host."

    /// One row for each workload and resource of which some platform takes something, the one that is exhausted first above.
    static func table(_ cells: [FootprintCell]) -> Table? {
        let platforms = cells.map(\.cell.platform).uniqued()
        var columns: [Table.Column] = [.init("workload", header: true), .init("resource", header: true)]
        columns += platforms.map { name in
            var column = Table.Column(name, numeric: true, rank: 1)
            column.aside = "instances that the limit holds"
            return column
        }
        columns += [
            .init("limit here", numeric: true, rank: 2), .init("in use at the start", numeric: true, rank: 3),
            .init("set by", rank: 4),
        ]
        let rows = cells.map(\.cell.workload).uniqued().flatMap { workload in
            let mine = cells.filter { $0.cell.workload == workload }
            return taken(mine).map { row(workload, $0, mine, platforms) }
        }
        guard !rows.isEmpty else { return nil }
        return Table(caption: "For each further idle instance", columns: columns, rows: rows)
    }

    /// The resources of which any cell takes something, the tightest first.
    private static func taken(_ cells: [FootprintCell]) -> [LimitedResource] {
        LimitedResource.allCases.enumerated().compactMap { place, resource -> (LimitedResource, Double, Int)? in
            let takes = cells.compactMap { $0.take(resource) }.filter { $0.each > 0 }
            return takes.isEmpty ? nil : (resource, takes.map(\.holds).min() ?? .infinity, place)
        }.sorted { ($0.1, $0.2) < ($1.1, $1.2) }.map(\.0)
    }

    private static func row(
        _ workload: String, _ resource: LimitedResource, _ cells: [FootprintCell], _ platforms: [String]
    ) -> [[Inline]] {
        let takes = cells.compactMap { $0.take(resource) }
        let limit = takes.compactMap(\.limit).first
        let name = resource.noun == resource.rawValue ? resource.noun : "\(resource.noun) (\(resource.rawValue))"
        var row: [[Inline]] = [[.text(workload)], [.text(name)]]
        for platform in platforms {
            let cell = cells.first { $0.cell.platform == platform }
            guard let cell, let take = cell.take(resource), take.isDiscerned else {
                row.append(.unknown)
                continue
            }
            let holds = take.holds.isFinite ? [Inline.aside(Format.instances(take.holds))] : []
            let caveats: [Caveat] = cell.isSound ? [] : [.tooFew]
            row.append(([.text(take.figure)] + holds).marked(caveats))
        }
        let inUse = takes.map(\.inUse).max()
        return row + [
            limit.map { [.text(Take.figure(Double($0.value), of: resource))] } ?? [.text("none")],
            inUse.map { [.text(Take.figure($0, of: resource))] } ?? .unknown, [.text(limit?.source ?? "–")],
        ]
    }

    /// A sentence for each workload: which limit of this host its instances come to first.
    static func first(_ cells: [FootprintCell]) -> [String] {
        cells.map(\.cell.workload).uniqued().compactMap { workload in
            let sound = cells.inOrderOfNaming(workload)
            guard !sound.isEmpty else { return nil }
            let parts = sound.map { cell -> String in
                let bound = cell.takes.filter { $0.each > 0 && $0.holds.isFinite }.min { $0.holds < $1.holds }
                guard let bound else { return "no limit that was read \(cell.place)" }
                let most = Format.instances(bound.holds)
                return "\(bound.resource.rawValue) at \(most) \(cell.place) (\(bound.figure) each)"
            }
            return "Apart from memory, idle \(workload) comes to these limits of this host first: "
                + parts.joined(separator: "; ") + "."
        }
    }

    /// Of what no instance takes anything, so that its absence from the table is no gap.
    private static func nothing(_ cells: [FootprintCell]) -> [String] {
        let known = Set(cells.flatMap { $0.takes.map(\.resource) })
        let zero = LimitedResource.allCases.filter { resource in
            known.contains(resource) && cells.allSatisfy { ($0.take(resource)?.each ?? 0) == 0 }
        }
        let none = zero.filter { resource in cells.allSatisfy { $0.take(resource)?.isDiscerned ?? true } }
        let hidden = zero.filter { !none.contains($0) }
        let unread = LimitedResource.allCases.filter { !known.contains($0) }
        var sentences: [String] = []
        if !none.isEmpty {
            sentences.append("No instance takes any \(Format.enumeration(none.map(\.noun).uniqued())).")
        }
        if !hidden.isEmpty {
            sentences.append(
                "Not discerned, because other processes took and gave back as much meanwhile: "
                    + "\(Format.enumeration(hidden.map(\.rawValue))). An instance may take some of it.")
        }
        if !unread.isEmpty {
            sentences.append(
                "Not read, because this host does not show it or sets no such limit: "
                    + "\(Format.enumeration(unread.map(\.rawValue))).")
        }
        return sentences
    }
}

extension FootprintCell {
    fileprivate func take(_ resource: LimitedResource) -> Take? { takes.first { $0.resource == resource } }
}

extension Take {
    /// How many instances the measured host's limit holds; infinite where it has none.
    fileprivate var holds: Double {
        limit.map { most(within: $0) } ?? .infinity
    }

    fileprivate var figure: String { Take.figure(each, of: resource) }

    /// Counts as they are, bytes in their unit.
    fileprivate static func figure(_ value: Double, of resource: LimitedResource) -> String {
        if resource.isBytes { return Format.signedBytes(value) }
        return value == value.rounded() && value < 1e15 ? Format.thousands(Int(value)) : Format.number(value)
    }
}
