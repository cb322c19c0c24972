import BenchmarkModel

extension CSVExport {
    /// The columns of the table of samples. Marks are in nanoseconds since `requested` (else since the first mark), whose host
    /// CLOCK_MONOTONIC is `origin_ns`; a mark that came twice shows its first time.
    static let sampleColumns =
        [
            "run", "number", "cell", "workload", "platform", "mode", "block", "counted", "instance", "outcome",
            "emulated", "startup_ns", "cpu_ns", "origin_ns",
        ] + MarkName.allCases.map { "\($0.rawValue)_ns" } + [
            "reasons", "warnings", "rest_ns", "peak_bytes", "output_bytes", "cpus",
        ]

    static func samples(_ run: Run) -> CSVSheet {
        let cells = Dictionary(run.plan.cells.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let emulated = Set(run.platforms.filter(\.emulated).map(\.platform))
        let id = CSVField.escaped(run.id)
        var sheet = CSVSheet(sampleColumns)
        for sample in run.observations {
            guard let record = sample.startup else { continue }
            let cell = cells[sample.cell]
            let known = cell.map { "\(emulated.contains($0.platform))" } ?? ""
            var fields = [
                id, "\(sample.number)", CSVField.escaped(sample.cell), CSVField.escaped(cell?.workload ?? ""),
                CSVField.escaped(cell?.platform ?? ""), cell?.mode?.key ?? "", "\(sample.block)", "\(sample.counted)",
                CSVField.escaped(record.instance), sample.outcome.rawValue, known,
                CSVField.number(record.startupNanoseconds), CSVField.number(record.cpuNanoseconds),
            ]
            fields += marks(of: record)
            fields += [
                CSVField.list(sample.reasons), CSVField.list(sample.warnings), CSVField.number(record.restNanoseconds),
                CSVField.number(record.peakMemoryBytes), CSVField.number(record.outputBytes),
                record.cpus.map(String.init).joined(separator: " "),
            ]
            sheet.append(fields)
        }
        return sheet
    }
}
