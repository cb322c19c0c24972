import BenchmarkModel

extension CSVExport {
    /// The columns of the table of tasks: `duration_ns` from the request to the end, `own_ns` from `executed` to the end,
    /// `instance_ns` the same by the instance's own clock. `ending` is `status N` or `signal N`; `figures` is a list of
    /// `NAME=NUMBER`, whose units the suite says. Marks are as in the table of samples.
    static let taskColumns =
        [
            "run", "number", "cell", "workload", "platform", "block", "counted", "instance", "outcome", "emulated",
            "duration_ns", "own_ns", "instance_ns", "cpu_ns", "peak_bytes", "output_bytes", "ending", "figures",
            "origin_ns",
        ] + MarkName.allCases.map { "\($0.rawValue)_ns" } + ["reasons", "warnings", "rest_ns", "cpus"]

    static func tasks(_ run: Run) -> CSVSheet {
        let cells = Dictionary(run.plan.cells.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let emulated = Set(run.platforms.filter(\.emulated).map(\.platform))
        let id = CSVField.escaped(run.id)
        var sheet = CSVSheet(taskColumns)
        for sample in run.observations {
            guard let task = sample.task else { continue }
            let start = task.start
            let cell = cells[sample.cell]
            var fields = [
                id, "\(sample.number)", CSVField.escaped(sample.cell), CSVField.escaped(cell?.workload ?? ""),
                CSVField.escaped(cell?.platform ?? ""), "\(sample.block)", "\(sample.counted)",
                CSVField.escaped(start.instance), sample.outcome.rawValue,
                cell.map { "\(emulated.contains($0.platform))" } ?? "", CSVField.number(task.durationNanoseconds),
                CSVField.number(task.ownNanoseconds), CSVField.number(task.instanceNanoseconds),
                CSVField.number(start.cpuNanoseconds), CSVField.number(start.peakMemoryBytes),
                CSVField.number(start.outputBytes), task.ending.map(word) ?? "",
                CSVField.list(
                    task.figures.sorted { $0.key < $1.key }.map { "\($0.key)=\(CSVField.number($0.value))" }),
            ]
            fields += marks(of: start)
            fields += [
                CSVField.list(sample.reasons), CSVField.list(sample.warnings), CSVField.number(start.restNanoseconds),
                start.cpus.map(String.init).joined(separator: " "),
            ]
            sheet.append(fields)
        }
        return sheet
    }

    private static func word(_ ending: CommandEnding) -> String {
        switch ending {
        case .exited(let status): "status \(status)"
        case .signalled(let signal): "signal \(signal)"
        }
    }

    /// The host's time of the origin, and each mark since it.
    static func marks(of record: StartupRecord) -> [String] {
        [CSVField.number(record.origin)]
            + MarkName.allCases.map { name in
                CSVField.number(record.time(of: name).map { StartupRecord.offset(of: $0, from: record.origin ?? 0) })
            }
    }
}
