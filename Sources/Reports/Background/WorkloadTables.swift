import BenchmarkModel

/// What workloads print of themselves and what they see of the host's disks.
enum WorkloadTables {
    /// Where each figure is read; nil where there is none.
    static func figures(_ run: Run) -> Table? {
        let rows = run.suite.workloads.flatMap { workload in
            workload.figures.map { figure -> [[Inline]] in
                let from =
                    switch figure.source {
                    case .output: Inline.text("its output")
                    case .file(let path): Inline.code(path)
                    }
                let place: [Inline] =
                    switch figure.place {
                    case .match(let expression): [.text("the one line that matches "), .code(expression)]
                    case .json(let path): [.text("the JSON document, "), .code(path)]
                    }
                return [
                    [.text(workload.name)], [.text(figure.name)], [.text(figure.unit)],
                    [.text(figure.polarity.rawValue)], [from], place,
                ]
            }
        }
        guard !rows.isEmpty else { return nil }
        return Table(
            caption: "Figures that workloads print of themselves, and where they are read",
            columns: [
                .init("workload", header: true), .init("figure", header: true), .init("unit"), .init("better is"),
                .init("read from"), .init("at"),
            ], rows: rows)
    }

    /// nil where there is none.
    static func volumes(_ run: Run) -> Table? {
        let rows = run.suite.workloads.flatMap { workload in
            workload.volumes.map { volume -> [[Inline]] in
                [
                    [.text(workload.name)], [.code(volume.path)], [.code(volume.directory)],
                    [.text(Format.bytes(volume.bytes))],
                ]
            }
        }
        guard !rows.isEmpty else { return nil }
        return Table(
            caption: "Volumes: a new directory on a file system of the host for each instance",
            columns: [
                .init("workload", header: true), .init("seen at"), .init("directory of the host"),
                .init("size of a guest's disk", numeric: true),
            ], rows: rows)
    }
}
